import { openehrCodedTextFrom } from "../../../building/coded-text.js";
import { isRmObject, type RmObject } from "../../../rm/rm-object.js";
import { FLAT_CODE_UNKNOWN } from "../../problems.js";
import {
  type FlatDataType,
  type FlatReadContext,
  objectMember,
  objectsMember,
  objectType,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";
import { partyType } from "./party.js";

const IDENTIFIER_ATTRIBUTES = ["id", "issuer", "assigner", "type"] as const;

/**
 * PARTICIPATION: `|function`, `|mode` (code or rubric), the performer as a party, its identifiers as
 * `|identifiers_id:j`, `|identifiers_issuer:j` … or as `_identifier:j` (openehr-formats 10).
 */
export const participationType: FlatDataType = objectType({
  read(keys, context) {
    const performer = readPerformer(keys, context);
    const functionText = keys.text("function");
    const mode = readMode(keys);
    if (performer === undefined && functionText === undefined && mode === undefined) return undefined;
    const participation: RmObject = { _type: "PARTICIPATION" };
    if (functionText !== undefined) participation.function = { _type: "DV_TEXT", value: functionText };
    if (mode !== undefined) participation.mode = mode;
    participation.performer = performer ?? { _type: "PARTY_SELF" };
    return participation;
  },
  write(value, place) {
    place.put("function", scalarMember(objectMember(value, "function"), "value"));
    place.put("mode", scalarMember(objectMember(value, "mode"), "value"));
    const performer = objectMember(value, "performer");
    if (performer === undefined) return;
    const { identifiers: _written, ...party } = performer;
    partyType.write(party as RmObject, place);
    for (const [index, identifier] of objectsMember(performer, "identifiers").entries()) {
      for (const attribute of IDENTIFIER_ATTRIBUTES) {
        place.put(`identifiers_${attribute}:${index}`, scalarMember(identifier, attribute));
      }
    }
  },
});

function readMode(keys: FlatKeys): RmObject | undefined {
  const text = keys.text("mode");
  if (text === undefined) return undefined;
  const mode = openehrCodedTextFrom("participation mode", text);
  if (mode === undefined) {
    keys.invalid("mode", "is no participation mode of the openEHR terminology", "PARTICIPATION", FLAT_CODE_UNKNOWN);
  }
  return mode;
}

function readPerformer(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  const party = partyType.read(keys, context);
  const identifiers = readIndexedIdentifiers(keys, "identifiers_");
  if (identifiers.length === 0) return isRmObject(party) ? party : undefined;
  if (!isRmObject(party)) return { _type: "PARTY_IDENTIFIED", identifiers: [...identifiers] };
  const type = party._type === "PARTY_SELF" ? "PARTY_IDENTIFIED" : party._type;
  return { ...party, _type: type, identifiers: [...objectsMember(party, "identifiers"), ...identifiers] };
}

/** Identifiers spread over attributes with an index: `|identifiers_id:0`; the index may be missing for the first. */
export function readIndexedIdentifiers(keys: FlatKeys, prefix: string): readonly RmObject[] {
  const found = new Map<number, RmObject>();
  for (const written of keys.attributes) {
    if (!written.startsWith(prefix)) continue;
    const [attribute = "", digits = "0"] = written.slice(prefix.length).split(":");
    if (!IDENTIFIER_ATTRIBUTES.some((known) => known === attribute) || !/^\d{1,9}$/.test(digits)) continue;
    const index = Number(digits);
    const identifier = found.get(index) ?? { _type: "DV_IDENTIFIER" };
    const value = keys.text(written);
    if (value !== undefined) identifier[attribute] = value;
    found.set(index, identifier);
  }
  return [...found].sort(([one], [other]) => one - other).map(([, identifier]) => identifier);
}
