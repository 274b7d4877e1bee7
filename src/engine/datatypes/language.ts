import type { RmObject } from "../../openehr/rm/rm-object.js";
import { objectAttribute, rmObject, stringAttribute } from "./rm-values.js";

/** The language of an RM object, as the code that FHIR has for it. */
export function languageOf(value: RmObject): string | undefined {
  return stringAttribute(objectAttribute(value, "language"), "code_string");
}

/** A FHIR language code as the CODE_PHRASE that openEHR has for it. */
export function languageCode(code: string | undefined): RmObject | undefined {
  if (code === undefined) return undefined;
  return rmObject("CODE_PHRASE", {
    terminology_id: rmObject("TERMINOLOGY_ID", { value: "ISO_639-1" }),
    code_string: code,
  });
}
