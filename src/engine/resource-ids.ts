import { Problem } from "../errors/problem.js";
import { FhirInstance } from "../fhir/path/fhir-instance.js";
import type { FhirSchema } from "../fhir/schema/fhir-schema.js";
import { isRmObject, type RmObject } from "../openehr/rm/rm-object.js";
import { hashedUuid } from "./hashed-uuid.js";
import { COMPOSITION_WITHOUT_UID } from "./problems.js";

/** How resources of a result get their ids: only those that the mapping writes, or every one the same each time. */
export type ResourceIds = "as-mapped" | "deterministic";

/**
 * Gives each resource that one composition was mapped to an id, unless the mapping wrote one: a hash of the composition's uid,
 * the template and the place of the resource in the result (its type and which one of that type it is), in the form of a
 * UUID. The uid counts without system and version, so that a later version of a composition gives the same ids.
 * @throws Problem COMPOSITION_WITHOUT_UID
 */
export function assignResourceIds(
  composition: RmObject,
  templateId: string,
  resources: readonly FhirInstance[],
  schema: FhirSchema,
): void {
  const uid = objectIdOf(composition);
  const idType = schema.type("id");
  if (idType === undefined) return;
  const counts = new Map<string, number>();
  for (const resource of resources.flatMap(entryResources)) {
    const { name } = resource.type;
    const position = counts.get(name) ?? 0;
    counts.set(name, position + 1);
    if (resource.field("id") !== undefined) continue;
    const id = new FhirInstance(idType);
    id.primitive = hashedUuid(JSON.stringify([uid, templateId, `${name}[${position}]`]));
    resource.setField("id", id);
  }
}

/** A mapped Bundle stands for the resources in its entries. */
function entryResources(resource: FhirInstance): readonly FhirInstance[] {
  if (resource.type.name !== "Bundle") return resource.fields.length === 0 ? [] : [resource];
  return membersOf(resource, "entry").flatMap((entry) => membersOf(entry, "resource"));
}

function membersOf(owner: FhirInstance, name: string): readonly FhirInstance[] {
  const field = owner.field(name);
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field];
}

function objectIdOf(composition: RmObject): string {
  const { uid } = composition;
  const value = isRmObject(uid) && typeof uid.value === "string" ? uid.value.trim() : "";
  const [objectId = ""] = value.split("::", 1);
  if (objectId !== "") return objectId;
  throw new Problem(COMPOSITION_WITHOUT_UID, "The composition has no uid that ids of resources could be made from.", {
    path: "/uid/value",
  });
}
