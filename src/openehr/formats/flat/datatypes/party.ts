import { leftOutBecause } from "../../../building/left-out.js";
import { isSubclassOf } from "../../../rm/rm-classes.js";
import type { RmObject } from "../../../rm/rm-object.js";
import {
  type FlatDataType,
  type FlatPlace,
  type FlatReadContext,
  nestedContext,
  objectMember,
  objectsMember,
  objectType,
  readBelow,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";
import { isRaw, readRawObject } from "../raw-object.js";

/** PARTY_PROXY and its classes; the keys decide which one (openehr-formats 9.2). */
export const partyType: FlatDataType = objectType({ read: readParty, write: writeParty });

/**
 * A party: `|name`, `|id`, `|id_scheme`, `|id_namespace`, `_identifier:i`, `relationship`. PARTY_SELF when `|_type` says
 * so or when there is nothing to identify the party by.
 */
function readParty(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  const type = keys.text("_type");
  if (type === "PARTY_SELF") return readSelf(keys);
  const name = keys.text("name") ?? keys.child("name")?.text() ?? keys.child("_name")?.text();
  const externalRef = readExternalRef(keys);
  const identifierType = context.dataType("DV_IDENTIFIER");
  const identifiers = keys
    .occurrences("_identifier")
    .map(([, identifier]) => identifierType?.read(identifier, nestedContext(context)))
    .filter((identifier) => typeof identifier === "object");
  const relationshipNode = context.node?.children.find(({ attribute }) => attribute === "relationship");
  const relationship = readBelow("DV_CODED_TEXT", keys.child("relationship"), context, relationshipNode);
  const party: RmObject = { _type: "PARTY_SELF" };
  if (externalRef !== undefined) party.external_ref = externalRef;
  if (name !== undefined) party.name = name;
  if (identifiers.length > 0) party.identifiers = identifiers;
  if (relationship !== undefined) {
    party._type = "PARTY_RELATED";
    party.relationship = relationship;
  } else if (name !== undefined || externalRef !== undefined || identifiers.length > 0) {
    party._type = "PARTY_IDENTIFIED";
  } else if (type === undefined) return undefined;
  return party;
}

/** The subject of care has no name and no identifiers of its own. */
function readSelf(keys: FlatKeys): RmObject {
  const externalRef = readExternalRef(keys);
  keys.leaveOut("name", leftOutBecause.self);
  for (const name of ["name", "_name", "_identifier", "relationship"]) {
    for (const [, below] of keys.occurrences(name)) below.leaveOutRest(leftOutBecause.self);
  }
  return { _type: "PARTY_SELF", ...(externalRef === undefined ? {} : { external_ref: externalRef }) };
}

function readExternalRef(keys: FlatKeys): RmObject | undefined {
  const id = keys.filledText("id");
  const scheme = keys.text("id_scheme");
  const namespace = keys.text("id_namespace");
  if (id !== undefined) return partyRef(id, scheme, namespace);
  for (const attribute of ["id_scheme", "id_namespace"]) keys.leaveOut(attribute, leftOutBecause.owner);
  return undefined;
}

/** The PARTY_REF that FLAT makes of an id, its scheme and its namespace. */
export function partyRef(id: string, scheme: string | undefined, namespace: string | undefined): RmObject {
  return {
    _type: "PARTY_REF",
    ...(namespace === undefined ? {} : { namespace }),
    type: "PARTY",
    id: { _type: "GENERIC_ID", value: id, ...(scheme === undefined ? {} : { scheme }) },
  };
}

function writeParty(value: RmObject, place: FlatPlace): void {
  place.put("name", scalarMember(value, "name"));
  writeExternalRef(value, place);
  for (const [index, identifier] of objectsMember(value, "identifiers").entries()) {
    place.dataType("DV_IDENTIFIER")?.write(identifier, place.at("_identifier", index));
  }
  const relationship = objectMember(value, "relationship");
  if (relationship !== undefined) place.dataType("DV_CODED_TEXT")?.write(relationship, place.at("relationship"));
}

function writeExternalRef(value: RmObject, place: FlatPlace): void {
  const reference = objectMember(value, "external_ref");
  const id = objectMember(reference, "id");
  place.put("id", scalarMember(id, "value"));
  place.put("id_scheme", scalarMember(id, "scheme"));
  place.put("id_namespace", scalarMember(reference, "namespace"));
}

/** Reads a party that must be identified: a facility, a location. Other parties are reported. */
export function readIdentifiedParty(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  if (isRaw(keys)) return readRawObject(keys, "PARTY_IDENTIFIED");
  const party = readParty(keys, context);
  if (party === undefined || isSubclassOf(party._type, "PARTY_IDENTIFIED")) return party;
  keys.invalid("", "must identify a party by name or id", party._type);
  return undefined;
}
