import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { languageCode, languageOf } from "./language.js";
import { jsonObject, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/**
 * DV_PARSABLE ↔ Attachment (fhirconnect-language 13.3)
 *
 * | DV_PARSABLE | Attachment                        | survives |
 * |-------------|-----------------------------------|----------|
 * | value       | data                              | both, as UTF-8 |
 * | formalism   | contentType                       | both     |
 * | language    | language                          | both     |
 * | charset     | –                                 | lost     |
 * | –           | url, size, hash, title, creation  | lost     |
 *
 * Data that are no text are not taken, nor are Attachments that do not say their formalism. As a string it is its value; no
 * rule says what formalism a FHIR text has.
 */
export const dvParsable: DataTypeConverter = {
  rmType: "DV_PARSABLE",

  toFhir(value): FhirData | undefined {
    const text = stringAttribute(value, "value");
    if (text === undefined) return undefined;
    const attachment = jsonObject({
      contentType: stringAttribute(value, "formalism"),
      language: languageOf(value),
      data: Buffer.from(text, "utf8").toString("base64"),
    });
    return { type: "string", value: text, alternatives: [{ type: "Attachment", value: attachment }] };
  },

  toOpenEhr(node): RmObject | undefined {
    if (node.type !== "Attachment" || !isJsonObject(node.value)) return undefined;
    const value = textIn(stringMember(node.value, "data"));
    const formalism = stringMember(node.value, "contentType");
    if (value === undefined || formalism === undefined) return undefined;
    return rmObject("DV_PARSABLE", { language: languageCode(stringMember(node.value, "language")), value, formalism });
  },
};

function textIn(base64: string | undefined): string | undefined {
  if (base64 === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, "base64"));
  } catch (error) {
    // What the decoder throws for bytes that are no text.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
