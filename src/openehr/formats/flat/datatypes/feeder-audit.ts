import { leftOutBecause } from "../../../building/left-out.js";
import { isRmObject, type RmObject } from "../../../rm/rm-object.js";
import { normalDateTime } from "../../../rm/temporal-text.js";
import {
  type FlatDataType,
  type FlatPlace,
  type FlatReadContext,
  nestedContext,
  objectMember,
  objectsMember,
  objectType,
  objectWith,
  readBelow,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";
import { isRaw, readRawObject } from "../raw-object.js";
import { partyType, readIdentifiedParty } from "./party.js";

/**
 * FEEDER_AUDIT (openehr-formats 10.1): `originating_system_audit`, `feeder_system_audit`,
 * `originating_system_item_id:i`, `feeder_system_item_id:i`, `original_content` or `original_content_multimedia`.
 */
export const feederAuditType: FlatDataType = objectType({
  read(keys, context) {
    const identifiers = (name: string): RmObject[] | undefined => {
      const found = keys
        .occurrences(name)
        .map(([, identifier]) => context.dataType("DV_IDENTIFIER")?.read(identifier, nestedContext(context)))
        .filter(isRmObject);
      return found.length === 0 ? undefined : found;
    };
    return objectWith("FEEDER_AUDIT", {
      originating_system_item_ids: identifiers("originating_system_item_id"),
      feeder_system_item_ids: identifiers("feeder_system_item_id"),
      original_content: readOriginalContent(keys, context),
      originating_system_audit: readDetails(keys.child("originating_system_audit"), context),
      feeder_system_audit: readDetails(keys.child("feeder_system_audit"), context),
    });
  },
  write(value, place) {
    for (const name of ["originating_system_audit", "feeder_system_audit"]) {
      const details = objectMember(value, name);
      if (details !== undefined) writeDetails(details, place.at(name));
    }
    for (const name of ["originating_system_item_id", "feeder_system_item_id"]) {
      for (const [index, identifier] of objectsMember(value, `${name}s`).entries()) {
        place.dataType("DV_IDENTIFIER")?.write(identifier, place.at(name, index));
      }
    }
    const content = objectMember(value, "original_content");
    if (content === undefined) return;
    const name = content._type === "DV_MULTIMEDIA" ? "original_content_multimedia" : "original_content";
    place.dataType(content._type)?.write(content, place.at(name));
  },
});

function readOriginalContent(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  const multimedia = readBelow("DV_MULTIMEDIA", keys.child("original_content_multimedia"), context);
  if (multimedia === undefined) return readBelow("DV_PARSABLE", keys.child("original_content"), context);
  keys.child("original_content")?.leaveOutRest(leftOutBecause.otherForm);
  return multimedia;
}

function readDetails(keys: FlatKeys | undefined, context: FlatReadContext): RmObject | undefined {
  if (keys === undefined) return undefined;
  if (isRaw(keys)) return readRawObject(keys, "FEEDER_AUDIT_DETAILS");
  const identified = (party: FlatKeys | undefined): RmObject | undefined =>
    party === undefined ? undefined : readIdentifiedParty(party, nestedContext(context));
  return objectWith("FEEDER_AUDIT_DETAILS", {
    system_id: keys.text("system_id"),
    location: identified(keys.child("location")),
    provider: identified(keys.child("provider")),
    subject: readBelow("PARTY_PROXY", keys.child("subject"), context),
    time: readTime(keys, context),
    version_id: keys.text("version_id"),
  });
}

function readTime(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  const text = keys.text("time");
  if (text === undefined) return undefined;
  if (text === "now") return { _type: "DV_DATE_TIME", value: context.now() };
  const normal = normalDateTime(text);
  if ("text" in normal) return { _type: "DV_DATE_TIME", value: normal.text };
  keys.invalid("time", normal.reason, "DV_DATE_TIME");
  return undefined;
}

function writeDetails(value: RmObject, place: FlatPlace): void {
  place.put("system_id", scalarMember(value, "system_id"));
  place.put("version_id", scalarMember(value, "version_id"));
  place.put("time", scalarMember(objectMember(value, "time"), "value"));
  for (const name of ["location", "provider", "subject"]) {
    const party = objectMember(value, name);
    if (party === undefined) continue;
    const partyPlace = place.at(name);
    if (party._type === "PARTY_SELF") partyPlace.put("_type", "PARTY_SELF");
    partyType.write(party, partyPlace);
  }
}
