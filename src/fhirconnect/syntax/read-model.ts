import type { Findings } from "./findings.js";
import { extensionSpecKeys, fhirConfigKeys, modelSpecKeys, openEhrConfigKeys } from "./key-tables.js";
import { type KeyedNode, readKeys } from "./keyed-node.js";
import { optionalMember } from "./optional-member.js";
import { readHeader } from "./read-header.js";
import { readDirection, readMethods } from "./read-method.js";
import { readPreprocessor } from "./read-preprocessor.js";
import { readTranslation } from "./read-terminology.js";
import type { ExtensionMapping, MappingMethod, ModelMapping } from "./tree.js";
import { isNullNode } from "./yaml-node.js";

/** A model file (fhirconnect-language 2.2). */
export function readModel(root: KeyedNode, findings: Findings): ModelMapping | undefined {
  const specNode = root.requiredNode("spec");
  const spec = specNode === undefined ? undefined : readKeys(specNode, modelSpecKeys, findings);
  const header = readHeader(root, spec, findings);
  const openEhrNode = spec?.node("openEhrConfig");
  const openEhrConfig = openEhrNode === undefined ? undefined : readKeys(openEhrNode, openEhrConfigKeys, findings);
  const fhirNode = spec?.node("fhirConfig");
  const fhirConfig = fhirNode === undefined ? undefined : readKeys(fhirNode, fhirConfigKeys, findings);
  const body = {
    ...optionalMember("archetype", openEhrConfig?.requiredText("archetype")),
    ...optionalMember("revision", openEhrConfig?.text("revision")),
    ...optionalMember("structureDefinition", fhirConfig?.requiredText("structureDefinition")),
    ...readShared(root, spec, fhirConfig, findings),
    mappings: readTopLevel(root, "model", findings),
  };
  return header === undefined ? undefined : { ...header, type: "model", ...body };
}

/** An extension file (fhirconnect-language 2.5): `spec.extends` is required. */
export function readExtension(root: KeyedNode, findings: Findings): ExtensionMapping | undefined {
  const specNode = root.requiredNode("spec");
  const spec = specNode === undefined ? undefined : readKeys(specNode, extensionSpecKeys, findings);
  const header = readHeader(root, spec, findings);
  const extended = spec?.requiredText("extends");
  const shared = readShared(root, spec, undefined, findings);
  const mappings = readTopLevel(root, "extension", findings);
  if (header === undefined || extended === undefined) return undefined;
  return { ...header, type: "extension", extends: extended, ...shared, mappings };
}

function readShared(
  root: KeyedNode,
  spec: KeyedNode | undefined,
  fhirConfig: KeyedNode | undefined,
  findings: Findings,
): Pick<ModelMapping, "unidirectional" | "conceptmap" | "preprocessor" | "terminology"> {
  return {
    ...optionalMember("unidirectional", readDirection(spec?.text("unidirectional"), findings)),
    ...readTranslation(root.node("terminology"), spec?.text("conceptmap"), findings),
    ...optionalMember("preprocessor", readPreprocessor(root, spec, fhirConfig, findings)),
  };
}

/** The file's own methods. `mappings:` with nothing behind it is an empty list (fhirconnect-language 20.3). */
function readTopLevel(root: KeyedNode, place: "model" | "extension", findings: Findings): readonly MappingMethod[] {
  const entry = root.entry("mappings");
  if (entry === undefined || isNullNode(entry.value)) {
    const found = entry === undefined ? "There is no `mappings`" : "Nothing stands behind `mappings`";
    const message = `${found}; it is read as an empty list, and the file maps nothing.`;
    findings.note("MAPPING_WITHOUT_METHODS", message, entry?.keyPosition ?? root.position);
    return [];
  }
  if (entry.key !== "mappings") {
    const message = "Engines that do not know `mapping` read this file as having no methods.";
    findings.warning("MAPPING_MISSPELT_MAPPINGS", message, entry.keyPosition);
  }
  return readMethods(entry.value, "`mappings`", place, findings);
}
