import {
  type FlatDataType,
  nestedContext,
  objectMember,
  objectType,
  objectWith,
  scalarMember,
} from "../flat-data-type.js";
import { readWholeObject } from "../raw-object.js";
import { codedTextType } from "./text.js";

/**
 * DV_STATE: the state as a coded text (`|code`, `|value`, `|terminology`) and `|is_terminal`, as the inputs of the web
 * template name them. A plain value is the canonical JSON of the whole object, which is what the SDK writes
 * (openehr-formats 9), or else the text of the state.
 */
export const stateType: FlatDataType = objectType({
  read(keys, context) {
    const whole = readWholeObject(keys, "DV_STATE");
    if (whole !== undefined) return whole;
    const state = codedTextType.read(keys, nestedContext(context));
    return objectWith("DV_STATE", { value: state, is_terminal: keys.boolean("is_terminal") });
  },
  write(value, place) {
    const state = objectMember(value, "value");
    if (state !== undefined) codedTextType.write(state, place);
    place.put("is_terminal", scalarMember(value, "is_terminal"));
  },
});
