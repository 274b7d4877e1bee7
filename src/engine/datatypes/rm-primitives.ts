import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmPrimitive } from "../../openehr/rm/rm-object.js";
import type { FhirData } from "./fhir-data.js";
import { exactPrimitive, primitiveNumber, primitiveText } from "./fhir-primitives.js";
import { jsonObject, objectMember, stringMember } from "./rm-values.js";

/** What an attribute of a primitive class takes from a FHIR element; undefined when that is nothing. */
export function rmPrimitive(rmType: string, node: FhirNode): RmPrimitive | undefined {
  switch (rmType) {
    case "STRING":
    case "CHARACTER":
      return stringOf(node);
    case "BOOLEAN":
      return typeof node.value === "boolean" ? node.value : undefined;
    case "INTEGER":
    case "LONG": {
      const number = primitiveNumber(node);
      return number === undefined || !Number.isInteger(number) ? undefined : number;
    }
    case "DOUBLE":
      return exactPrimitive(node);
    default:
      return undefined;
  }
}

/** Text as it is; codes and identifiers with their system in front, as `system::code` (fhirconnect-language 13.3). */
function stringOf(node: FhirNode): string | undefined {
  const { value } = node;
  if (!isJsonObject(value)) return primitiveText(node);
  switch (node.type) {
    case "Identifier":
      return qualified(stringMember(value, "system"), stringMember(value, "value"));
    case "Coding":
      return qualified(stringMember(value, "system"), stringMember(value, "code"));
    case "Reference": {
      const identifier = objectMember(value, "identifier");
      const own = qualified(stringMember(identifier, "system"), stringMember(identifier, "value"));
      return own ?? stringMember(value, "reference");
    }
    default:
      return undefined;
  }
}

function qualified(system: string | undefined, value: string | undefined): string | undefined {
  return system === undefined || value === undefined ? value : `${system}::${value}`;
}

/**
 * A text attribute of the reference model to FHIR: itself, and what `system::code` in it says, where a Coding, an Identifier or a
 * Reference is asked for (fhirconnect-language 13.3). Without `::` there is no system.
 */
export function attributeText(text: string): FhirData {
  const at = text.indexOf("::");
  const system = at > 0 ? text.slice(0, at) : undefined;
  const value = at > 0 ? text.slice(at + 2) : text;
  const identifier = jsonObject({ system, value });
  return {
    type: "string",
    value: text,
    alternatives: [
      { type: "Coding", value: jsonObject({ system, code: value }) },
      { type: "Identifier", value: identifier },
      { type: "Reference", value: { identifier } },
    ],
  };
}
