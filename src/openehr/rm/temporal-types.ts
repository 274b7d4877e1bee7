import { normalDuration } from "./duration-text.js";
import { type NormalText, normalDate, normalDateTime, normalTime } from "./temporal-text.js";

/** The normal form of the text of a temporal value (openehr-formats 17); undefined for classes that are not temporal. */
export function normalTemporal(rmType: string, text: string): NormalText | undefined {
  switch (rmType) {
    case "DV_DATE":
      return normalDate(text);
    case "DV_TIME":
      return normalTime(text);
    case "DV_DATE_TIME":
      return normalDateTime(text);
    case "DV_DURATION":
      return normalDuration(text);
    default:
      return undefined;
  }
}
