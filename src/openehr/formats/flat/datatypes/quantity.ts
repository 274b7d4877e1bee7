import { leftOutBecause } from "../../../building/left-out.js";
import { isExactNumber } from "../../../json/number-text.js";
import type { FlatDataType } from "../flat-data-type.js";
import { objectWith, scalarMember } from "../flat-data-type.js";
import { orderedType } from "./ordered.js";

/** DV_QUANTITY: `|magnitude`, `|unit` (also `|units`), `|precision`, `|units_system`, `|units_display_name`. */
export const quantityType: FlatDataType = orderedType("DV_QUANTITY", "amount", {
  read: (keys) =>
    objectWith("DV_QUANTITY", {
      magnitude: keys.number("magnitude"),
      units: keys.text("units") ?? keys.text("unit"),
      precision: keys.integer("precision"),
      units_system: keys.text("units_system"),
      units_display_name: keys.text("units_display_name"),
    }),
  write(value, place) {
    place.putDouble("magnitude", scalarMember(value, "magnitude"));
    place.put("precision", scalarMember(value, "precision"));
    place.put("unit", scalarMember(value, "units"));
    place.put("units_system", scalarMember(value, "units_system"));
    place.put("units_display_name", scalarMember(value, "units_display_name"));
  },
});

/** DV_COUNT: plain, also `|value`. */
export const countType: FlatDataType = orderedType("DV_COUNT", "amount", {
  read: (keys) => objectWith("DV_COUNT", { magnitude: keys.integer("value") ?? keys.integer() }),
  write: (value, place) => place.put("", scalarMember(value, "magnitude")),
});

/**
 * DV_PROPORTION: `|numerator`, `|denominator`, `|type`, `|precision`. The quotient, plain or `|value`, is accepted and
 * ignored; it is written only with derived values, and not when there is nothing to divide.
 */
export const proportionType: FlatDataType = orderedType("DV_PROPORTION", "amount", {
  read(keys) {
    const numerator = keys.number("numerator");
    const denominator = keys.number("denominator");
    for (const quotient of ["", "value"]) {
      if (numerator === undefined && denominator === undefined) keys.leaveOut(quotient, leftOutBecause.owner);
      else keys.consume(quotient);
    }
    return objectWith("DV_PROPORTION", {
      numerator,
      denominator,
      type: keys.integer("type"),
      precision: keys.integer("precision"),
    });
  },
  write(value, place) {
    const numerator = scalarMember(value, "numerator");
    const denominator = scalarMember(value, "denominator");
    place.putDouble("numerator", numerator);
    place.putDouble("denominator", denominator);
    place.put("type", scalarMember(value, "type"));
    place.put("precision", scalarMember(value, "precision"));
    if (!place.withDerivedValues || !isExactNumber(numerator) || !isExactNumber(denominator)) return;
    const quotient = numerator.valueOf() / denominator.valueOf();
    if (Number.isFinite(quotient)) place.putDouble("", quotient);
  },
});
