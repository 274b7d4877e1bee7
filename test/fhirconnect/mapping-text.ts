import type { Diagnostic } from "../../src/errors/diagnostic.js";
import { formatPosition } from "../../src/errors/source-position.js";
import { readMapping } from "../../src/fhirconnect/syntax/read-mapping.js";
import type {
  ContextMapping,
  ExtensionMapping,
  MappingMethod,
  ModelMapping,
} from "../../src/fhirconnect/syntax/tree.js";

/** First line of what follows {@link modelText}'s header. */
export const firstBodyLine = 11;

/** A model file; its header takes ten lines. */
export function modelText(
  body: string,
  name = "OBSERVATION.pulse.v2",
  archetype = "openEHR-EHR-OBSERVATION.pulse.v2",
): string {
  return `grammar: FHIRConnect/v1.0.0
type: model
metadata: { name: "${name}", version: 1.0.0 }
spec:
  system: FHIR
  version: R4
  openEhrConfig:
    archetype: ${archetype}
  fhirConfig:
    structureDefinition: http://hl7.org/fhir/StructureDefinition/Observation
${body}`;
}

export function extensionText(body: string, extended = "OBSERVATION.pulse.v2", name = "ward_pulse"): string {
  return `grammar: FHIRConnect/v1.0.0
type: extension
metadata: { name: ${name}, version: 1.0.0 }
spec: { system: FHIR, version: R4, extends: ${extended} }
${body}`;
}

export function contextText(names: {
  readonly archetypes: readonly string[];
  readonly extensions?: readonly string[];
  readonly start: string;
}): string {
  return `grammar: FHIRConnect/v1.0.0
type: context
metadata: { name: ward.context, version: 1.0.0 }
spec: { system: FHIR, version: R4 }
context:
  profile: { url: "https://example.org/StructureDefinition/pulse" }
  template: { id: "Ward pulse" }
  archetypes: ${JSON.stringify(names.archetypes)}
  extensions: ${JSON.stringify(names.extensions ?? [])}
  start: ${names.start}`;
}

/** Reads a text that must be without errors. */
export function readModelText(text: string): ModelMapping {
  const { mapping, diagnostics } = readMapping(text);
  if (mapping?.type !== "model") throw new Error(`no model: ${lines(diagnostics).join("; ")}`);
  return mapping;
}

export function readExtensionText(text: string): ExtensionMapping {
  const { mapping, diagnostics } = readMapping(text);
  if (mapping?.type !== "extension") throw new Error(`no extension: ${lines(diagnostics).join("; ")}`);
  return mapping;
}

export function readContextText(text: string): ContextMapping {
  const { mapping, diagnostics } = readMapping(text);
  if (mapping?.type !== "context") throw new Error(`no context: ${lines(diagnostics).join("; ")}`);
  return mapping;
}

/** The only top-level method of a model with this body. */
export function readMethodText(body: string): MappingMethod {
  const [method] = readModelText(modelText(`mappings:\n${body}`)).mappings;
  if (method === undefined) throw new Error("no method");
  return method;
}

/** Diagnostics as `severity CODE line L, column C`. */
export function lines(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(
    ({ severity, code, position }) =>
      `${severity} ${code}${position === undefined ? "" : ` ${formatPosition(position)}`}`,
  );
}
