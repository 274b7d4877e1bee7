import { Problem } from "../errors/problem.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import { completeComposition } from "../openehr/building/complete-composition.js";
import type { CompositionDraft } from "../openehr/building/composition-draft.js";
import type { CompositionSettings } from "../openehr/building/composition-settings.js";
import { leftOutBecause, type OnLeftOut } from "../openehr/building/left-out.js";
import { readCanonicalJson } from "../openehr/formats/canonical-json.js";
import { isInNormalForm } from "../openehr/formats/canonical-json-check.js";
import { readFlat } from "../openehr/formats/flat/flat-reader.js";
import { readStructured } from "../openehr/formats/structured/structured.js";
import type { RmObject } from "../openehr/rm/rm-object.js";
import type { Template } from "../openehr/template/template.js";
import { composeContentItems } from "./content-items.js";
import { INPUT_NOT_COMPOSITION } from "./problems.js";

/** The shape of a JSON object that stands for a composition; undefined when it has none of them. */
export type CompositionShape = "canonical" | "flat" | "structured";

/**
 * Which shape a JSON object has (rest-api 3): canonical objects carry `_type`, FLAT names its members by paths, STRUCTURED
 * nests objects below plain names. Members of `ctx` say nothing.
 */
export function shapeOf(object: JsonObject): CompositionShape | undefined {
  if (typeof object._type === "string") return "canonical";
  const names = Object.keys(object);
  if (names.some((name) => name.includes("/"))) return "flat";
  return names.some((name) => isStructuredRoot(name, object[name])) ? "structured" : undefined;
}

/** Whether a member of an object is what a STRUCTURED document has its composition in. */
export function isStructuredRoot(name: string, value: JsonValue | undefined): boolean {
  if (name === "ctx" || name === "") return false;
  return isJsonObject(Array.isArray(value) ? value[0] : value);
}

/**
 * Reads a canonical COMPOSITION (one in normal form stays as it is, ARCHETYPED, ARCHETYPE_ID, TEMPLATE_ID and HISTORY without `_type`), a content item, an array of either, a FLAT object or a STRUCTURED object (rest-api 3); of
 * an array the first element decides what all of them are.
 * @param onLeftOut told the path of everything in the input that is not in the result, and why
 * @returns complete compositions
 * @throws Problem INPUT_NOT_COMPOSITION for anything else, and what the reader of the format throws
 */
export function readCompositionInput(
  body: JsonValue,
  template: Template,
  settings: CompositionSettings,
  onLeftOut?: OnLeftOut,
): readonly RmObject[] {
  const items: readonly JsonValue[] = Array.isArray(body) ? body : [body];
  const [first] = items;
  if (!isJsonObject(first)) throw refusal(`The input holds ${describe(first)} where a composition belongs.`, "/");
  const shape = shapeOf(first);
  if (shape === "canonical") {
    const isList = Array.isArray(body);
    const objects = items.map((item, at) =>
      isInNormalForm(item, "COMPOSITION")
        ? (item as RmObject)
        : readCanonicalJson(item, undefined, onLeftOut, isList ? at : undefined),
    );
    refuseMixture(objects);
    if (onLeftOut !== undefined) {
      for (const [at, object] of objects.entries()) {
        tellOtherTemplate(object, template.templateId, isList ? `$[${at}]` : "$", onLeftOut);
      }
    }
    return compositionsOf(objects, template, settings);
  }
  if (Array.isArray(body)) {
    throw refusal(
      "The first element of the array has no _type; FLAT and STRUCTURED objects are sent one by one.",
      "/0",
    );
  }
  const listeners = onLeftOut === undefined ? {} : { onLeftOut };
  const completed = (draft: CompositionDraft) => completeComposition(draft, settings, undefined, listeners);
  switch (shape) {
    case "flat":
      return [completed(readFlat(first, template, { ...settings, ...listeners }))];
    case "structured":
      return [completed(readStructured(first, template, { ...settings, ...listeners }))];
    case undefined:
      throw refusal(
        "The object is neither canonical (no _type) nor FLAT (no member name is a path) nor STRUCTURED (no member is an object).",
        "/",
      );
    default:
      return shape satisfies never;
  }
}

/** Compositions as they are, and content items put into one composition; the first object decides what all of them are. */
export function compositionsOf(
  objects: readonly RmObject[],
  template: Template,
  settings: CompositionSettings,
): readonly RmObject[] {
  return objects[0]?._type === "COMPOSITION" ? objects : [composeContentItems(objects, template, settings)];
}

/** All objects of a list are read as the first one: a whole composition would end up inside of another. */
function refuseMixture(objects: readonly RmObject[]): void {
  const isWhole = ({ _type }: RmObject): boolean => _type === "COMPOSITION";
  const [first] = objects;
  const at = first === undefined ? -1 : objects.findIndex((object) => isWhole(object) !== isWhole(first));
  const other = objects[at];
  if (first === undefined || other === undefined) return;
  throw refusal(`The list mixes objects of the classes ${first._type} and ${other._type}.`, `/${at}`);
}

/** Tells of a composition that names another template. Ids are compared as they are looked up (rest-api 2). */
export function tellOtherTemplate(object: RmObject, templateId: string, path: string, onLeftOut: OnLeftOut): void {
  const named = templateIdOfComposition(object);
  const normalised = (id: string): string => id.trim().toLowerCase().replaceAll(" ", "_");
  if (named === undefined || normalised(named) === normalised(templateId)) return;
  onLeftOut(`${path}.archetype_details.template_id`, leftOutBecause.otherTemplate);
}

/** The template that a COMPOSITION names; undefined for other objects. */
export function templateIdOfComposition(object: RmObject): string | undefined {
  if (object._type !== "COMPOSITION") return undefined;
  // Objects that are taken over as they stand may lack their _type here.
  const details = object.archetype_details as { readonly template_id?: { readonly value?: unknown } } | undefined;
  const id = details?.template_id?.value;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function refusal(message: string, path: string): Problem {
  return new Problem(INPUT_NOT_COMPOSITION, message, { path });
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
