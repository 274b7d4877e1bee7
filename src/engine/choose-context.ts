import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";

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
 * The template a composition or FLAT document names itself: `archetype_details.template_id` of a canonical COMPOSITION, the
 * first segment of the first key of a FLAT object. Of an array the first element decides. Undefined for content items.
 */
export function templateIdOfPayload(body: JsonValue): string | undefined {
  const first = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(first)) return undefined;
  if (typeof first._type === "string") {
    if (first._type !== "COMPOSITION") return undefined;
    const details = isJsonObject(first.archetype_details) ? first.archetype_details : undefined;
    const templateId = isJsonObject(details?.template_id) ? details.template_id.value : undefined;
    return typeof templateId === "string" && templateId !== "" ? templateId : undefined;
  }
  const path = Object.keys(first).find((key) => key.includes("/") && !key.startsWith("ctx/"));
  return path?.slice(0, path.indexOf("/")).replace(/:\d+$/, "");
}

function profilesOf(resource: JsonObject): readonly string[] {
  const entries = resource.resourceType === "Bundle" && Array.isArray(resource.entry) ? resource.entry : [];
  const resources = [resource, ...entries.map((entry) => (isJsonObject(entry) ? entry.resource : undefined))];
  return resources.flatMap((one) => {
    const profiles = isJsonObject(one) && isJsonObject(one.meta) ? one.meta.profile : undefined;
    return Array.isArray(profiles) ? profiles.filter((profile) => typeof profile === "string").map(withoutVersion) : [];
  });
}

function withoutVersion(canonical: string): string {
  const bar = canonical.indexOf("|");
  return bar < 0 ? canonical : canonical.slice(0, bar);
}
