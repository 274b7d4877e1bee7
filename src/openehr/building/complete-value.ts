import { codeOfRubric, groupOfAttribute, type OpenehrGroup, rubricOf } from "../rm/openehr-terminology.js";
import { withoutGeneric } from "../rm/rm-classes.js";
import { isRmObject, type RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateListEntry, TemplateNode } from "../template/template.js";
import { codePhrase } from "./coded-text.js";
import { listEntryByCode, listEntryByLabel } from "./list-entries.js";

/**
 * Completes a partial data value from its template node (openehr-formats 9 and 9.1): labels and terminologies of coded
 * texts, ordinals of the list, the only unit, the only proportion type. A coded text on a DV_TEXT node stays coded.
 * Gives a new object; values of other classes come back as they are.
 */
export function completeValue(value: RmObject, node: TemplateNode | undefined): RmObject {
  switch (value._type) {
    case "DV_CODED_TEXT":
      return completeCodedText(value, node);
    case "DV_ORDINAL":
    case "DV_SCALE":
      return completeOrdinal(value, node);
    case "DV_QUANTITY":
      return completeQuantity(value, node);
    case "DV_PROPORTION":
      return completeProportion(value, node);
    case "DV_INTERVAL":
      return completeInterval(value, node);
    default:
      return value;
  }
}

function completeCodedText(value: RmObject, node: TemplateNode | undefined): RmObject {
  const inputs = node?.rmType === "DV_CODED_TEXT" ? node.inputs : [];
  const input = inputs.find(({ suffix }) => suffix === "code") ?? inputs.find(({ list }) => list !== undefined);
  const given = memberObject(value, "defining_code");
  const text = typeof value.value === "string" ? value.value : undefined;
  const givenCode = typeof given?.code_string === "string" ? given.code_string : undefined;
  const entry = entryFor(input, givenCode, text);
  const group = node === undefined ? undefined : groupOfAttribute(node.attribute);
  const code = entry?.value ?? givenCode ?? codeOfText(text, group);
  if (code === undefined) return value;
  const givenTerminology = memberObject(given, "terminology_id")?.value;
  if (givenTerminology !== undefined && code === givenCode && text !== undefined && (entry?.label ?? text) === text)
    return value;
  const terminology = givenTerminology ?? input?.terminology ?? (group === undefined ? undefined : "openehr");
  const label = entry?.label ?? text ?? (group === undefined ? undefined : rubricOf(code, group));
  const phrase = codePhrase(typeof terminology === "string" ? terminology : undefined, code);
  const defining_code = given?.preferred_term === undefined ? phrase : { ...phrase, ...given, ...phrase };
  if (label === undefined) return { ...value, defining_code };
  // Text first, as its class writes it, also where it was not there.
  return Object.assign({ _type: value._type, value: label }, value, { value: label, defining_code });
}

/** A text alone may be a rubric of the openEHR terminology: a setting of "home" (openehr-formats 20.2, 9). */
function codeOfText(text: string | undefined, group: OpenehrGroup | undefined): string | undefined {
  return text === undefined || group === undefined ? undefined : codeOfRubric(text, group);
}

/** The entry of that code; without a code the one with that label. */
function entryFor(
  input: TemplateInput | undefined,
  code: string | undefined,
  text: string | undefined,
): TemplateListEntry | undefined {
  if (input === undefined) return undefined;
  if (code !== undefined) return listEntryByCode(input, code);
  return text === undefined ? undefined : listEntryByLabel(input, text);
}

/** By code, failing that by ordinal, the list gives code, label and ordinal; the terminology is `local` unless the template says otherwise. */
function completeOrdinal(value: RmObject, node: TemplateNode | undefined): RmObject {
  const symbol = memberObject(value, "symbol");
  const definingCode = memberObject(symbol, "defining_code");
  const code = typeof definingCode?.code_string === "string" ? definingCode.code_string : undefined;
  const input = node?.inputs.find(({ list }) => list !== undefined);
  const list = input?.list ?? [];
  const entry =
    code === undefined ? list.find(({ ordinal }) => ordinal === value.value) : input && listEntryByCode(input, code);
  if (entry === undefined) {
    if (symbol === undefined) return value;
    const kept = { ...symbol, _type: "DV_CODED_TEXT" };
    return { ...value, symbol: code === undefined ? kept : { ...kept, defining_code: codePhrase("local", code) } };
  }
  return {
    ...value,
    ...(entry.ordinal === undefined ? {} : { value: entry.ordinal }),
    symbol: {
      ...symbol,
      _type: "DV_CODED_TEXT",
      ...(entry.label === undefined ? {} : { value: entry.label }),
      defining_code: codePhrase(entry.terminology ?? "local", entry.value),
    },
  };
}

function completeQuantity(value: RmObject, node: TemplateNode | undefined): RmObject {
  if (value.units !== undefined && value.units !== "") return value;
  const units = node?.inputs.find(({ suffix }) => suffix === "unit")?.list ?? [];
  const [only] = units;
  return only !== undefined && units.length === 1 ? { ...value, units: only.value } : value;
}

const PROPORTION_TYPES = ["ratio", "unitary", "percent", "fraction", "integer_fraction"];

function completeProportion(value: RmObject, node: TemplateNode | undefined): RmObject {
  const [only, ...more] = node?.proportionTypes ?? [];
  if (value.type !== undefined || only === undefined || more.length > 0) return value;
  const type = PROPORTION_TYPES.indexOf(only);
  return type < 0 ? value : { ...value, type };
}

function completeInterval(value: RmObject, node: TemplateNode | undefined): RmObject {
  const interval: RmObject = {
    lower_unbounded: false,
    upper_unbounded: false,
    lower_included: true,
    upper_included: true,
    ...value,
  };
  for (const bound of ["lower", "upper"]) {
    const limit = memberObject(value, bound);
    if (limit === undefined) continue;
    const boundNode = node?.children.find(
      ({ attribute, rmType }) => attribute === bound && withoutGeneric(rmType) === limit._type,
    );
    interval[bound] = completeValue(limit, boundNode);
  }
  return interval;
}

function memberObject(object: RmObject | undefined, member: string): RmObject | undefined {
  const value = object?.[member];
  return isRmObject(value) ? value : undefined;
}
