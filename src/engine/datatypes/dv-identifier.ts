import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import { objectMember, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/** Stands in FHIR for openEHR identifier parts that are not URIs. */
const openEhrIdentifierSystem = "http://openehr.org/identifier";

/**
 * DV_IDENTIFIER ↔ Identifier (engine-behaviour 8.2 and 8.4)
 *
 * | DV_IDENTIFIER | Identifier                                            | survives |
 * |---------------|-------------------------------------------------------|----------|
 * | id            | value                                                 | both     |
 * | issuer        | system; a text that is no URI behind the openEHR one  | both     |
 * | type          | type.coding as `system::code`                         | both     |
 * | assigner      | assigner.identifier as `system::value`, and display   | both     |
 * | –             | use, period                                           | lost     |
 *
 * With `references: values` it is the identifier of a Reference. A Reference without one is known by the literal it has, unless
 * that names a contained resource.
 */
export const dvIdentifier: DataTypeConverter = {
  rmType: "DV_IDENTIFIER",

  toFhir(value, { semantics }): FhirData | undefined {
    const type = typeConcept(stringAttribute(value, "type"));
    const system = issuerSystem(stringAttribute(value, "issuer"));
    const id = stringAttribute(value, "id");
    const assigner = assignerReference(stringAttribute(value, "assigner"));
    if (type === undefined && system === undefined && id === undefined && assigner === undefined) return undefined;
    const identifier: JsonObject = {};
    if (type !== undefined) identifier.type = type;
    if (system !== undefined) identifier.system = system;
    if (id !== undefined) identifier.value = id;
    if (assigner !== undefined) identifier.assigner = assigner;
    if (semantics.references === "structure") return { type: "Identifier", value: identifier };
    return { type: "Identifier", value: identifier, alternatives: [{ type: "Reference", value: { identifier } }] };
  },

  toOpenEhr(node, { semantics }): RmObject | undefined {
    if (node.type === "Identifier" && isJsonObject(node.value)) return fromIdentifier(node.value);
    if (node.type === "Reference" && isJsonObject(node.value))
      return semantics.references === "values" ? fromReference(node.value) : undefined;
    const id = primitiveText(node);
    return id === undefined ? undefined : rmObject("DV_IDENTIFIER", { id });
  },
};

function issuerSystem(issuer: string | undefined): string | undefined {
  if (issuer === undefined || issuer === "") return undefined;
  return isAbsoluteUri(issuer) ? issuer : `${openEhrIdentifierSystem}/${issuer}`;
}

export function isAbsoluteUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text);
}

function typeConcept(type: string | undefined): JsonObject | undefined {
  if (type === undefined || type === "") return undefined;
  const [system, code] = splitQualified(type, `${openEhrIdentifierSystem}/type`);
  return { coding: [{ system, code }] };
}

function assignerReference(assigner: string | undefined): JsonObject | undefined {
  if (assigner === undefined || assigner === "") return undefined;
  const [system, value] = splitQualified(assigner, `${openEhrIdentifierSystem}/assigner`);
  return { identifier: { system, value }, display: value };
}

function splitQualified(text: string, defaultSystem: string): readonly [system: string, value: string] {
  const at = text.indexOf("::");
  return at < 0 ? [defaultSystem, text] : [text.slice(0, at), text.slice(at + 2)];
}

function fromIdentifier(identifier: JsonObject): RmObject | undefined {
  const coding = objectsMember(objectMember(identifier, "type"), "coding")[0];
  const assigner = objectMember(identifier, "assigner");
  const assignerIdentifier = objectMember(assigner, "identifier");
  const assignerValue = stringMember(assignerIdentifier, "value") ?? stringMember(assigner, "display");
  const written = rmObject("DV_IDENTIFIER", {
    issuer: withoutOpenEhrSystem(stringMember(identifier, "system")),
    assigner: qualified(stringMember(assignerIdentifier, "system"), assignerValue, "/assigner"),
    id: stringMember(identifier, "value"),
    type: qualified(stringMember(coding, "system"), stringMember(coding, "code"), "/type"),
  });
  return Object.keys(written).length === 1 ? undefined : written;
}

function fromReference(reference: JsonObject): RmObject | undefined {
  const identifier = objectMember(reference, "identifier");
  if (identifier !== undefined) return fromIdentifier(identifier);
  const literal = stringMember(reference, "reference");
  return literal === undefined || literal.startsWith("#") ? undefined : rmObject("DV_IDENTIFIER", { id: literal });
}

function withoutOpenEhrSystem(system: string | undefined): string | undefined {
  if (system === undefined || !isOpenEhrSystem(system)) return system;
  const rest = system.slice(openEhrIdentifierSystem.length).replace(/^[/#]+/, "");
  return rest === "" ? undefined : rest;
}

/** The openEHR system itself or something behind it, not another one that begins with the same letters. */
function isOpenEhrSystem(system: string): boolean {
  const next = system.charAt(openEhrIdentifierSystem.length);
  return system.startsWith(openEhrIdentifierSystem) && (next === "" || next === "/" || next === "#");
}

function qualified(system: string | undefined, value: string | undefined, ownSuffix: string): string | undefined {
  if (value === undefined) return undefined;
  return system === undefined || system === openEhrIdentifierSystem + ownSuffix ? value : `${system}::${value}`;
}
