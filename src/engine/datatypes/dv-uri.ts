import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isStringType, primitiveText } from "./fhir-primitives.js";
import { linkTargetOf, linkTargetToFhir } from "./link-target.js";
import { rmObject, stringAttribute } from "./rm-values.js";

/**
 * DV_URI ↔ url and its kin (fhirconnect-language 13.3)
 *
 * | DV_URI | FHIR                     | survives |
 * |--------|--------------------------|----------|
 * | value  | url, uri, canonical, string | both; a text with blanks is no URI and is not taken |
 */
export const dvUri: DataTypeConverter = {
  rmType: "DV_URI",
  toFhir: (value) => uriText(value),
  toOpenEhr: (node) => {
    const uri = uriIn(node);
    return uri === undefined ? undefined : rmObject("DV_URI", { value: uri });
  },
};

/**
 * DV_EHR_URI ↔ Reference, uri (fhirconnect-language 13.3 and 16): as the target of a LINK. What is not an `ehr:` URI leads out
 * of the EHR and is not taken; the composition behind the URI is not fetched.
 */
export const dvEhrUri: DataTypeConverter = {
  rmType: "DV_EHR_URI",
  toFhir: (value) => linkTargetToFhir(value),
  toOpenEhr: (node) => {
    const target = node.type === "Reference" || uriIn(node) !== undefined ? linkTargetOf(node) : undefined;
    return stringAttribute(target, "value")?.startsWith("ehr:") === true ? target : undefined;
  },
};

function uriText(value: RmObject): FhirData | undefined {
  const text = stringAttribute(value, "value");
  return text === undefined ? undefined : { type: "string", value: text };
}

function uriIn(node: FhirNode): string | undefined {
  const text = isStringType(node.type) && node.type !== "code" ? primitiveText(node) : undefined;
  return text === undefined || /\s/.test(text) ? undefined : text;
}
