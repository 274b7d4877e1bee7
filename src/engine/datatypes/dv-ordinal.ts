import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { TemplateListEntry } from "../../openehr/template/template.js";
import type { Semantics } from "../semantics.js";
import { codingOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import { dvCodedText } from "./dv-coded-text.js";
import type { ConversionContext, FhirData, FhirForm } from "./fhir-data.js";
import { isIntegerType, isQuantityType, primitiveNumber, primitiveText } from "./fhir-primitives.js";
import {
  jsonObject,
  numberAttribute,
  numberMember,
  objectAttribute,
  objectsMember,
  rmObject,
  stringAttribute,
  stringMember,
} from "./rm-values.js";

/**
 * DV_ORDINAL and DV_SCALE ↔ CodeableConcept, Coding, code, Quantity, numbers (fhirconnect-language 13.3, engine-behaviour 8.2
 * and 8.4)
 *
 * | DV_ORDINAL           | CodeableConcept | Quantity | number | survives                   |
 * |----------------------|-----------------|----------|--------|----------------------------|
 * | value                | text            | value    | itself | both; `codedTexts: complete` has the label as text |
 * | symbol.value         | display         | unit     | –      | both, where there is a place for it |
 * | symbol.defining_code | coding          | code     | –      | both, through Quantity without its terminology |
 *
 * What FHIR does not say is looked up in the list of the template: number and label of a code, code and label of a number.
 * Of several codings the one in the list is meant. A coding alone of another list has no number and is not taken.
 */
function rankedSymbol(rmType: "DV_ORDINAL" | "DV_SCALE"): DataTypeConverter {
  return {
    rmType,
    toFhir: (value, context) => symbolToFhir(value, context),
    toOpenEhr: (node, { semantics }, place) => {
      const found = partsIn(node, semantics, place?.inputs.find(({ list }) => list !== undefined)?.list ?? []);
      if (found === undefined || (rmType === "DV_ORDINAL" && !Number.isInteger(found.rank ?? 0))) return undefined;
      return rmObject(rmType, { symbol: symbolOf(found), value: found.rank });
    },
  };
}

export const dvOrdinal = rankedSymbol("DV_ORDINAL");
export const dvScale = rankedSymbol("DV_SCALE");

function symbolToFhir(value: RmObject, context: ConversionContext): FhirData | undefined {
  const symbol = objectAttribute(value, "symbol");
  const rank = numberAttribute(value, "value");
  const label = stringAttribute(symbol, "value");
  const coding = codingOf(objectAttribute(symbol, "defining_code"), label);
  if (rank === undefined && coding === undefined) return undefined;
  const labelled = context.semantics.codedTexts === "complete" && symbol !== undefined;
  return {
    type: "CodeableConcept",
    value: (labelled ? dvCodedText.toFhir(symbol, context)?.value : undefined) ?? concept(coding, rank),
    alternatives: rank === undefined ? [] : numericForms(rank, label, coding),
  };
}

function concept(coding: JsonObject | undefined, rank: number | undefined): JsonObject {
  return jsonObject({
    coding: coding === undefined ? undefined : [coding],
    text: rank === undefined ? undefined : String(rank),
  });
}

function numericForms(rank: number, label: string | undefined, coding: JsonObject | undefined): readonly FhirForm[] {
  const quantity = { type: "Quantity", value: jsonObject({ value: rank, unit: label, code: coding?.code }) };
  const decimal = { type: "decimal", value: rank };
  return Number.isInteger(rank) ? [quantity, { type: "integer", value: rank }, decimal] : [quantity, decimal];
}

/** What FHIR and the list of the template say of a symbol. */
interface SymbolParts {
  readonly rank?: number | undefined;
  readonly label?: string | undefined;
  readonly code?: string | undefined;
}

function partsIn(node: FhirNode, semantics: Semantics, list: readonly TemplateListEntry[]): SymbolParts | undefined {
  if (isQuantityType(node.type)) return isJsonObject(node.value) ? fromQuantity(node.value) : undefined;
  if (isIntegerType(node.type) || node.type === "decimal") return fromNumber(primitiveNumber(node), list);
  if (node.type === "code") return fromCodings([{ code: primitiveText(node) ?? "" }], undefined, list);
  if (!isJsonObject(node.value)) return undefined;
  if (node.type === "Coding") return fromCodings([node.value], undefined, list);
  if (node.type !== "CodeableConcept") return undefined;
  const text = semantics.codedTexts === "one-label" ? stringMember(node.value, "text") : undefined;
  return fromCodings(objectsMember(node.value, "coding"), numberIn(text), list);
}

function fromQuantity(quantity: JsonObject): SymbolParts | undefined {
  const rank = numberMember(quantity, "value");
  const label = stringMember(quantity, "unit");
  const code = stringMember(quantity, "code");
  return rank === undefined && label === undefined && code === undefined ? undefined : { rank, label, code };
}

function fromNumber(rank: number | undefined, list: readonly TemplateListEntry[]): SymbolParts | undefined {
  if (rank === undefined) return undefined;
  const entry = list.find((one) => one.ordinal === rank);
  return entry === undefined ? { rank } : inList(entry);
}

function fromCodings(
  codings: readonly JsonObject[],
  rank: number | undefined,
  list: readonly TemplateListEntry[],
): SymbolParts | undefined {
  for (const coding of codings) {
    const entry = list.find(({ value }) => value === coding.code);
    if (entry !== undefined) return inList(entry);
  }
  const first = codings.find((coding) => stringMember(coding, "code") !== undefined);
  if (rank === undefined) return undefined;
  return { rank, label: stringMember(first, "display"), code: stringMember(first, "code") };
}

function inList({ value, label, ordinal }: TemplateListEntry): SymbolParts {
  return { rank: ordinal, label, code: value };
}

function symbolOf({ label, code }: SymbolParts): RmObject | undefined {
  const definingCode = code === undefined ? undefined : rmObject("CODE_PHRASE", { code_string: code });
  return label === undefined && definingCode === undefined
    ? undefined
    : rmObject("DV_CODED_TEXT", { value: label, defining_code: definingCode });
}

function numberIn(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : number;
}
