import type { RmObject } from "../../../rm/rm-object.js";
import { type FlatDataType, objectMember, objectType, objectWith, scalarMember } from "../flat-data-type.js";

/** OBJECT_REF of `_work_flow_id` and `_guideline_id`: `|id`, `|id_scheme`, `|namespace`, `|type`; the id is generic. */
export const objectRefType: FlatDataType = objectType({
  read(keys) {
    const id = objectWith("GENERIC_ID", { value: keys.text("id"), scheme: keys.text("id_scheme") });
    return objectWith("OBJECT_REF", { namespace: keys.text("namespace"), type: keys.text("type"), id });
  },
  write(value, place) {
    const id = objectMember(value, "id");
    place.put("id", scalarMember(id, "value"));
    place.put("id_scheme", scalarMember(id, "scheme"));
    place.put("namespace", scalarMember(value, "namespace"));
    place.put("type", scalarMember(value, "type"));
  },
});

/** UID_BASED_ID: plain; two `::` make it the id of a version (openehr-formats 10). */
export const uidType: FlatDataType = objectType({
  read(keys) {
    const value = keys.filledText();
    if (value === undefined) return undefined;
    const isVersion = value.split("::").length === 3;
    return { _type: isVersion ? "OBJECT_VERSION_ID" : "HIER_OBJECT_ID", value };
  },
  write: (value, place) => place.put("", scalarMember(value, "value")),
});

/** LINK: `|type`, `|meaning`, `|target`. */
export const linkType: FlatDataType = objectType({
  read(keys) {
    const text = (attribute: string): RmObject | undefined => objectWith("DV_TEXT", { value: keys.text(attribute) });
    return objectWith("LINK", {
      meaning: text("meaning"),
      type: text("type"),
      target: objectWith("DV_EHR_URI", { value: keys.text("target") }),
    });
  },
  write(value, place) {
    for (const attribute of ["type", "meaning", "target"]) {
      place.put(attribute, scalarMember(objectMember(value, attribute), "value"));
    }
  },
});

const REFUSED_DETAILS = ["instruction_uid", "wt_path", "instruction_index", "activity_index"] as const;

/** INSTRUCTION_DETAILS: `|path`, `|composition_uid`, `|activity_id`; ways to name an instruction by index are refused. */
export const instructionDetailsType: FlatDataType = objectType({
  read(keys) {
    for (const attribute of REFUSED_DETAILS) {
      if (!keys.has(attribute)) continue;
      keys.consume(attribute);
      keys.invalid(attribute, "is not supported; write |path, |composition_uid and |activity_id instead");
    }
    const path = keys.text("path");
    const compositionUid = keys.text("composition_uid");
    const isReference = path !== undefined || compositionUid !== undefined;
    const reference: RmObject = { _type: "LOCATABLE_REF", namespace: "local", type: "INSTRUCTION" };
    if (compositionUid !== undefined) reference.id = { _type: "HIER_OBJECT_ID", value: compositionUid };
    if (path !== undefined) reference.path = path;
    return objectWith("INSTRUCTION_DETAILS", {
      instruction_id: isReference ? reference : undefined,
      activity_id: keys.text("activity_id"),
    });
  },
  write(value, place) {
    const reference = objectMember(value, "instruction_id");
    place.put("path", scalarMember(reference, "path"));
    place.put("composition_uid", scalarMember(objectMember(reference, "id"), "value"));
    place.put("activity_id", scalarMember(value, "activity_id"));
  },
});
