import type { Findings } from "./findings.js";
import { manualKeys, manualValueKeys } from "./key-tables.js";
import { type KeyedNode, readKeys, textOf } from "./keyed-node.js";
import { readConditions } from "./read-condition.js";
import type { Located, ManualEntry, ManualValue } from "./tree.js";
import { isNullNode, type YamlNode } from "./yaml-node.js";

/** The constant sets of a method (fhirconnect-language 11.1). A single set without list is read as a list of one. */
export function readManual(node: YamlNode, findings: Findings): readonly ManualEntry[] {
  return listOrOne(node, "`manual`", findings).flatMap((item, index) => readEntry(item, index, findings) ?? []);
}

function readEntry(node: YamlNode, index: number, findings: Findings): ManualEntry | undefined {
  const keys = readKeys(node, manualKeys, findings);
  if (keys === undefined) return undefined;
  const name = keys.text("name");
  if (name === undefined) {
    const message = "An entry of `manual` has no `name`; it is called by its place in the list.";
    findings.note("MAPPING_MISSING_NAME", message, keys.position);
  }
  return {
    name: name?.value ?? String(index + 1),
    position: keys.position,
    fhir: readValues(keys, "fhir", findings),
    openehr: readValues(keys, "openehr", findings),
    fhirConditions: readConditions(keys, "fhirCondition", findings),
    openehrConditions: readConditions(keys, "openehrCondition", findings),
  };
}

function readValues(entry: KeyedNode, side: "fhir" | "openehr", findings: Findings): readonly ManualValue[] {
  const node = entry.node(side);
  if (node === undefined) return [];
  return listOrOne(node, `\`${side}\` of \`manual\``, findings).flatMap((item) => readValue(item, findings) ?? []);
}

function readValue(node: YamlNode, findings: Findings): ManualValue | undefined {
  const keys = readKeys(node, manualValueKeys, findings);
  if (keys === undefined) return undefined;
  const path = readPath(keys, findings);
  const valueNode = keys.requiredNode("value");
  const value = valueNode === undefined ? undefined : textOf(valueNode, "`value`", findings);
  return path === undefined || value === undefined ? undefined : { path, value };
}

/** `path: ""` is the element itself, and so is a `path:` with nothing behind it; a missing key is not. */
function readPath(keys: KeyedNode, findings: Findings): Located<string> | undefined {
  const entry = keys.entry("path");
  if (entry === undefined || !isNullNode(entry.value)) {
    const node = keys.requiredNode("path");
    return node === undefined ? undefined : textOf(node, "`path`", findings);
  }
  findings.note("MAPPING_EMPTY_KEY", 'An empty `path` means the element itself. Write `""`.', entry.keyPosition);
  return { value: "", position: entry.keyPosition };
}

/** The pages show a single mapping where a list belongs (fhirconnect-language 11.1, 20.3). */
function listOrOne(node: YamlNode, what: string, findings: Findings): readonly YamlNode[] {
  if (node.kind === "sequence") return node.items;
  if (node.kind === "mapping") {
    findings.note("MAPPING_REWRITTEN", `The single mapping at ${what} is read as a list of one.`, node.position);
  }
  // A scalar goes on too: reading its keys says what belongs there.
  return [node];
}
