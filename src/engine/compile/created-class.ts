import type { Place } from "./place.js";

/** Whether `create` of a hierarchy asks for a resource of the type of the file, as it does when it is left out. */
export function isResource(create: string | undefined, { fhirType }: Place): boolean {
  const name = create?.trim().replace(/^\$/, "").toLowerCase();
  return name === undefined || name === "" || name === "resource" || name === fhirType?.toLowerCase();
}

/** Whether `create` of a hierarchy asks for the archetype of the file. */
export function isArchetype(create: string | undefined, { model }: Place): boolean {
  const name = create?.trim().replace(/^\$/, "");
  return name !== undefined && (name.toLowerCase() === "archetype" || name === model.archetype?.value);
}
