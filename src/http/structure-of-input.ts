import { type Claim, entryResources } from "../engine/claim-resources.js";
import type { Mapper } from "../engine/mapper.js";
import { MAPPING_WITHOUT_RESULT } from "../engine/problems.js";
import { Problem } from "../errors/problem.js";
import type { JsonObject } from "../fhir/json.js";
import type { FhirVersion } from "../fhir/schema/fhir-schema.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import { checkStructure, type StructureFinding } from "../fhir/structure/check-structure.js";
import { structureText, structureWarnings } from "./left-out-warning.js";
import { RESOURCE_NOT_AS_DEFINED } from "./problems.js";

/** Findings that the answer to a refused call has one by one. */
const MOST_TOLD = 20;

/** Texts of `Warning` headers for a resource whose members are not those of the version it is mapped with. */
function warningsOfStructure(resource: JsonObject, version: FhirVersion): readonly string[] {
  return structureWarnings(version, checkStructure(resource, fhirSchema(version)));
}

/** Runs a mapping. When nothing was mapped, what is not as FHIR has it may be why, and stands behind the refusal. */
export function explained<Result>(
  findings: readonly StructureFinding[],
  version: FhirVersion,
  map: () => Result,
): Result {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== MAPPING_WITHOUT_RESULT || findings.length === 0) throw error;
    const others = findings.slice(0, MOST_TOLD).map((finding) => {
      const what = finding.kind === "unknown" ? "has no element called so" : "asks for another shape";
      return new Problem(RESOURCE_NOT_AS_DEFINED, `FHIR ${version} ${what}: ${structureText(finding)}`, {
        path: finding.path,
      });
    });
    throw new Problem(error.kind, error.message, error.place, others, error);
  }
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
