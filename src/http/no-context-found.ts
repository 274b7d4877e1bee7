import { contextNotFound } from "../cache/compiled-mappers.js";
import { profilesOfResource } from "../engine/choose-context.js";
import { Problem } from "../errors/problem.js";
import { isJsonObject, type JsonObject } from "../fhir/json.js";
import { fhirVersions } from "../fhir/schema/fhir-schema.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import { nearestOf } from "../openehr/formats/flat/nearest-name.js";

/** Profiles named in a message. */
const MOST_PROFILES = 5;
/** What looks like the name of a FHIR type; nothing else of a body is repeated. */
const TYPE_NAME = /^[A-Za-z]{1,64}$/;

/**
 * The problem of a resource that no context takes: the sentence that clients of the classic routes look for, then what the
 * resource is, which profiles it claims and which ones contexts are for.
 */
export function noContextFor(resource: JsonObject, contexts: readonly ContextMapping[]): Problem {
  const problem = contextNotFound(undefined);
  const found = unknownType(resource.resourceType) ?? claims(resource, contexts);
  return new Problem(problem.kind, `${problem.message}. ${found}`, {
    path: unknownType(resource.resourceType) === undefined ? "meta.profile" : "resourceType",
  });
}

function unknownType(type: unknown): string | undefined {
  const known = resourceTypes();
  if (typeof type !== "string" || known.includes(type)) return undefined;
  if (!TYPE_NAME.test(type)) return "The resourceType of the body is no name of a FHIR resource.";
  const like = nearestOf(type, known);
  const hint = like === undefined ? "" : ` (did you mean "${like}"?)`;
  return `FHIR has no resource "${type}"${hint}, which is the resourceType of the body.`;
}

function claims(resource: JsonObject, contexts: readonly ContextMapping[]): string {
  const entries = resource.resourceType === "Bundle" && Array.isArray(resource.entry) ? resource.entry : [];
  const inside = entries.map((entry) => (isJsonObject(entry) ? entry.resource : undefined)).filter(isJsonObject);
  const claimed = new Set([resource, ...inside].flatMap(profilesOfResource));
  const offered = new Set(contexts.flatMap(({ profileUrl }) => profileUrl?.value.trim() ?? []));
  const is =
    claimed.size === 0
      ? "claims no profile in meta.profile"
      : `claims ${claimed.size} profile(s) that no context is for`;
  const are = offered.size === 0 ? "no context is stored" : `contexts are stored for ${listed([...offered])}`;
  return `The ${String(resource.resourceType)} ${is}; ${are}.`;
}

function listed(profiles: readonly string[]): string {
  const more = profiles.length > MOST_PROFILES ? ` and ${profiles.length - MOST_PROFILES} more` : "";
  return `${profiles.slice(0, MOST_PROFILES).join(", ")}${more}`;
}

let knownTypes: readonly string[] | undefined;

/** Every resource that some version of FHIR has. */
function resourceTypes(): readonly string[] {
  knownTypes ??= [
    ...new Set(
      fhirVersions.flatMap((version) => {
        const schema = fhirSchema(version);
        return schema.typeNames.filter((name) => schema.type(name)?.kind === "resource");
      }),
    ),
  ];
  return knownTypes;
}
