import { Problem } from "../errors/problem.js";
import type { JsonObject } from "../fhir/json.js";
import { bundleOfEntries, type Claim, entryResources } from "./claim-resources.js";
import type { Mapper, MapperSettings, ToOpenEhrResult } from "./mapper.js";
import { MAPPING_WITHOUT_RESULT } from "./problems.js";

/** What one context made of the entries that are its own. */
export interface MappedClaim extends Claim {
  readonly result: ToOpenEhrResult;
}

/** What all contexts made of a Bundle. */
export interface MappedBundle {
  readonly mapped: readonly MappedClaim[];
  /** Positions of entries that nothing was read from: neither claimed and mapped nor referred to by one that was. */
  readonly leftovers: readonly number[];
}

/**
 * Maps a Bundle with the context of each claim. A run sees the entries of its claim alone, but its references lead to all
 * entries of the Bundle.
 * @throws Problem MAPPING_WITHOUT_RESULT when no context maps anything, and what a run throws for any other reason
 */
export function mapAll(
  bundle: JsonObject,
  claims: readonly { readonly claim: Claim; readonly mapper: Mapper }[],
  settings: MapperSettings,
): MappedBundle {
  const read = new Set<JsonObject>();
  const mapped: MappedClaim[] = [];
  let nothing: Problem | undefined;
  for (const { claim, mapper } of claims) {
    const seen: JsonObject[] = [];
    const own = bundleOfEntries(bundle, claim.positions);
    try {
      const onRead = (resource: JsonObject) => void seen.push(resource);
      mapped.push({ ...claim, result: mapper.toOpenEhr(own, settings, { resolveIn: bundle, onRead }) });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== MAPPING_WITHOUT_RESULT) throw error;
      nothing ??= error;
      continue;
    }
    for (const resource of seen) {
      if (resource === own) for (const one of entryResources(own)) one !== undefined && read.add(one);
      else read.add(resource);
    }
  }
  if (mapped.length === 0 && nothing !== undefined) throw nothing;
  const leftovers = [...entryResources(bundle).entries()]
    .filter(([, resource]) => resource === undefined || !read.has(resource))
    .map(([position]) => position);
  return { mapped, leftovers };
}
