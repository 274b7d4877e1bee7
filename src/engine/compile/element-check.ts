import type { SourcePosition } from "../../errors/source-position.js";
import type { FhirElement, FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";

const plainName = /^([A-Za-z]\w*)(?:\[\d+\])?$/;
const cast = /^(?:as|ofType)\((?:FHIR\.)?(\w+)\)$/;
const keepsType = /^(?:where|first|last)\(/;
/** Any resource may stand where one of these is declared. */
const anyResource: ReadonlySet<string> = new Set(["Resource", "DomainResource"]);

/**
 * Warns of an element in a method's FHIR path that no type at its place has in this version of FHIR: it is neither read nor
 * written (fhirconnect-language 2.2 and 4). What follows a function that may give anything is not judged.
 * @param steps the path from an object of type `from`
 * @returns false when it has warned
 */
export function checkElements(
  place: Place,
  from: string | undefined,
  steps: readonly string[],
  position: SourcePosition,
  schema: FhirSchema,
  findings: Findings,
): boolean {
  let types: readonly string[] = from === undefined ? [] : [from];
  for (const step of steps) {
    if (keepsType.test(step)) continue;
    const asType = cast.exec(step)?.[1];
    if (asType !== undefined) {
      types = [asType];
      continue;
    }
    const name = plainName.exec(step)?.[1];
    const known = types.flatMap((type) => schema.type(type) ?? []);
    if (name === undefined || known.length === 0 || known.length < types.length) return true;
    const elements = known.flatMap((type) => type.elements.get(name) ?? []);
    if (elements.length === 0 && types.some((type) => anyResource.has(type))) {
      elements.push(...elementsOfResources(name, schema));
    }
    if (elements.length === 0) {
      const message = `FHIR ${schema.version} has no element '${name}' in ${types.slice(0, 3).join(", ")}; nothing is read or written there.`;
      findings.report("warning", "FHIR_ELEMENT_UNKNOWN", message, place, position, steps.join("."));
      return false;
    }
    types = elements.flatMap((element) => element.types);
  }
  return true;
}

/** The elements of this name that the resources of a FHIR version have. */
function elementsOfResources(name: string, schema: FhirSchema): FhirElement[] {
  return schema.typeNames.flatMap((typeName) => {
    const type = schema.type(typeName);
    return type?.kind === "resource" ? (type.elements.get(name) ?? []) : [];
  });
}
