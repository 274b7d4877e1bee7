import type { Diagnostic } from "../../errors/diagnostic.js";
import { Findings } from "./findings.js";
import { contextRootKeys, modelRootKeys } from "./key-tables.js";
import { choiceOf, readKeys, textOf } from "./keyed-node.js";
import { readContext } from "./read-context.js";
import { readExtension, readModel } from "./read-model.js";
import { defaultMappingLimits, type MappingLimits, readYaml } from "./read-yaml.js";
import type { MappingFile } from "./tree.js";
import { isNullNode, type YamlEntry, type YamlMapping, type YamlNode } from "./yaml-node.js";

/** The outcome of reading: the mapping when there is no error finding, and everything that was found. */
export interface MappingReading {
  readonly mapping?: MappingFile;
  readonly diagnostics: readonly Diagnostic[];
}

const kinds = ["model", "extension", "context"] as const;

/**
 * Reads a FHIR Connect file, YAML or JSON, of any dialect but the oldest into the typed tree (fhirconnect-language 2,
 * 3, 20.3). What dialects spell otherwise is rewritten, and each rewrite is said. Path texts stay as written. Never
 * throws for content: whatever is wrong is a diagnostic with line and column, and all of them are gathered at once.
 */
export function readMapping(
  text: string,
  source: { readonly file?: string } = {},
  limits: MappingLimits = defaultMappingLimits,
): MappingReading {
  const findings = Findings.ofFile();
  const root = readYaml(text, source.file, findings, limits);
  const mapping = root === undefined ? undefined : readRoot(root, findings);
  const diagnostics = findings.all();
  return mapping === undefined || findings.hasErrors ? { diagnostics } : { mapping, diagnostics };
}

function readRoot(root: YamlNode, findings: Findings): MappingFile | undefined {
  if (root.kind !== "mapping") {
    const message = "The file is not a FHIR Connect mapping: it has no keys. It begins with `grammar:`.";
    findings.error("MAPPING_WRONG_TYPE", message, root.position);
    return undefined;
  }
  const entries = new Map(root.entries.map((entry) => [entry.key, entry]));
  const format = entries.get("format");
  if (format !== undefined && !entries.has("grammar")) {
    const message =
      "`format` is the header of FHIR Connect 0.0.2 to 0.2.0, whose paths need a template to be translated. Convert the file to v1.0.0.";
    findings.error("MAPPING_OLD_GENERATION", message, format.keyPosition);
    return undefined;
  }
  nameFindings(entries, findings);
  const kind = readKind(root, entries, findings);
  // A file of unknown kind is read on as what it looks like, so that its other faults come to light in the same answer.
  const mapping = readBody(root, kind ?? likelyKind(entries), findings);
  return kind === undefined ? undefined : mapping;
}

function readBody(root: YamlMapping, kind: MappingFile["type"], findings: Findings): MappingFile | undefined {
  const keys = readKeys(root, kind === "context" ? contextRootKeys : modelRootKeys, findings);
  if (keys === undefined) return undefined;
  switch (kind) {
    case "context":
      return readContext(keys, findings);
    case "extension":
      return readExtension(keys, findings);
    case "model":
      return readModel(keys, findings);
  }
}

function likelyKind(entries: ReadonlyMap<string, YamlEntry>): MappingFile["type"] {
  if (entries.has("context")) return "context";
  const spec = entries.get("spec")?.value;
  return spec?.kind === "mapping" && spec.entries.some((entry) => entry.key === "extends") ? "extension" : "model";
}

function readKind(
  root: YamlMapping,
  entries: ReadonlyMap<string, YamlEntry>,
  findings: Findings,
): MappingFile["type"] | undefined {
  const entry = entries.get("type");
  if (entry === undefined || isNullNode(entry.value)) {
    const message = "`type` is missing; it is required: `model`, `extension` or `context`.";
    findings.error("MAPPING_MISSING_KEY", message, entry?.keyPosition ?? root.position);
    return undefined;
  }
  return choiceOf(textOf(entry.value, "`type`", findings), kinds, "`type`", findings)?.value;
}

/** Findings carry `metadata.name` from the beginning, wherever in the file it stands. */
function nameFindings(entries: ReadonlyMap<string, YamlEntry>, findings: Findings): void {
  const metadata = entries.get("metadata")?.value;
  if (metadata?.kind !== "mapping") return;
  const name = metadata.entries.find((entry) => entry.key === "name")?.value;
  if (name?.kind === "scalar" && name.text !== "") findings.nameMapping(name.text.slice(0, 200));
}
