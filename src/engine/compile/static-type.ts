import { quoted, suggestion } from "../../fhirconnect/syntax/nearest-name.js";
import type { Located } from "../../fhirconnect/syntax/tree.js";
import { rmClass, withoutGeneric } from "../../openehr/rm/rm-classes.js";
import type { Semantics } from "../semantics.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";

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

/** Static types that older files have and that name no class to read a value as. */
const withoutClass = ["NONE", "DOSAGE", "EVENT", "ID"];

/** Warns of a `with.type` that is neither a static type nor a class of the reference model: a slip in either. */
export function checkStaticType(place: Place, type: Located<string> | undefined, findings: Findings): void {
  if (type === undefined) return;
  const names = [...withoutClass, ...staticTypes.keys()];
  if (names.includes(type.value) || rmClass(withoutGeneric(type.value)) !== undefined) return;
  const message = `${quoted(type.value)} is no type that \`with.type\` can have; leave it out, or write \`NONE\` to convert nothing.${suggestion(type.value, names)}`;
  findings.report("warning", "MAPPING_TYPE_UNKNOWN", message, place, type.position);
}
