import type { Findings } from "./findings.js";
import { hierarchyKeys, hierarchyWithKeys, preprocessorKeys, splitKeys, splitSideKeys } from "./key-tables.js";
import { type KeyedNode, readKeys, textOf, textsOf } from "./keyed-node.js";
import { optionalMember } from "./optional-member.js";
import { conditionsOf, readConditions } from "./read-condition.js";
import type { Hierarchy, HierarchySplit, Located, Preprocessor } from "./tree.js";
import type { YamlNode } from "./yaml-node.js";

/**
 * The guard and the iteration of a file (fhirconnect-language 6.6, 7), from the root, or from where older and misplaced
 * forms put it: below `spec`, or as `fhirConfig.condition` of v0.9 (20.2, 20.3).
 */
export function readPreprocessor(
  root: KeyedNode,
  spec: KeyedNode | undefined,
  fhirConfig: KeyedNode | undefined,
  findings: Findings,
): Preprocessor | undefined {
  const own = root.node("preprocessor");
  const misplaced = spec?.node("preprocessor");
  if (own !== undefined && misplaced !== undefined) {
    const message = "`preprocessor` stands at the root of the file and inside `spec`. Keep the one at the root.";
    findings.error("MAPPING_DUPLICATE_KEY", message, misplaced.position);
  } else if (misplaced !== undefined) {
    const message = "`preprocessor` stands inside `spec`; it is read as if it stood at the root. Move it there.";
    findings.warning("MAPPING_REWRITTEN", message, misplaced.position);
  }
  const node = own ?? misplaced;
  const preprocessor = node === undefined ? undefined : readBody(node, findings);
  const older = fhirConfig?.node("condition");
  if (older === undefined) return preprocessor;
  const message = "`fhirConfig.condition` is read as `preprocessor.fhirCondition`. Move it there.";
  findings.warning("MAPPING_REWRITTEN", message, older.position);
  const conditions = conditionsOf(older, findings);
  return preprocessor === undefined
    ? { position: older.position, fhirConditions: conditions, openehrConditions: [] }
    : { ...preprocessor, fhirConditions: [...preprocessor.fhirConditions, ...conditions] };
}

function readBody(node: YamlNode, findings: Findings): Preprocessor | undefined {
  const keys = readKeys(node, preprocessorKeys, findings);
  if (keys === undefined) return undefined;
  const hierarchyNode = keys.node("hierarchy");
  return {
    position: keys.position,
    fhirConditions: readConditions(keys, "fhirCondition", findings),
    openehrConditions: readConditions(keys, "openehrCondition", findings),
    ...optionalMember("hierarchy", hierarchyNode === undefined ? undefined : readHierarchy(hierarchyNode, findings)),
  };
}

function readHierarchy(node: YamlNode, findings: Findings): Hierarchy | undefined {
  const keys = readKeys(node, hierarchyKeys, findings);
  if (keys === undefined) return undefined;
  const withNode = keys.requiredNode("with");
  const paths = withNode === undefined ? undefined : readKeys(withNode, hierarchyWithKeys, findings);
  const splitNode = keys.node("split");
  const split = splitNode === undefined ? undefined : readKeys(splitNode, splitKeys, findings);
  return {
    position: keys.position,
    ...optionalMember("fhir", paths?.text("fhir")),
    ...optionalMember("openehr", paths?.text("openehr")),
    ...optionalMember("splitFhir", split === undefined ? undefined : readSplit(split, "fhir", findings)),
    ...optionalMember("splitOpenehr", split === undefined ? undefined : readSplit(split, "openehr", findings)),
  };
}

function readSplit(split: KeyedNode, side: "fhir" | "openehr", findings: Findings): HierarchySplit | undefined {
  const node = split.node(side);
  const keys = node === undefined ? undefined : readKeys(node, splitSideKeys, findings);
  if (keys === undefined) return undefined;
  return {
    ...optionalMember("create", keys.text("create")),
    ...optionalMember("path", keys.text("path")),
    unique: readUnique(keys, findings),
  };
}

function readUnique(keys: KeyedNode, findings: Findings): readonly Located<string>[] {
  const node = keys.node("unique");
  if (node === undefined) return [];
  if (node.kind !== "scalar") return textsOf(node, "`unique`", findings);
  findings.note("MAPPING_REWRITTEN", "The single text at `unique` is read as a list of one.", node.position);
  return [textOf(node, "`unique`", findings)].filter((text) => text !== undefined);
}
