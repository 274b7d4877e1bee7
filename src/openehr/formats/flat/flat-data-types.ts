import { rmClass, withoutGeneric } from "../../rm/rm-classes.js";
import {
  booleanType,
  doubleType,
  ehrUriType,
  identifierType,
  integerType,
  primitiveBooleanType,
  stringType,
  uriType,
} from "./datatypes/basic.js";
import { multimediaType, parsableType } from "./datatypes/encapsulated.js";
import { feederAuditType } from "./datatypes/feeder-audit.js";
import { intervalType } from "./datatypes/interval.js";
import { ordinalType, scaleType } from "./datatypes/ordinal.js";
import { participationType } from "./datatypes/participation.js";
import { partyType } from "./datatypes/party.js";
import { countType, proportionType, quantityType } from "./datatypes/quantity.js";
import { instructionDetailsType, linkType, objectRefType, uidType } from "./datatypes/references.js";
import { stateType } from "./datatypes/state.js";
import { dateTimeType, dateType, durationType, timeType } from "./datatypes/temporal.js";
import { codedTextType, codePhraseType, textType } from "./datatypes/text.js";
import { wholeObjectType } from "./datatypes/whole-object.js";
import type { FlatDataType } from "./flat-data-type.js";
import { isRaw, readRawObject } from "./raw-object.js";

const OWN_FORMS: ReadonlyMap<string, FlatDataType> = new Map([
  ["DV_TEXT", textType],
  ["DV_CODED_TEXT", codedTextType],
  ["CODE_PHRASE", codePhraseType],
  ["DV_QUANTITY", quantityType],
  ["DV_COUNT", countType],
  ["DV_PROPORTION", proportionType],
  ["DV_ORDINAL", ordinalType],
  ["DV_SCALE", scaleType],
  ["DV_DATE", dateType],
  ["DV_TIME", timeType],
  ["DV_DATE_TIME", dateTimeType],
  ["DV_DURATION", durationType],
  ["DV_INTERVAL", intervalType],
  ["DV_BOOLEAN", booleanType],
  ["DV_STATE", stateType],
  ["DV_PARAGRAPH", wholeObjectType("DV_PARAGRAPH")],
  ["DV_GENERAL_TIME_SPECIFICATION", wholeObjectType("DV_GENERAL_TIME_SPECIFICATION")],
  ["DV_PERIODIC_TIME_SPECIFICATION", wholeObjectType("DV_PERIODIC_TIME_SPECIFICATION")],
  ["DV_IDENTIFIER", identifierType],
  ["DV_URI", uriType],
  ["DV_EHR_URI", ehrUriType],
  ["DV_PARSABLE", parsableType],
  ["DV_MULTIMEDIA", multimediaType],
  ["PARTY_PROXY", partyType],
  ["PARTY_SELF", partyType],
  ["PARTY_IDENTIFIED", partyType],
  ["PARTY_RELATED", partyType],
  ["PARTICIPATION", participationType],
  ["OBJECT_REF", objectRefType],
  ["UID_BASED_ID", uidType],
  ["HIER_OBJECT_ID", uidType],
  ["OBJECT_VERSION_ID", uidType],
  ["LINK", linkType],
  ["FEEDER_AUDIT", feederAuditType],
  ["INSTRUCTION_DETAILS", instructionDetailsType],
  ["STRING", stringType],
  ["INTEGER", integerType],
  ["LONG", integerType],
  ["DOUBLE", doubleType],
  ["BOOLEAN", primitiveBooleanType],
]);

/** Every object may come as `|raw` instead of in the form of its class (openehr-formats 10.2). */
const DATA_TYPES: ReadonlyMap<string, FlatDataType> = new Map(
  [...OWN_FORMS].map(([rmType, own]) => [rmType, rmClass(rmType) === undefined ? own : orRaw(own, rmType)]),
);

function orRaw(own: FlatDataType, rmType: string): FlatDataType {
  return {
    read: (keys, context) => (isRaw(keys) ? readRawObject(keys, rmType) : own.read(keys, context)),
    write: own.write,
  };
}

/**
 * How values of a class stand in FLAT (openehr-formats 9); a generic parameter is ignored. Undefined for structures and
 * for classes that FLAT cannot hold.
 */
export function flatDataType(rmType: string): FlatDataType | undefined {
  return DATA_TYPES.get(withoutGeneric(rmType));
}
