import { Findings } from "./findings.js";
import { mappingProblem } from "./problems.js";
import { readYaml } from "./read-yaml.js";
import type { YamlEntry, YamlMapping, YamlNode } from "./yaml-node.js";
import { isNullNode } from "./yaml-node.js";

export type MappingDocumentValue = string | boolean | readonly MappingDocumentValue[] | MappingDocument;

/** A stored mapping file as plain data; has no prototype, so that no key means anything but itself. */
export interface MappingDocument {
  readonly [key: string]: MappingDocumentValue;
}

/** The only keys whose values are not text (fhirconnect-language 6.1, 20.2). */
const booleanKeys: ReadonlySet<string> = new Set(["identifying", "multiple"]);

/** Singular condition keys and the plural ones that answers carry instead (rest-api 10). */
const pluralKeys: ReadonlyMap<string, string> = new Map([
  ["targetAttribute", "targetAttributes"],
  ["criteria", "criterias"],
]);

/**
 * The document of a stored mapping text for the answers of the interface (rest-api 10): keys and order as written,
 * aliases written out, empty keys left out, values as the text of the file, and conditions with `targetAttributes` and
 * `criterias` only. Throws a Problem of kind `MAPPING_INVALID` when the text is not one YAML mapping.
 */
export function mappingDocument(text: string): MappingDocument {
  const findings = Findings.ofFile();
  const root = readYaml(text, undefined, findings);
  if (root !== undefined && root.kind !== "mapping") {
    findings.error("MAPPING_WRONG_TYPE", "The file is not a FHIR Connect mapping: it has no keys.", root.position);
  }
  if (root === undefined || root.kind !== "mapping") throw mappingProblem(findings.all());
  return documentOf(root);
}

function documentOf(mapping: YamlMapping): MappingDocument {
  const isCondition = mapping.entries.some((entry) => entry.key === "targetRoot");
  const document: Record<string, MappingDocumentValue> = Object.create(null);
  for (const entry of isCondition ? pluralEntries(mapping.entries) : mapping.entries) {
    if (isNullNode(entry.value)) continue;
    document[entry.key] = documentValue(entry.value, entry.key);
  }
  return document;
}

/** Where both spellings stand, the singular one counts (engine-behaviour 2.7). */
function pluralEntries(entries: readonly YamlEntry[]): readonly YamlEntry[] {
  const given = new Set(entries.filter((entry) => !isNullNode(entry.value)).map((entry) => entry.key));
  const replaced = new Set([...pluralKeys].filter(([singular]) => given.has(singular)).map(([, plural]) => plural));
  return entries
    .filter((entry) => !replaced.has(entry.key))
    .map((entry) => {
      const plural = pluralKeys.get(entry.key);
      if (plural === undefined || isNullNode(entry.value)) return entry;
      const { value } = entry;
      const list: YamlNode =
        value.kind === "sequence" ? value : { kind: "sequence", position: value.position, items: [value] };
      return { ...entry, key: plural, value: list };
    });
}

function documentValue(node: YamlNode, key: string): MappingDocumentValue {
  switch (node.kind) {
    case "mapping":
      return documentOf(node);
    case "sequence":
      return node.items.map((item) => documentValue(item, key));
    case "scalar":
      return node.type === "boolean" && booleanKeys.has(key) ? node.text.toLowerCase() === "true" : node.text;
  }
}
