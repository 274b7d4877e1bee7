import { codePhrase } from "../../../building/coded-text.js";
import { leftOutBecause } from "../../../building/left-out.js";
import type { FlatDataType } from "../flat-data-type.js";
import { objectMember, objectWith, scalarMember } from "../flat-data-type.js";
import { readWholeObject } from "../raw-object.js";
import { orderedType } from "./ordered.js";
import { isListCode } from "./text.js";

/**
 * DV_ORDINAL: `|code` or plain, `|value`, `|ordinal`; the terminology is always `local`, `|terminology` is accepted and
 * ignored. What is missing comes from the template's list when the composition is completed.
 */
export const ordinalType: FlatDataType = ordinalLike("DV_ORDINAL");

/** DV_SCALE: as DV_ORDINAL, with a number that may have a fraction. */
export const scaleType: FlatDataType = ordinalLike("DV_SCALE");

function ordinalLike(rmType: "DV_ORDINAL" | "DV_SCALE"): FlatDataType {
  return orderedType(rmType, "ordered", {
    read(keys, context) {
      const whole = rmType === "DV_SCALE" ? readWholeObject(keys, rmType) : undefined;
      if (whole !== undefined) return whole;
      if (keys.text("terminology") !== "local") keys.leaveOut("terminology", leftOutBecause.terminology);
      let code = keys.text("code") ?? keys.text();
      let value = keys.text("value");
      if (code === undefined && value !== undefined && isListCode(context.node?.inputs ?? [], value)) {
        // STRUCTURED has a plain value beside other attributes as `|value` (openehr-formats 20.2, 10).
        code = value;
        value = undefined;
      }
      return objectWith(rmType, {
        value: rmType === "DV_SCALE" ? keys.number("ordinal") : keys.integer("ordinal"),
        symbol: objectWith("DV_CODED_TEXT", {
          value,
          defining_code: code === undefined ? undefined : codePhrase("local", code),
        }),
      });
    },
    write(value, place) {
      const symbol = objectMember(value, "symbol");
      place.put("code", scalarMember(objectMember(symbol, "defining_code"), "code_string"));
      place.put("value", scalarMember(symbol, "value"));
      const ordinal = scalarMember(value, "value");
      if (rmType === "DV_SCALE") place.putDouble("ordinal", ordinal);
      else place.put("ordinal", ordinal);
    },
  });
}
