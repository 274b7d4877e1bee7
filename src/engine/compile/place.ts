import type { MappingMethod, ModelMapping } from "../../fhirconnect/syntax/tree.js";
import type { FhirPathText } from "./fhir-path-text.js";

/** Where in the mapping files the compiler is: what relative paths are relative to. */
export interface Place {
  readonly model: ModelMapping;
  /** FHIR type of the model; undefined for BackboneElement or none. */
  readonly fhirType: string | undefined;
  /** Text that `$archetype` stands for. */
  readonly archetypeText: string;
  /** Full openEHR path text of the enclosing method, or of the slot at the top of a slotted model. */
  readonly openEhr: string | undefined;
  /** Steps from the model's object to the enclosing element; undefined behind a reference. */
  readonly fhir: readonly string[] | undefined;
  readonly rule: string;
  readonly insideReference: boolean;
  /** The slot through which the model was entered, as it is written there. */
  readonly slotName: string | undefined;
  /** Models entered so far with the place they were entered at, to stop a model that calls itself on the same node. */
  readonly entered: readonly string[];
}

/** A slot through which a model is entered: its full openEHR path, and the name it calls. */
export interface EnteredSlot {
  readonly text: string;
  readonly name: string;
}

const structureDefinitionPrefix = "http://hl7.org/fhir/StructureDefinition/";

/** The place at the top of a model. */
export function topOf(
  model: ModelMapping,
  archetypeText: string,
  slot: EnteredSlot | undefined,
  entered: readonly string[],
): Place {
  return {
    model,
    fhirType: typeOf(model),
    archetypeText,
    openEhr: slot?.text,
    fhir: [],
    rule: "",
    insideReference: false,
    slotName: slot?.name,
    entered,
  };
}

/** The place in which the children of a method stand. */
export function inside(place: Place, method: MappingMethod, own: FhirPathText, openEhrText: string | undefined): Place {
  return { ...place, openEhr: openEhrText ?? place.openEhr, fhir: innerFhir(place, own, method) };
}

function innerFhir(place: Place, own: FhirPathText, method: MappingMethod): readonly string[] | undefined {
  if (method.reference !== undefined) return undefined;
  if (own.base === "model") return own.steps;
  return place.fhir === undefined ? undefined : [...place.fhir, ...own.steps];
}

function typeOf(model: ModelMapping): string | undefined {
  const url = model.structureDefinition?.value;
  if (url === undefined) return undefined;
  const type = url.startsWith(structureDefinitionPrefix) ? url.slice(structureDefinitionPrefix.length) : url;
  return type === "BackboneElement" ? undefined : type;
}

/** Puts a path text behind what it is relative to (engine-behaviour 4.3); undefined for a path that is left out. */
export function fullOpenEhrPath(place: Place, written: string | undefined): string | undefined {
  const text = written?.trim();
  if (text === undefined || text === "") return undefined;
  if (text.includes("$composition")) return text;
  if (text.startsWith("$archetype")) return place.archetypeText + text.slice("$archetype".length);
  const enclosing = place.openEhr ?? place.archetypeText;
  if (text.startsWith("$openehrRoot")) return enclosing + text.slice("$openehrRoot".length);
  const rest = text.startsWith("$reference") ? text.slice("$reference".length) : `/${text}`;
  return enclosing + rest;
}
