import { codePhrase } from "../../../building/coded-text.js";
import type { RmObject } from "../../../rm/rm-object.js";
import {
  type FlatDataType,
  type FlatPlace,
  type FlatReadContext,
  objectMember,
  objectType,
  objectWith,
  readBelow,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";

/** DV_PARSABLE: plain or `|value`, `|formalism`, `_language`, `_charset`. */
export const parsableType: FlatDataType = objectType({
  read: (keys, context) =>
    objectWith("DV_PARSABLE", {
      value: keys.text("value") ?? keys.text(),
      formalism: keys.text("formalism"),
      ...readEncapsulated(keys, context),
    }),
  write(value, place) {
    place.put("", scalarMember(value, "value"));
    place.put("formalism", scalarMember(value, "formalism"));
    writeEncapsulated(value, place);
  },
});

const MEDIA_TYPES = "IANA_media-types";
const COMPRESSION_ALGORITHMS = "openehr_compression_algorithms";
const INTEGRITY_CHECK_ALGORITHMS = "openehr_integrity_check_algorithms";

/**
 * DV_MULTIMEDIA: `|url`, plain or `|value` for the address, `|mediatype`, `|size`, `|alternatetext`, `|data` (base64),
 * `|compression_algorithm`, `|integrity_check` (a text), `|integrity_check_algorithm`, `_thumbnail`, `_language`,
 * `_charset`.
 */
export const multimediaType: FlatDataType = objectType({ read: readMultimedia, write: writeMultimedia });

function readMultimedia(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  const uri = keys.text("url") ?? keys.text() ?? keys.text("value");
  const integrityCheck = keys.text("integrity_check");
  const data = keys.text("data");
  if (data !== undefined && !isBase64(data)) keys.invalid("data", "must be base64", "DV_MULTIMEDIA");
  return objectWith("DV_MULTIMEDIA", {
    alternate_text: keys.text("alternatetext"),
    uri: uri === undefined ? undefined : { _type: "DV_URI", value: uri },
    data,
    media_type: codeFrom(keys, "mediatype", MEDIA_TYPES),
    compression_algorithm: codeFrom(keys, "compression_algorithm", COMPRESSION_ALGORITHMS),
    integrity_check: integrityCheck === undefined ? undefined : Buffer.from(integrityCheck, "utf8").toString("base64"),
    integrity_check_algorithm: codeFrom(keys, "integrity_check_algorithm", INTEGRITY_CHECK_ALGORITHMS),
    size: keys.integer("size"),
    thumbnail: readBelow("DV_MULTIMEDIA", keys.child("_thumbnail"), context),
    ...readEncapsulated(keys, context),
  });
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function codeFrom(keys: FlatKeys, attribute: string, terminology: string): RmObject | undefined {
  const code = keys.text(attribute);
  return code === undefined ? undefined : codePhrase(terminology, code);
}

function writeMultimedia(value: RmObject, place: FlatPlace): void {
  place.put("", scalarMember(objectMember(value, "uri"), "value"));
  place.put("mediatype", scalarMember(objectMember(value, "media_type"), "code_string"));
  place.put("alternatetext", scalarMember(value, "alternate_text"));
  place.put("size", scalarMember(value, "size"));
  place.put("data", scalarMember(value, "data"));
  place.put("compression_algorithm", scalarMember(objectMember(value, "compression_algorithm"), "code_string"));
  const integrityCheck = scalarMember(value, "integrity_check");
  if (typeof integrityCheck === "string") {
    place.put("integrity_check", Buffer.from(integrityCheck, "base64").toString("utf8"));
  }
  place.put("integrity_check_algorithm", scalarMember(objectMember(value, "integrity_check_algorithm"), "code_string"));
  const thumbnail = objectMember(value, "thumbnail");
  if (thumbnail !== undefined) writeMultimedia(thumbnail, place.at("_thumbnail"));
  writeEncapsulated(value, place);
}

function readEncapsulated(keys: FlatKeys, context: FlatReadContext): Record<string, RmObject[string]> {
  return {
    charset: readBelow("CODE_PHRASE", keys.child("_charset"), context),
    language: readBelow("CODE_PHRASE", keys.child("_language"), context),
  };
}

function writeEncapsulated(value: RmObject, place: FlatPlace): void {
  for (const attribute of ["charset", "language"]) {
    const code = objectMember(value, attribute);
    if (code !== undefined) place.dataType("CODE_PHRASE")?.write(code, place.at(`_${attribute}`));
  }
}
