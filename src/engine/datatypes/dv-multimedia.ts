import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
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
 * | data          | data        | both, unless there is a url                |
 * | size          | size        | both; to openEHR taken from the data when missing |
 * | –             | title, language, hash, creation | lost                   |
 *
 * An Attachment with neither content nor address nor type of content is not taken.
 */
export const dvMultimedia: DataTypeConverter = {
  rmType: "DV_MULTIMEDIA",

  toFhir(value): FhirData | undefined {
    const attachment = jsonObject({
      contentType: stringAttribute(objectAttribute(value, "media_type"), "code_string"),
      data: stringAttribute(value, "data"),
      url: stringAttribute(objectAttribute(value, "uri"), "value"),
      size: numberAttribute(value, "size"),
    });
    return Object.keys(attachment).length === 0 ? undefined : { type: "Attachment", value: attachment };
  },

  toOpenEhr(node): RmObject | undefined {
    if (node.type !== "Attachment" || !isJsonObject(node.value)) return undefined;
    const contentType = stringMember(node.value, "contentType");
    const url = stringMember(node.value, "url");
    const data = url === undefined ? stringMember(node.value, "data") : undefined;
    if (contentType === undefined && url === undefined && data === undefined) return undefined;
    return rmObject("DV_MULTIMEDIA", {
      uri: url === undefined ? undefined : rmObject("DV_URI", { value: url }),
      data,
      media_type:
        contentType === undefined
          ? undefined
          : rmObject("CODE_PHRASE", {
              terminology_id: rmObject("TERMINOLOGY_ID", { value: "IANA_media-types" }),
              code_string: contentType,
            }),
      size: numberMember(node.value, "size") ?? (data === undefined ? 0 : Buffer.byteLength(data, "base64")),
    });
  },
};
