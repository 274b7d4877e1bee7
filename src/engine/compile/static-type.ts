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

/** The RM class a `with.type` asks for; an unknown one is taken as it is written. Undefined for none and for `NONE`. */
export function staticType(type: string | undefined): string | undefined {
  return type === undefined || type === "NONE" ? undefined : (staticTypes.get(type) ?? type);
}
