import type { Semantics } from "../semantics.js";

/** RM classes behind the static types of older dialects (fhirconnect-language 20.2). */
const staticTypes: ReadonlyMap<string, string> = new Map([
  ["QUANTITY", "DV_QUANTITY"],
  ["DATETIME", "DV_DATE_TIME"],
  ["DATE", "DV_DATE"],
  ["TIME", "DV_TIME"],
  ["CODEABLECONCEPT", "DV_CODED_TEXT"],
  ["CODING", "CODE_PHRASE"],
  ["STRING", "DV_TEXT"],
  ["TEXT", "DV_TEXT"],
  ["BOOL", "DV_BOOLEAN"],
  ["IDENTIFIER", "DV_IDENTIFIER"],
  ["MEDIA", "DV_MULTIMEDIA"],
  ["PROPORTION", "DV_PROPORTION"],
]);

/**
 * The RM class a `with.type` asks for; an unknown one is taken as it is written. Undefined for none and for `NONE`, and for
 * `QUANTITY` where the node says which of the classes of a Quantity is meant.
 */
export function staticType(type: string | undefined, { quantityType }: Semantics): string | undefined {
  if (type === undefined || type === "NONE" || (type === "QUANTITY" && quantityType === "of-node")) return undefined;
  return staticTypes.get(type) ?? type;
}
