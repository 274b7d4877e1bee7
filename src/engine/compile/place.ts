import type { MappingMethod, ModelMapping } from "../../fhirconnect/syntax/tree.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import type { FhirBase } from "../plan.js";
import type { Semantics } from "../semantics.js";
import type { FhirPathText } from "./fhir-path-text.js";
import { splitPath } from "./openehr-path.js";

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
  /** Where the enclosing element is for those who check types: steps from an object of a type, also behind a reference. */
  readonly typed: TypedPath;
  /** The place in which the enclosing method stands: one `^` further out; undefined at the top of a start model. */
  readonly outer: Place | undefined;
  /** How many methods enclose the place within its model. */
  readonly depth: number;
  readonly hierarchy: HierarchyPaths;
  /** Nodes of which enclosing methods have chosen an occurrence, openEHR → FHIR; undefined where nothing runs in that direction. */
  readonly bound: ReadonlySet<TemplateNode> | undefined;
  readonly rule: string;
  readonly insideReference: boolean;
  readonly olderVariables: Semantics["olderVariables"];
  /** The slot through which the model was entered, as it is written there. */
  readonly slotName: string | undefined;
  /** Models entered so far with the node they were entered at, to stop a model that calls itself on the same node. */
  readonly entered: readonly string[];
}

/** FHIR paths that the hierarchy of a model names, as steps from its object (fhirconnect-language 7). */
export interface HierarchyPaths {
  /** The element that is created for each group. */
  readonly elementPath?: readonly string[] | undefined;
  /** What is iterated and grouped. */
  readonly iteratedPath?: readonly string[] | undefined;
}

/** Steps of a FHIR path from an object of a type; undefined when the files do not tell the type. */
export interface TypedPath {
  readonly type: string | undefined;
  readonly steps: readonly string[];
}

/** A slot through which a model is entered: its full openEHR path, and the name it calls. */
export interface EnteredSlot {
  readonly text: string;
  readonly name: string;
  /** Where the method with the slot stands. */
  readonly outer: Place | undefined;
  readonly bound: Place["bound"];
}

const nothingBound: ReadonlySet<TemplateNode> = new Set();

const structureDefinitionPrefix = "http://hl7.org/fhir/StructureDefinition/";

/** The place at the top of a model. */
export function topOf(
  model: ModelMapping,
  archetypeText: string,
  slot: EnteredSlot | undefined,
  entered: readonly string[],
  { olderVariables }: Semantics,
): Place {
  return {
    model,
    fhirType: typeOf(model),
    archetypeText,
    openEhr: slot?.text,
    fhir: [],
    typed: { type: typeOf(model), steps: [] },
    outer: slot?.outer,
    depth: 0,
    hierarchy: {},
    bound: slot === undefined ? nothingBound : slot.bound,
    rule: "",
    insideReference: false,
    olderVariables,
    slotName: slot?.name,
    entered,
  };
}

/** The place in which the children of a method stand. */
export function inside(place: Place, method: MappingMethod, own: FhirPathText, openEhrText: string | undefined): Place {
  return {
    ...place,
    openEhr: openEhrText ?? place.openEhr,
    fhir: innerFhir(place, own, method),
    typed: innerTyped(place, own, method),
    outer: place,
    depth: place.depth + 1,
  };
}

function innerFhir(place: Place, own: FhirPathText, method: MappingMethod): readonly string[] | undefined {
  if (method.reference !== undefined) return undefined;
  if (own.base === "model") return own.steps;
  const from = placeAtBase(place, own.base);
  // Behind a slot the way would have to start at another model's object.
  return from?.fhir === undefined || from.entered !== place.entered ? undefined : [...from.fhir, ...own.steps];
}

function innerTyped(place: Place, own: FhirPathText, method: MappingMethod): TypedPath {
  if (method.reference !== undefined) return { type: method.reference.resourceType.value, steps: [] };
  return typedPath(place, own);
}

/** A path as steps from an object whose type is known, for checks. */
export function typedPath(place: Place, { base, steps }: FhirPathText): TypedPath {
  if (base === "model") return { type: place.fhirType, steps };
  const from = placeAtBase(place, base)?.typed;
  return { type: from?.type, steps: [...(from?.steps ?? []), ...steps] };
}

/** The place whose enclosing element a path starts at; undefined when it climbs beyond the start model. */
export function placeAtBase(place: Place, base: FhirBase): Place | undefined {
  let at: Place | undefined = place;
  for (let up = typeof base === "number" ? base : 0; up > 0; up--) at = at?.outer;
  return at;
}

function typeOf(model: ModelMapping): string | undefined {
  const url = model.structureDefinition?.value;
  if (url === undefined) return undefined;
  const type = url.startsWith(structureDefinitionPrefix) ? url.slice(structureDefinitionPrefix.length) : url;
  return type === "BackboneElement" ? undefined : type;
}

/** Puts a path text behind what it is relative to (engine-behaviour 4.3); undefined for a path that is left out. */
export function fullOpenEhrPath(place: Place, written: string | undefined): string | undefined {
  const full = unresolvedOpenEhrPath(place, written);
  return full?.includes("..") ? withoutParentSteps(full) : full;
}

/** What a path becomes that climbs out of the composition. */
export const beyondComposition = "..";

/** Each `..` takes back the step before it, like a shell (fhirconnect-language 5.1); above an entry is the composition. */
function withoutParentSteps(path: string): string {
  const segments: string[] = [];
  for (const segment of splitPath(path)) {
    if (segment !== "..") segments.push(segment);
    else if (segments.length === 1 && segments[0] !== "$composition") segments[0] = "$composition";
    else if (segments.length < 2) return beyondComposition;
    else segments.pop();
  }
  return segments.join("/");
}

/** Variables of older generations by their names of today (fhirconnect-language 20.3). */
function currentVariable(text: string | undefined): string | undefined {
  return text?.replace(/^\$openEHRRoot\b/, "$openehrRoot").replace(/^\$openEhrArchetype\b/, "$archetype");
}

function unresolvedOpenEhrPath(place: Place, written: string | undefined): string | undefined {
  const text = place.olderVariables === "alias" ? currentVariable(written?.trim()) : written?.trim();
  if (text === undefined || text === "") return undefined;
  if (text.includes("$composition")) return text;
  if (text.startsWith("$archetype")) return place.archetypeText + text.slice("$archetype".length);
  // At the top of a start model it is the entry in the composition, of which a template may have none (engine-behaviour 4.3).
  if (text.startsWith("$reference") && place.openEhr === undefined)
    return `$composition/content[${place.archetypeText}]${text.slice("$reference".length)}`;
  const enclosing = place.openEhr ?? place.archetypeText;
  if (text.startsWith("$openehrRoot")) return enclosing + text.slice("$openehrRoot".length);
  const rest = text.startsWith("$reference") ? text.slice("$reference".length) : `/${text}`;
  return enclosing + rest;
}
