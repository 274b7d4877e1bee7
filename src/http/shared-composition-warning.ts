import { entryResources } from "../engine/claim-resources.js";
import type { Mapper } from "../engine/mapper.js";
import type { JsonObject } from "../fhir/json.js";
import { warningText } from "./warning-text.js";

/**
 * Text of a `Warning` header (RFC 7234, 5.5.7) for a Bundle of which each start resource would be a composition of its own, where the
 * answer is only one; undefined when nothing is written over.
 */
export function sharedCompositionWarning({ startsApart }: Mapper, input: JsonObject): string | undefined {
  if (startsApart === undefined) return undefined;
  const starts = entryResources(input).filter((resource) => resource?.resourceType === startsApart).length;
  if (starts < 2) return undefined;
  const text = `${starts} resources of type ${startsApart} share one composition; where they write the same place the last one holds. With all=true each has its own.`;
  return `199 causeway ${warningText(text)}`;
}
