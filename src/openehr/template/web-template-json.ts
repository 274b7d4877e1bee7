import { doubleText } from "../json/double-text.js";
import { NumberText } from "../json/number-text.js";
import { type PrintedJson, prettyJson } from "../json/pretty-json.js";
import type { TemplateInput, TemplateListEntry, TemplateRange, TemplateValidation } from "./template.js";
import type { WebTemplate, WebTemplateNode } from "./web-template.js";

/**
 * Writes a web template as JSON text (openehr-formats 6): members in the order the reference publishes them, empty ones
 * left out, bounds of decimals with a decimal point.
 */
export function webTemplateJson(webTemplate: WebTemplate): string {
  const { templateId, version, defaultLanguage, languages, tree } = webTemplate;
  return prettyJson({ templateId, version, defaultLanguage, languages, tree: nodeJson(tree) });
}

function nodeJson(node: WebTemplateNode): PrintedJson {
  return {
    id: node.id,
    name: node.name,
    localizedName: node.localizedName,
    rmType: node.rmType,
    nodeId: node.nodeId,
    min: node.min,
    max: node.max,
    localizedNames: textsJson(node.localizedNames),
    localizedDescriptions: textsJson(node.localizedDescriptions),
    aqlPath: node.aqlPath === "" ? undefined : node.aqlPath,
    children: filled(node.children.map(nodeJson)),
    inputs: filled(node.inputs.map(inputJson)),
    inContext: node.inContext ? true : undefined,
    annotations: annotationsJson(node.annotations),
    proportionTypes: filled(node.proportionTypes),
    cardinalities: filled(node.cardinalities.map(({ min, max, ids }) => ({ min, max, ids }))),
  };
}

function inputJson({
  suffix,
  type,
  list,
  listOpen,
  validation,
  terminology,
  defaultValue,
}: TemplateInput): PrintedJson {
  return {
    suffix,
    type,
    list: list === undefined ? undefined : filled(list.map(entryJson)),
    listOpen,
    validation: validation === undefined ? undefined : validationJson(validation, type === "DECIMAL"),
    terminology,
    defaultValue: defaultValue === undefined ? undefined : defaultValueJson(defaultValue, type === "DECIMAL"),
  };
}

function entryJson(entry: TemplateListEntry): PrintedJson {
  return {
    value: entry.value,
    label: entry.label,
    localizedLabels: textsJson(entry.localizedLabels),
    localizedDescriptions: textsJson(entry.localizedDescriptions),
    ordinal: entry.ordinal,
    currentStates: entry.currentStates === undefined ? undefined : filled(entry.currentStates),
    // Only units have a validation of their own, that of their magnitude.
    validation: entry.validation === undefined ? undefined : validationJson(entry.validation, true),
  };
}

function validationJson({ precision, range, pattern }: TemplateValidation, isDecimal: boolean): PrintedJson {
  return {
    precision: precision === undefined ? undefined : rangeJson(precision, false),
    range: range === undefined ? undefined : rangeJson(range, isDecimal),
    pattern,
  };
}

function rangeJson({ min, minOp, max, maxOp }: TemplateRange, isDecimal: boolean): PrintedJson {
  return {
    min: boundJson(min, isDecimal),
    minOp: minOp ?? null,
    max: boundJson(max, isDecimal),
    maxOp: maxOp ?? null,
  };
}

/** Bounds of decimals are published in single precision (openehr-formats 2.2 and 20.2, 13). */
function boundJson(bound: number | string | undefined, isDecimal: boolean): PrintedJson {
  if (bound === undefined) return null;
  return isDecimal && typeof bound === "number" ? new NumberText(doubleText(Math.fround(bound))) : bound;
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?$/;

/** A default that is a number is published as one; numbers with leading zeros are codes. */
function defaultValueJson(text: string, isDecimal: boolean): PrintedJson {
  if (!JSON_NUMBER.test(text)) return text;
  return new NumberText(isDecimal ? doubleText(Number(text)) : text);
}

/** Language and annotation names are any text: an object without prototype holds them all. */
function textsJson(texts: ReadonlyMap<string, string> | undefined): PrintedJson | undefined {
  if (texts === undefined || texts.size === 0) return undefined;
  return namedTexts(texts);
}

function annotationsJson(annotations: ReadonlyMap<string, string>): PrintedJson | undefined {
  const comment = annotations.get("comment");
  if (comment === undefined) return textsJson(annotations);
  return namedTexts(new Map([["comment", comment], ...annotations]));
}

function namedTexts(texts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const named = Object.create(null) as Record<string, string>;
  for (const [name, text] of texts) named[name] = text;
  return named;
}

function filled<Item extends PrintedJson>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}
