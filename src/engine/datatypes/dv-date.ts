import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import { rmObject, stringAttribute } from "./rm-values.js";
import { formatDate, inZone, parseDateTime, withDay } from "./time-zone.js";

/**
 * DV_DATE ↔ date, dateTime (fhirconnect-language 13.3)
 *
 * | DV_DATE | FHIR                                                 | survives   |
 * |---------|------------------------------------------------------|------------|
 * | value   | date; partial ones as the semantics say              | both       |
 * | value   | dateTime: the day in the default zone, time is lost  | to openEHR |
 */
export const dvDate: DataTypeConverter = {
  rmType: "DV_DATE",

  toFhir(value): FhirData | undefined {
    const text = stringAttribute(value, "value");
    const parts = text === undefined ? undefined : parseDateTime(text);
    return parts === undefined ? undefined : { type: "date", value: formatDate(parts) };
  },

  toOpenEhr(node, context): RmObject | undefined {
    if (node.type !== "date" && node.type !== "dateTime" && node.type !== "instant") return undefined;
    const text = primitiveText(node);
    const parts = text === undefined ? undefined : parseDateTime(text);
    if (parts === undefined) return undefined;
    const local = inZone(parts, context.timeZone);
    return rmObject("DV_DATE", {
      value: formatDate(context.semantics.partialDates === "kept" ? local : withDay(local)),
    });
  },
};
