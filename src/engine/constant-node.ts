import type { JsonObject } from "../fhir/json.js";
import type { FhirNode } from "../fhir/path/fhir-node.js";

/** A constant as the FHIR value that the RM class of its place takes (fhirconnect-language 11.1, rule 6). */
export function constantNode(rmTypes: readonly string[], text: string, resource: JsonObject): FhirNode {
  const [only, ...others] = rmTypes;
  if (others.length === 0) {
    const lower = text.trim().toLowerCase();
    if (only === "DV_BOOLEAN" && (lower === "true" || lower === "false"))
      return { type: "boolean", value: lower === "true", resource };
    if (only === "DV_COUNT" && /^-?\d+$/.test(text.trim())) return { type: "integer", value: Number(text), resource };
    if (only === "DV_DATE_TIME") return { type: "dateTime", value: text, resource };
    if (only === "DV_DATE") return { type: "date", value: text, resource };
    if (only === "DV_TIME") return { type: "time", value: text, resource };
  }
  return { type: "string", value: text, resource };
}
