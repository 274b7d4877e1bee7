import type { Mapper, MapperSettings, MapperSource } from "../engine/mapper.js";
import { diagnosticLine } from "../errors/diagnostic-line.js";
import { Problem } from "../errors/problem.js";
import { isJsonObject, type JsonValue } from "../fhir/json.js";
import type { FhirVersion } from "../fhir/schema/fhir-schema.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import { checkStructure, type StructureFinding } from "../fhir/structure/check-structure.js";
import { readExactJson, readFhirJson } from "../http/json-text.js";
import { structureText } from "../http/left-out-warning.js";
import { leftOutBecause, type OnLeftOut } from "../openehr/building/left-out.js";
import { writeJson } from "../openehr/json/write-json.js";
import { readTemplateText } from "../store/template-text.js";
import { leftOutLine } from "./left-out-line.js";
import { contextFor, readMappingFolder, readText } from "./mapping-folder.js";
import { CLI_INPUT_NOT_A_RESOURCE } from "./problems.js";
import { readInput } from "./read-input.js";

export interface MapCommand {
  readonly template: string;
  readonly mappings: string;
  readonly to: "fhir" | "openehr";
  readonly flat: boolean;
  /** Path of the input, or `-` for standard input. */
  readonly input: string;
}

export interface MapCommandParts {
  readonly compile: (source: MapperSource) => Mapper;
  readonly settings: MapperSettings;
  readonly standardInput: NodeJS.ReadableStream;
  /** Told about mapping files and members of the input that were left out. */
  readonly report: (line: string) => void;
}

/**
 * Maps one file with the core of the server. Gives the result as JSON text; throws a Problem when a file cannot be read or
 * when template, mappings or input are refused.
 */
export async function map(command: MapCommand, parts: MapCommandParts): Promise<string> {
  const template = readTemplateText(await readText(command.template), command.template);
  const folder = await readMappingFolder(command.mappings, parts.report);
  const context = contextFor(template.templateId, folder);
  const mapper = parts.compile({ template, context, mappings: folder.mappings });
  for (const diagnostic of mapper.diagnostics) {
    if (diagnostic.severity !== "note") parts.report(diagnosticLine(diagnostic));
  }
  const { content, name } = await readInput(command.input, parts.standardInput);
  const read = command.to === "fhir" ? readExactJson : readFhirJson;
  const input = read(content, name) as JsonValue;
  return `${writeJson(run(mapper, input, command, parts), 2)}\n`;
}

function run(
  mapper: Mapper,
  input: JsonValue,
  { to, flat }: MapCommand,
  { settings, report }: Pick<MapCommandParts, "settings" | "report">,
): unknown {
  const onLeftOut: OnLeftOut = (path, reason = leftOutBecause.noAttribute) => report(leftOutLine(path, reason));
  if (to === "fhir") {
    return mapper.toFhir(mapper.readComposition(input, settings, onLeftOut), settings);
  }
  if (!isJsonObject(input)) {
    throw new Problem(CLI_INPUT_NOT_A_RESOURCE, "The input is no FHIR resource.", { path: "resourceType" });
  }
  for (const finding of checkStructure(input, fhirSchema(mapper.fhirVersion))) {
    report(notAsDefined(mapper.fhirVersion, finding));
  }
  const result = mapper.toOpenEhr(input, settings);
  return flat ? result.flat() : result.composition(onLeftOut);
}

function notAsDefined(version: FhirVersion, finding: StructureFinding): string {
  return finding.kind === "unknown"
    ? `FHIR ${version} has no element called so, not mapped: ${structureText(finding)}`
    : `FHIR ${version} asks for another shape, perhaps not mapped: ${structureText(finding)}`;
}
