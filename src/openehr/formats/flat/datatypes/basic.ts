import { isRmObject } from "../../../rm/rm-object.js";
import { type FlatDataType, objectType, objectWith, scalarMember } from "../flat-data-type.js";

/** DV_BOOLEAN: plain, also `|value`. */
export const booleanType: FlatDataType = objectType({
  read: (keys) => objectWith("DV_BOOLEAN", { value: keys.boolean() ?? keys.boolean("value") }),
  write: (value, place) => place.put("", scalarMember(value, "value")),
});

/** DV_IDENTIFIER: `|id`, plain or `|value`, `|issuer`, `|assigner`, `|type`. */
export const identifierType: FlatDataType = objectType({
  read: (keys) =>
    objectWith("DV_IDENTIFIER", {
      issuer: keys.text("issuer"),
      assigner: keys.text("assigner"),
      id: keys.text("id") ?? keys.text() ?? keys.text("value"),
      type: keys.text("type"),
    }),
  write(value, place) {
    for (const attribute of ["id", "issuer", "assigner", "type"]) place.put(attribute, scalarMember(value, attribute));
  },
});

/** DV_URI: plain, also `|value`. */
export const uriType: FlatDataType = uriLike("DV_URI");

/** DV_EHR_URI: plain, also `|value`. */
export const ehrUriType: FlatDataType = uriLike("DV_EHR_URI");

const NOT_IN_A_URI = /[\s<>"{}|\\^`]/;

function uriLike(rmType: string): FlatDataType {
  return objectType({
    read(keys) {
      const attribute = keys.has("") ? "" : "value";
      const value = keys.text(attribute);
      if (value !== undefined && NOT_IN_A_URI.test(value)) {
        keys.invalid(attribute, "has a character that a URI must not have", rmType);
        return undefined;
      }
      return objectWith(rmType, { value });
    },
    write: (value, place) => place.put("", scalarMember(value, "value")),
  });
}

/** STRING attributes: plain. */
export const stringType: FlatDataType = {
  read: (keys) => keys.text(),
  write(value, place) {
    if (!isRmObject(value)) place.put("", value);
  },
};

/** LONG and INTEGER attributes: plain. */
export const integerType: FlatDataType = { ...stringType, read: (keys) => keys.integer() };

/** DOUBLE attributes: plain. */
export const doubleType: FlatDataType = {
  read: (keys) => keys.number(),
  write(value, place) {
    if (!isRmObject(value)) place.putDouble("", value);
  },
};

/** BOOLEAN attributes: plain. */
export const primitiveBooleanType: FlatDataType = { ...stringType, read: (keys) => keys.boolean() };
