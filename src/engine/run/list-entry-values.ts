import type { FhirNode, ReferenceResolver } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import { linkTargetOf, linkTargetToFhir } from "../datatypes/link-target.js";
import { partyOf, referenceTo } from "../datatypes/party-reference.js";
import type { ListEntry } from "../plan.js";

/** The performer of a PARTICIPATION or the target of a LINK that an element means; undefined when it means none. */
export function entryFromFhir(
  entryClass: ListEntry["entryClass"],
  node: FhirNode,
  resolver: ReferenceResolver,
  context: ConversionContext,
): RmObject | undefined {
  switch (entryClass) {
    case "PARTICIPATION":
      return partyOf(node, node.type === "Reference" ? resolver.resolve(node) : undefined, context);
    case "LINK":
      return linkTargetOf(node, context.linkedUri?.(node));
    default:
      return entryClass satisfies never;
  }
}

/** What the performer of a PARTICIPATION or the target of a LINK carries to FHIR. */
export function entryToFhir(
  entryClass: ListEntry["entryClass"],
  value: RmValue | undefined,
  context: ConversionContext,
): FhirData | undefined {
  if (!isRmObject(value)) return undefined;
  switch (entryClass) {
    case "PARTICIPATION":
      return referenceTo(value, context);
    case "LINK":
      return linkTargetToFhir(value);
    default:
      return entryClass satisfies never;
  }
}
