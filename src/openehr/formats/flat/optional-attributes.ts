import { codePhrase, openehrCodedTextFrom } from "../../building/coded-text.js";
import { leftOutBecause } from "../../building/left-out.js";
import { rmClass } from "../../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive } from "../../rm/rm-object.js";
import { FLAT_CODE_UNKNOWN } from "../problems.js";
import { readIdentifiedParty } from "./datatypes/party.js";
import type { FlatDataType, FlatReadContext } from "./flat-data-type.js";
import { objectMember, objectType, scalarMember } from "./flat-data-type.js";
import { flatDataType } from "./flat-data-types.js";
import type { FlatKeys } from "./flat-keys.js";
import { isRaw, readRawObject } from "./raw-object.js";

/** An optional RM attribute that FLAT writes with an underscore below the object that has it (openehr-formats 10). */
export interface OptionalAttribute {
  /** Segment in FLAT: `_health_care_facility`. */
  readonly segment: string;
  /** RM attribute: `health_care_facility`. */
  readonly attribute: string;
  readonly isList: boolean;
  readonly dataType: FlatDataType;
}

/** One of the four null flavours, by `|code` or `|value`; `|terminology` is accepted and ignored. */
const nullFlavourType: FlatDataType = objectType({
  read(keys) {
    if (isRaw(keys)) return readRawObject(keys, "DV_CODED_TEXT");
    const code = keys.text("code");
    const value = keys.text("value");
    keys.consume("terminology");
    const given = code ?? value;
    if (given === undefined) return undefined;
    const flavour = openehrCodedTextFrom("null flavours", given);
    const attribute = code === undefined ? "value" : "code";
    if (flavour === undefined) {
      keys.invalid(attribute, "is no null flavour of the openEHR terminology", "ELEMENT", FLAT_CODE_UNKNOWN);
    } else if (value !== undefined && value !== given && value !== flavour.value) {
      keys.leaveOut("value", leftOutBecause.otherForm);
    }
    return flavour;
  },
  write(value, place) {
    const definingCode = objectMember(value, "defining_code");
    place.put("code", scalarMember(definingCode, "code_string"));
    place.put("value", scalarMember(value, "value"));
    place.put("terminology", scalarMember(objectMember(definingCode, "terminology_id"), "value"));
  },
});

function typeOf(rmType: string): FlatDataType {
  return {
    read: (keys: FlatKeys, context: FlatReadContext): RmObject | RmPrimitive | undefined =>
      flatDataType(rmType)?.read(keys, context),
    write: (value, place) => flatDataType(rmType)?.write(value, place),
  };
}

function single(segment: string, attribute: string, dataType: FlatDataType): OptionalAttribute {
  return { segment, attribute, isList: false, dataType };
}

function list(segment: string, attribute: string, dataType: FlatDataType): OptionalAttribute {
  return { segment, attribute, isList: true, dataType };
}

const facilityType: FlatDataType = { ...typeOf("PARTY_IDENTIFIED"), read: readIdentifiedParty };

/** DV_PARSABLE with its text as `|value`. */
const workflowDefinitionType: FlatDataType = {
  ...typeOf("DV_PARSABLE"),
  write(value, place) {
    const text = isRmObject(value) ? value.value : undefined;
    if (typeof text === "string") place.put("value", text);
    if (isRmObject(value)) flatDataType("DV_PARSABLE")?.write(withoutText(value), place);
  },
};

/** What published FLAT says for entries, whatever the composition says: the document itself is in UTF-8. */
const UTF_8 = codePhrase("IANA_character-sets", "UTF-8");

/** The encoding of an entry, always written as UTF-8. */
export const entryEncodingType: FlatDataType = {
  ...typeOf("CODE_PHRASE"),
  write: (_value, place) => flatDataType("CODE_PHRASE")?.write(UTF_8, place),
};

/** The origin of a HISTORY: its time and nothing more. */
export const originType: FlatDataType = {
  ...typeOf("DV_DATE_TIME"),
  write: (value, place) => place.put("", isRmObject(value) ? scalarMember(value, "value") : undefined),
};

function withoutText(parsable: RmObject): RmObject {
  const { value: _text, ...rest } = parsable;
  return rest as RmObject;
}

const BY_CLASS: ReadonlyMap<string, readonly OptionalAttribute[]> = new Map([
  [
    "LOCATABLE",
    [
      single("_uid", "uid", typeOf("UID_BASED_ID")),
      single("_name", "name", typeOf("DV_TEXT")),
      list("_link", "links", typeOf("LINK")),
      single("_feeder_audit", "feeder_audit", typeOf("FEEDER_AUDIT")),
    ],
  ],
  [
    "ELEMENT",
    [
      single("_null_flavour", "null_flavour", nullFlavourType),
      single("_null_reason", "null_reason", typeOf("DV_TEXT")),
    ],
  ],
  [
    "ENTRY",
    [
      single("_provider", "provider", typeOf("PARTY_PROXY")),
      list("_other_participation", "other_participations", typeOf("PARTICIPATION")),
      single("_work_flow_id", "workflow_id", typeOf("OBJECT_REF")),
    ],
  ],
  ["CARE_ENTRY", [single("_guideline_id", "guideline_id", typeOf("OBJECT_REF"))]],
  ["INSTRUCTION", [single("_wf_definition", "wf_definition", workflowDefinitionType)]],
  ["ACTION", [single("_instruction_details", "instruction_details", typeOf("INSTRUCTION_DETAILS"))]],
  ["ISM_TRANSITION", [list("_reason", "reason", typeOf("DV_TEXT"))]],
  [
    "EVENT_CONTEXT",
    [
      single("_end_time", "end_time", typeOf("DV_DATE_TIME")),
      single("_location", "location", typeOf("STRING")),
      single("_health_care_facility", "health_care_facility", facilityType),
      list("_participation", "participations", typeOf("PARTICIPATION")),
    ],
  ],
]);

/** All of them by their segment, which means the same for every class that has it. */
export const OPTIONAL_ATTRIBUTES: ReadonlyMap<string, OptionalAttribute> = new Map(
  [...BY_CLASS.values()].flatMap((attributes) => attributes.map((each) => [each.segment, each] as const)),
);

const ofClass = new Map<string, ReadonlyMap<string, OptionalAttribute>>();

/** The optional attributes of a class by their segment, those of super classes first. */
export function optionalAttributesOf(rmType: string): ReadonlyMap<string, OptionalAttribute> {
  const known = rmClass(rmType);
  if (known === undefined) return new Map();
  let attributes = ofClass.get(known.name);
  if (attributes === undefined) {
    const lineage = [...known.ancestors].reverse();
    attributes = new Map(
      [...lineage, known.name].flatMap((name) => BY_CLASS.get(name) ?? []).map((each) => [each.segment, each]),
    );
    ofClass.set(known.name, attributes);
  }
  return attributes;
}
