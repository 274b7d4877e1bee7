import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { languageCode, languageOf } from "./language.js";
import {
  jsonObject,
  numberAttribute,
  numberMember,
  objectAttribute,
  rmObject,
  stringAttribute,
  stringMember,
} from "./rm-values.js";

/**
 * DV_MULTIMEDIA ↔ Attachment (fhirconnect-language 13.3)
 *
 * | DV_MULTIMEDIA | Attachment  | survives                                   |
 * |---------------|-------------|--------------------------------------------|
 * | media_type    | contentType | both                                       |
 * | uri           | url         | both                                       |
 * | data          | data        | both; unless there is a url, with `attachments: content` |
 * | size          | size        | both; to openEHR taken from the data when missing |
 * | language      | language    | both with `attachments: complete`, otherwise lost |
 * | integrity_check | hash      | both with `attachments: complete` where its algorithm is SHA-1, otherwise lost |
 * | alternate_text, thumbnail, compression_algorithm, charset | title, creation | lost |
 *
 * An Attachment with neither content nor address nor type of content is not taken.
 */
export const dvMultimedia: DataTypeConverter = {
  rmType: "DV_MULTIMEDIA",

  toFhir(value, { semantics }): FhirData | undefined {
    const complete = semantics.attachments === "complete";
    const attachment = jsonObject({
      contentType: stringAttribute(objectAttribute(value, "media_type"), "code_string"),
      language: complete ? languageOf(value) : undefined,
      data: stringAttribute(value, "data"),
      url: stringAttribute(objectAttribute(value, "uri"), "value"),
      size: numberAttribute(value, "size"),
      hash: complete ? hashOf(value) : undefined,
    });
    return Object.keys(attachment).length === 0 ? undefined : { type: "Attachment", value: attachment };
  },

  toOpenEhr(node, { semantics }): RmObject | undefined {
    if (node.type !== "Attachment" || !isJsonObject(node.value)) return undefined;
    const contentType = stringMember(node.value, "contentType");
    const url = stringMember(node.value, "url");
    const complete = semantics.attachments === "complete";
    const data = complete || url === undefined ? stringMember(node.value, "data") : undefined;
    if (contentType === undefined && url === undefined && data === undefined) return undefined;
    const hash = complete ? stringMember(node.value, "hash") : undefined;
    return rmObject("DV_MULTIMEDIA", {
      language: complete ? languageCode(stringMember(node.value, "language")) : undefined,
      uri: url === undefined ? undefined : rmObject("DV_URI", { value: url }),
      data,
      media_type: contentType === undefined ? undefined : coded("IANA_media-types", contentType),
      integrity_check: hash,
      integrity_check_algorithm: hash === undefined ? undefined : coded(checkAlgorithms, "SHA-1"),
      size: numberMember(node.value, "size") ?? (data === undefined ? 0 : Buffer.byteLength(data, "base64")),
    });
  },
};

const checkAlgorithms = "openehr_integrity_check_algorithms";

/** FHIR hashes are SHA-1, no others. */
function hashOf(value: RmObject): string | undefined {
  const algorithm = stringAttribute(objectAttribute(value, "integrity_check_algorithm"), "code_string");
  return algorithm === "SHA-1" ? stringAttribute(value, "integrity_check") : undefined;
}

function coded(terminology: string, code: string): RmObject {
  return rmObject("CODE_PHRASE", {
    terminology_id: rmObject("TERMINOLOGY_ID", { value: terminology }),
    code_string: code,
  });
}
