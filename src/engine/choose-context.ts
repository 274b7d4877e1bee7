import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import { isStructuredRoot, shapeOf } from "./composition-input.js";

/**
 * The context for a FHIR resource or Bundle: the first whose profile URL one of the resources claims in `meta.profile`,
 * else the last one without profile URL, which takes everything (rest-api 4). Of a Bundle its own profiles and those of its
 * entries count. A profile is compared without its `|version`.
 */
export function chooseContextForResource(
  resource: JsonObject,
  contexts: readonly ContextMapping[],
): ContextMapping | undefined {
  const profiles = new Set(profilesOf(resource));
  let fallback: ContextMapping | undefined;
  for (const context of contexts) {
    const url = context.profileUrl?.value.trim() ?? "";
    if (url === "") fallback = context;
    else if (profiles.has(withoutVersion(url))) return context;
  }
  return fallback;
}

/**
 * The template a document names itself: `archetype_details.template_id` of a canonical COMPOSITION, the first segment of
 * the first key of a FLAT object, the name above everything in a STRUCTURED one. Of an array the first element decides.
 * Undefined for content items.
 */
export function templateIdOfPayload(body: JsonValue): string | undefined {
  const first = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(first)) return undefined;
  switch (shapeOf(first)) {
    case "canonical": {
      if (first._type !== "COMPOSITION") return undefined;
      const details = isJsonObject(first.archetype_details) ? first.archetype_details : undefined;
      return nonEmpty(isJsonObject(details?.template_id) ? details.template_id.value : undefined);
    }
    case "flat": {
      const path = Object.keys(first).find((key) => key.includes("/") && !key.startsWith("ctx/"));
      return path?.slice(0, path.indexOf("/")).replace(/:\d+$/, "");
    }
    case "structured":
      return Object.keys(first).find((name) => isStructuredRoot(name, first[name]));
    case undefined:
      return undefined;
  }
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function profilesOf(resource: JsonObject): readonly string[] {
  const entries = resource.resourceType === "Bundle" && Array.isArray(resource.entry) ? resource.entry : [];
  const resources = [resource, ...entries.map((entry) => (isJsonObject(entry) ? entry.resource : undefined))];
  return resources.flatMap((one) => (isJsonObject(one) ? profilesOfResource(one) : []));
}

/** The profiles that a resource itself claims, without versions. */
export function profilesOfResource(resource: JsonObject): readonly string[] {
  const profiles = isJsonObject(resource.meta) ? resource.meta.profile : undefined;
  // A sender with one profile may leave out the list around it.
  return [profiles]
    .flat()
    .filter((profile) => typeof profile === "string")
    .map(withoutVersion);
}

/** Whether the profile of a context is among some, whatever its version. */
export function claimsProfile(profiles: readonly string[], { profileUrl }: ContextMapping): boolean {
  const url = profileUrl?.value.trim() ?? "";
  return url !== "" && profiles.includes(withoutVersion(url));
}

function withoutVersion(canonical: string): string {
  const bar = canonical.indexOf("|");
  return bar < 0 ? canonical : canonical.slice(0, bar);
}
