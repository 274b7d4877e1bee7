import { codesOfGroup, groupOfAttribute, localizedRubricOf } from "../rm/openehr-terminology.js";
import type { XmlElement } from "../xml/xml-element.js";
import type { ArchetypeTerm, ArchetypeTerms } from "./archetype-terms.js";
import { readMultiplicity, readRealRange } from "./constraint-interval.js";
import type { TemplateCodes, TemplateInput, TemplateListEntry, TemplateRange, TemplateValidation } from "./template.js";
import { typeInputs } from "./type-inputs.js";

/** What the inputs of domain types need to know about where they stand. */
export interface DomainContext {
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  readonly terms: ArchetypeTerms;
  /** The default the template attaches to an attribute of the value. */
  defaultValue(attribute: string): string | undefined;
}

/** Inputs of a C_DV_QUANTITY: `magnitude` and `unit` (openehr-formats 4.6). */
export function quantityInputs(object: XmlElement, context: DomainContext): readonly TemplateInput[] {
  const units = object.childrenNamed("list").map((item) => unitEntry(item, context));
  const magnitude = object.textAt("assumed_value", "magnitude") ?? context.defaultValue("magnitude");
  const unit = object.textAt("assumed_value", "units") ?? context.defaultValue("units");
  const onlyValidation = units.length === 1 ? units[0]?.validation : undefined;
  return [
    {
      suffix: "magnitude",
      type: "DECIMAL",
      ...(onlyValidation === undefined ? {} : { validation: onlyValidation }),
      ...(magnitude === undefined ? {} : { defaultValue: magnitude }),
    },
    {
      suffix: "unit",
      type: "CODED_TEXT",
      ...(units.length === 0 ? {} : { list: units }),
      ...(unit === undefined ? {} : { defaultValue: unit }),
    },
  ];
}

function unitEntry(item: XmlElement, { terms }: DomainContext): TemplateListEntry {
  const unit = item.textAt("units") ?? "";
  const validation = unitValidation(item);
  const term = terms.term(unit);
  return {
    value: unit,
    label: unit,
    ...(term === undefined ? {} : { localizedLabels: term.texts }),
    ...(validation === undefined ? {} : { validation }),
  };
}

function unitValidation(item: XmlElement): TemplateValidation | undefined {
  const range = readRealRange(item.child("magnitude"));
  const precision = readPrecision(item.child("precision"));
  if (range === undefined && precision === undefined) return undefined;
  return { ...(precision === undefined ? {} : { precision }), ...(range === undefined ? {} : { range }) };
}

function readPrecision(interval: XmlElement | undefined): TemplateRange | undefined {
  if (interval === undefined) return undefined;
  const { min, max } = readMultiplicity(interval, { min: -1, max: -1 });
  if (min < 0 && max < 0) return undefined;
  return {
    ...(min < 0 ? {} : { min, minOp: ">=" }),
    ...(max < 0 ? {} : { max, maxOp: "<=" }),
  };
}

/** The input of a C_DV_ORDINAL or C_DV_SCALE: one list of symbols with their numbers (openehr-formats 4.6). */
export function ordinalInputs(object: XmlElement, context: DomainContext): readonly TemplateInput[] {
  const { defaultLanguage, terms } = context;
  const list = object.childrenNamed("list").map((item): TemplateListEntry => {
    const code = item.textAt("symbol", "defining_code", "code_string") ?? "";
    const term = terms.term(code);
    const label = term?.texts.get(defaultLanguage) ?? item.textAt("symbol", "value");
    const symbolTerminology = item.textAt("symbol", "defining_code", "terminology_id", "value");
    const ordinal = Number(item.textAt("value") ?? Number.NaN);
    return {
      value: code,
      ...(label === undefined ? {} : { label }),
      ...(term === undefined ? {} : localisations(term, defaultLanguage, true)),
      ...(Number.isFinite(ordinal) ? { ordinal } : {}),
      ...(symbolTerminology === undefined ? {} : { terminology: symbolTerminology }),
    };
  });
  const assumed = object.at("assumed_value", "symbol", "defining_code");
  const terminology = assumed?.textAt("terminology_id", "value");
  const defaultValue = assumed?.textAt("code_string") ?? context.defaultValue("defining_code");
  return [
    {
      type: "CODED_TEXT",
      ...(terminology === undefined ? {} : { terminology }),
      list,
      ...(defaultValue === undefined ? {} : { defaultValue }),
    },
  ];
}

/**
 * The inputs of a C_CODE_PHRASE or C_CODE_REFERENCE (openehr-formats 4.6): a list of codes, or free code and value of
 * a terminology when there is no list. Without terminology the code is free as well.
 * @param attribute the RM attribute that takes the code; it decides the group of the openEHR terminology
 */
export function codePhraseInputs(
  object: XmlElement,
  attribute: string,
  context: DomainContext,
): readonly TemplateInput[] {
  const terminology = terminologyOf(object);
  const codes = object.childrenNamed("code_list").flatMap(({ text }) => text.trim() || []);
  const list =
    terminology === "openehr"
      ? openehrEntries(codes, attribute, context)
      : codes.flatMap((code) => archetypeEntry(code, terminology, context) ?? []);
  const assumed = object.textAt("assumed_value", "code_string");
  const unlistedCodes = unlisted(object, codes, list);
  const code: TemplateInput = {
    suffix: "code",
    type: list.length === 0 ? "TEXT" : "CODED_TEXT",
    ...(list.length === 0 ? {} : { list }),
    ...(unlistedCodes === undefined ? {} : { unlistedCodes }),
    ...(terminology === undefined ? {} : { terminology }),
    ...(assumed === undefined ? {} : { defaultValue: assumed }),
  };
  if (list.length > 0) return [code];
  return [code, { suffix: "value", type: "TEXT", ...(terminology === undefined ? {} : { terminology }) }];
}

/** Codes without a term; any code of the terminology when there are none at all. References name sets of codes, not terminologies. */
function unlisted(
  object: XmlElement,
  codes: readonly string[],
  list: readonly TemplateListEntry[],
): TemplateCodes | undefined {
  const terminology = object.type === "C_CODE_REFERENCE" ? undefined : object.textAt("terminology_id", "value");
  const described = new Set(list.map(({ value }) => value));
  const others = codes.filter((code) => !described.has(code));
  if (others.length === 0 && (codes.length > 0 || list.length > 0 || terminology === undefined)) return undefined;
  return { ...(terminology === undefined ? {} : { terminology }), codes: others };
}

/** The inputs of a C_DV_STATE: the states of its machine, by name; free code and value when it has none. */
export function stateInputs(object: XmlElement): readonly TemplateInput[] {
  const states = object.child("value")?.childrenNamed("states") ?? [];
  const list = states.flatMap((state): readonly TemplateListEntry[] => {
    const name = state.textAt("name");
    return name === undefined ? [] : [{ value: name, label: name }];
  });
  return list.length === 0 ? typeInputs("DV_STATE") : [{ suffix: "code", type: "CODED_TEXT", list }];
}

function terminologyOf(object: XmlElement): string | undefined {
  const reference = object.textAt("referenceSetUri");
  if (object.type === "C_CODE_REFERENCE" && reference !== undefined) {
    return reference.startsWith("terminology:") ? reference.slice("terminology:".length) : reference;
  }
  return object.textAt("terminology_id", "value");
}

/** Every entry has its English rubric besides those of the template's languages; a code without rubric stands for itself. */
function openehrEntries(
  codes: readonly string[],
  attribute: string,
  { defaultLanguage, languages }: DomainContext,
): readonly TemplateListEntry[] {
  const group = groupOfAttribute(attribute);
  const listed = codes.length > 0 ? codes : group === undefined ? [] : [...codesOfGroup(group).keys()];
  const labelled = [...new Set([defaultLanguage, ...languages, "en"])];
  return listed.map((code) => {
    const labels = labelled.map((each) => [each, localizedRubricOf(code, group, each) ?? code] as const);
    return { value: code, label: labels[0]?.[1] ?? code, localizedLabels: new Map(labels) };
  });
}

function archetypeEntry(
  code: string,
  terminology: string | undefined,
  { defaultLanguage, terms }: DomainContext,
): TemplateListEntry | undefined {
  const qualified = terminology === undefined || terminology === "local" ? code : `${terminology}::${code}`;
  const term = terms.term(qualified) ?? terms.term(code);
  if (term === undefined) return undefined;
  const prefix = terminology === undefined ? "" : `${terminology}::`;
  const label = term.texts.get(defaultLanguage);
  return {
    value: prefix !== "" && term.code.startsWith(prefix) ? term.code.slice(prefix.length) : term.code,
    ...(label === undefined ? {} : { label }),
    ...localisations(term, defaultLanguage, false),
  };
}

function localisations(
  term: ArchetypeTerm,
  defaultLanguage: string,
  blanksToo: boolean,
): Pick<TemplateListEntry, "localizedLabels" | "localizedDescriptions"> {
  const descriptions = new Map(
    [...term.descriptions].filter(([, description]) => blanksToo || description.trim() !== ""),
  );
  if (!descriptions.has(defaultLanguage)) descriptions.set(defaultLanguage, "");
  return { localizedLabels: term.texts, localizedDescriptions: descriptions };
}
