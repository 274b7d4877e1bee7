import { type Claim, entryResources } from "../engine/claim-resources.js";
import type { Mapper } from "../engine/mapper.js";
import type { JsonObject } from "../fhir/json.js";
import type { FhirVersion } from "../fhir/schema/fhir-schema.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import { checkStructure } from "../fhir/structure/check-structure.js";
import { structureWarnings } from "./left-out-warning.js";

/** Texts of `Warning` headers for a resource whose members are not those of the version it is mapped with. */
export function warningsOfStructure(resource: JsonObject, version: FhirVersion): readonly string[] {
  return structureWarnings(version, checkStructure(resource, fhirSchema(version)));
}

/** The same of a Bundle whose entries several contexts map, each with the version of its own. */
export function warningsOfStructures(
  bundle: JsonObject,
  shares: readonly { readonly claim: Claim; readonly mapper: Mapper }[],
): readonly string[] {
  const [first, ...others] = new Set(shares.map(({ mapper }) => mapper.fhirVersion));
  if (first === undefined) return [];
  if (others.length === 0) return warningsOfStructure(bundle, first);
  const resources = entryResources(bundle);
  return [first, ...others].flatMap((version) => {
    const schema = fhirSchema(version);
    const positions = shares.flatMap(({ claim, mapper }) => (mapper.fhirVersion === version ? claim.positions : []));
    const findings = positions.flatMap((position) => {
      const resource = resources[position];
      return resource === undefined
        ? []
        : checkStructure(resource, schema, { path: `Bundle.entry[${position}].resource` });
    });
    return structureWarnings(version, findings);
  });
}
