import type { Findings } from "./findings.js";
import { followedByKeys, linkKeys, methodKeys, referenceKeys, withKeys } from "./key-tables.js";
import { choiceOf, type KeyedNode, listOf, readKeys } from "./keyed-node.js";
import { quoted } from "./nearest-name.js";
import { optionalMember } from "./optional-member.js";
import { readConditions } from "./read-condition.js";
import { readManual } from "./read-manual.js";
import { readTranslation } from "./read-terminology.js";
import type { Direction, Link, Located, MappingMethod, MethodPaths, Reference } from "./tree.js";
import type { YamlNode } from "./yaml-node.js";

const directions: readonly Direction[] = ["openehr->fhir", "fhir->openehr"];
const extensionKinds = ["add", "append", "overwrite"] as const;

/** Where a list of methods stands: merging concerns the top level of extension files only. */
export type MethodsPlace = "model" | "extension" | "nested";

/** A list of mapping methods (fhirconnect-language 3). */
export function readMethods(
  node: YamlNode,
  what: string,
  place: MethodsPlace,
  findings: Findings,
): readonly MappingMethod[] {
  return listOf(node, what, findings).flatMap((item) => readMethod(item, place, findings) ?? []);
}

/** `unidirectional`, compared without regard to case (fhirconnect-language 11.2); other text is an error. */
export function readDirection(text: Located<string> | undefined, findings: Findings): Located<Direction> | undefined {
  if (text === undefined) return undefined;
  const plain = text.value.trim().toLowerCase();
  if (plain === text.value || !directions.some((direction) => direction === plain)) {
    return choiceOf(text, directions, "`unidirectional`", findings);
  }
  findings.note("MAPPING_REWRITTEN", `${quoted(text.value)} is read as \`${plain}\`. Write it so.`, text.position);
  return choiceOf({ value: plain, position: text.position }, directions, "`unidirectional`", findings);
}

function readMethod(node: YamlNode, place: MethodsPlace, outer: Findings): MappingMethod | undefined {
  const findings = outer.forRule(nameOf(node));
  const keys = readKeys(node, methodKeys, findings);
  if (keys === undefined) return undefined;
  const name = keys.requiredText("name");
  const paths = readPaths(keys, findings);
  const ownDirection = keys.text("unidirectional");
  const ownLink = keys.node("link");
  const direction = misplaced(paths, "unidirectional", ownDirection, findings)?.text("unidirectional") ?? ownDirection;
  const linkNode = misplaced(paths, "link", ownLink, findings)?.node("link") ?? ownLink;
  const manual = keys.node("manual");
  return {
    name: name?.value ?? "",
    position: keys.position,
    ...readMerge(keys, place, findings),
    ...optionalMember("with", paths === undefined ? undefined : methodPaths(paths)),
    ...optionalMember("unidirectional", readDirection(direction, findings)),
    fhirConditions: readConditions(keys, "fhirCondition", findings),
    openehrConditions: readConditions(keys, "openehrCondition", findings),
    manual: manual === undefined ? [] : readManual(manual, findings),
    followedBy: readFollowedBy(keys, findings),
    ...optionalMember("reference", readReference(keys, findings)),
    ...optionalMember("slotArchetype", keys.text("slotArchetype")),
    ...optionalMember("mappingCode", keys.text("mappingCode")),
    ...readTranslation(keys.node("terminology"), keys.text("conceptmap"), findings),
    ...optionalMember("link", linkNode === undefined ? undefined : readLink(linkNode, findings)),
    ...optionalMember("participationsFunction", keys.text("participationsFunction")),
  };
}

/** The name a method's findings carry, read before anything else is checked. */
function nameOf(node: YamlNode): string {
  if (node.kind !== "mapping") return "?";
  const name = node.entries.find((entry) => entry.key === "name")?.value;
  return name?.kind === "scalar" && name.text !== "" ? name.text.slice(0, 200) : "?";
}

function readPaths(method: KeyedNode, findings: Findings): KeyedNode | undefined {
  const node = method.node("with");
  return node === undefined ? undefined : readKeys(node, withKeys, findings);
}

function methodPaths(paths: KeyedNode): MethodPaths {
  return {
    position: paths.position,
    ...optionalMember("fhir", paths.text("fhir")),
    ...optionalMember("openehr", paths.text("openehr")),
    ...optionalMember("type", paths.text("type")),
    ...optionalMember("value", paths.text("value")),
  };
}

/**
 * The `with` that holds a key of the method by mistake (fhirconnect-language 20.3); the key is read, and said. Beside the
 * method's own one it is an error, since only one of them can be meant.
 */
function misplaced(
  paths: KeyedNode | undefined,
  key: "link" | "unidirectional",
  own: unknown,
  findings: Findings,
): KeyedNode | undefined {
  const entry = paths?.entry(key);
  if (entry === undefined) return undefined;
  if (own !== undefined) {
    const message = `\`${key}\` stands in the method and inside \`with\`. Keep the one in the method.`;
    findings.error("MAPPING_DUPLICATE_KEY", message, entry.keyPosition);
    return undefined;
  }
  const message = `\`${key}\` stands inside \`with\`; it is read as if it stood beside it. Move it there.`;
  findings.warning("MAPPING_REWRITTEN", message, entry.keyPosition);
  return paths;
}

/** `extension` and `appendTo` (fhirconnect-language 10.4). */
function readMerge(
  keys: KeyedNode,
  place: MethodsPlace,
  findings: Findings,
): Pick<MappingMethod, "extension" | "appendTo"> {
  const kind = keys.text("extension");
  const appendTo = keys.text("appendTo");
  if (place !== "extension") {
    for (const key of [kind, appendTo]) {
      if (key === undefined) continue;
      const where = place === "model" ? "in a model" : "on a nested method";
      const message = `\`${key === kind ? "extension" : "appendTo"}\` has no effect ${where}: extensions change the top level.`;
      findings.warning("MAPPING_KEY_WITHOUT_EFFECT", message, key.position);
    }
    return {};
  }
  const extension = choiceOf(kind, extensionKinds, "`extension`", findings);
  if (extension?.value === "append" && appendTo === undefined) keys.requiredText("appendTo");
  if (extension?.value !== "append" && appendTo !== undefined) {
    const message = "`appendTo` has no effect without `extension: append`.";
    findings.warning("MAPPING_KEY_WITHOUT_EFFECT", message, appendTo.position);
  }
  return { ...optionalMember("extension", extension), ...optionalMember("appendTo", appendTo) };
}

function readFollowedBy(method: KeyedNode, findings: Findings): readonly MappingMethod[] {
  const node = method.node("followedBy");
  if (node === undefined) return [];
  const keys = readKeys(node, followedByKeys, findings);
  const mappings = keys?.node("mappings");
  if (keys !== undefined && keys.entry("mappings") === undefined) keys.requiredNode("mappings");
  return mappings === undefined ? [] : readMethods(mappings, "`followedBy.mappings`", "nested", findings);
}

/** A reference to another resource and the methods that run on it (fhirconnect-language 9). */
function readReference(method: KeyedNode, findings: Findings): Reference | undefined {
  const node = method.node("reference");
  const keys = node === undefined ? undefined : readKeys(node, referenceKeys, findings);
  if (keys === undefined) return undefined;
  const resourceType = keys.requiredText("resourceType");
  const mappings = keys.node("mappings");
  return {
    position: keys.position,
    resourceType: resourceType ?? { value: "", position: keys.position },
    mappings: mappings === undefined ? [] : readMethods(mappings, "`reference.mappings`", "nested", findings),
  };
}

/** A LINK to another composition (fhirconnect-language 16). */
function readLink(node: YamlNode, findings: Findings): Link | undefined {
  const keys = readKeys(node, linkKeys, findings);
  if (keys === undefined) return undefined;
  return {
    position: keys.position,
    ...optionalMember("meaning", keys.text("meaning")),
    ...optionalMember("type", keys.text("type")),
  };
}
