import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import { primitiveText } from "../datatypes/fhir-primitives.js";
import { stringMember } from "../datatypes/rm-values.js";
import type { PathLiterals, Step } from "../plan.js";
import type { OpenEhrScope } from "./openehr-scope.js";
import { readFhirData, valuesOf } from "./openehr-values.js";
import type { JoinedEnds } from "./to-fhir-plan.js";

/**
 * Data on the way to FHIR with the literals of a method (fhirconnect-language 20.5): those of the openEHR path are taken off,
 * those of the FHIR path put on. What carries no text stays as it is.
 */
export function withLiteralsToFhir(data: FhirData | undefined, literals: Step["literals"]): FhirData | undefined {
  if (literals === undefined) return data;
  const text = textOf(data);
  if (text === undefined) return data;
  return { type: "string", value: withLiterals(withoutLiterals(text, literals.openEhr), literals.fhir) };
}

/** An element on the way to openEHR with the literals of a method: those of the FHIR path off, those of the openEHR path on. */
export function withLiteralsToOpenEhr(node: FhirNode, literals: Step["literals"]): FhirNode {
  if (literals === undefined) return node;
  const text = primitiveText(node);
  if (text === undefined) return node;
  const value = withoutLiterals(text, literals.fhir);
  return { ...node, type: "string", value: value === "" ? value : withLiterals(value, literals.openEhr) };
}

/** What several joined openEHR paths give in the scope of one text, in which absent ones are empty; undefined when all are. */
export function joinedData(
  { parts }: JoinedEnds,
  scope: OpenEhrScope,
  context: ConversionContext,
): FhirData | undefined {
  let found = false;
  const texts = parts.map((part) => {
    if (typeof part === "string") return part;
    const [first] = scope.occurrences(part.node);
    const [value] = first === undefined ? [] : valuesOf(part, first);
    const text = textOf(readFhirData(part, value, context, undefined));
    if (text !== undefined) found = true;
    return text ?? "";
  });
  return found ? { type: "string", value: texts.join("") } : undefined;
}

function textOf(data: FhirData | undefined): string | undefined {
  if (data === undefined) return undefined;
  const { value } = data;
  if (!isJsonObject(value)) return value === null ? undefined : String(value);
  if (data.type === "CodeableConcept") return stringMember(value, "text");
  if (data.type === "Quantity") return value.value === undefined ? undefined : String(value.value);
  return stringMember(value, data.type === "Coding" ? "code" : "value");
}

function withLiterals(text: string, literals: PathLiterals | undefined): string {
  return literals === undefined ? text : literals.before + text + literals.behind;
}

function withoutLiterals(text: string, literals: PathLiterals | undefined): string {
  if (literals === undefined) return text;
  const rest = text.startsWith(literals.before) ? text.slice(literals.before.length) : text;
  return rest.endsWith(literals.behind) ? rest.slice(0, rest.length - literals.behind.length) : rest;
}
