import { isJsonObject, type JsonObject } from "../fhir/json.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import { claimsProfile, profilesOfResource } from "./choose-context.js";

/** The entries of a Bundle that one template's context maps. */
export interface Claim {
  readonly templateId: string;
  /** Positions in `Bundle.entry`. */
  readonly positions: readonly number[];
}

/**
 * Shares the entries of a Bundle out among all contexts that match it. An entry goes to the first context whose profile URL
 * its resource claims in `meta.profile`. One that claims none goes to the context whose profile the Bundle itself claims,
 * else to the last context without profile URL, else to nobody. No entry goes to two; contexts come in their order, those
 * of one template as one.
 */
export function claimResources(bundle: JsonObject, contexts: readonly ContextMapping[]): readonly Claim[] {
  const withProfile = contexts.filter(({ profileUrl }) => (profileUrl?.value.trim() ?? "") !== "");
  const bundleProfiles = profilesOfResource(bundle);
  const rest =
    withProfile.find((context) => claimsProfile(bundleProfiles, context)) ??
    contexts.filter((context) => !withProfile.includes(context)).at(-1);
  const positions = new Map<string, number[]>();
  for (const context of contexts) positions.set(context.templateId.value, []);
  for (const [position, resource] of entryResources(bundle).entries()) {
    if (resource === undefined) continue;
    const profiles = profilesOfResource(resource);
    const context = withProfile.find((one) => claimsProfile(profiles, one)) ?? rest;
    if (context !== undefined) positions.get(context.templateId.value)?.push(position);
  }
  return [...positions]
    .filter(([, claimed]) => claimed.length > 0)
    .map(([templateId, claimed]) => ({ templateId, positions: claimed }));
}

/** The resource of each entry, in order; undefined for an entry without one. */
export function entryResources(bundle: JsonObject): readonly (JsonObject | undefined)[] {
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  return entries.map((entry) => (isJsonObject(entry) && isJsonObject(entry.resource) ? entry.resource : undefined));
}

/** The Bundle with nothing but the entries at some positions. */
export function bundleOfEntries(bundle: JsonObject, positions: readonly number[]): JsonObject {
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  return { ...bundle, entry: positions.map((position) => entries[position]).filter((entry) => entry !== undefined) };
}
