import { writeJson } from "../../../json/write-json.js";
import type { RmObject } from "../../../rm/rm-object.js";
import { writeCanonicalJson } from "../../canonical-json-writer.js";
import { type FlatDataType, objectType } from "../flat-data-type.js";
import { readWholeObject } from "../raw-object.js";

/**
 * Values of a class that FLAT has no suffixes for: written as `|raw`, which reads back (openehr-formats 10.2). A plain value is
 * read as canonical JSON as well, which is what the SDK writes.
 */
export function wholeObjectType(rmType: string): FlatDataType {
  return objectType({
    read: (keys) => readWholeObject(keys, rmType),
    write: (value, place) => place.put("raw", writeJson(writeCanonicalJson(value as RmObject))),
  });
}
