import type { XmlElement } from "../xml/xml-element.js";
import { readIntegerRange, readRealRange, readTextRange } from "./constraint-interval.js";
import type { TemplateInput, TemplateListEntry, TemplateRange, TemplateValidation } from "./template.js";
import { booleanAt } from "./xml-boolean.js";

const TYPES: ReadonlyMap<string, TemplateInput["type"]> = new Map([
  ["C_BOOLEAN", "BOOLEAN"],
  ["C_STRING", "TEXT"],
  ["C_INTEGER", "INTEGER"],
  ["C_REAL", "DECIMAL"],
  ["C_DATE", "DATE"],
  ["C_TIME", "TIME"],
  ["C_DATE_TIME", "DATETIME"],
  ["C_DURATION", "DURATION"],
]);

/** VALIDITY_KIND of `timezone_validity`. */
const TIMEZONES: ReadonlyMap<string, TemplateValidation["timezone"]> = new Map([
  ["1001", "mandatory"],
  ["1003", "forbidden"],
]);

/**
 * What a C_PRIMITIVE_OBJECT allows (openehr-formats 2.2), without suffix. Undefined when it has no known constraint, so that
 * the default of the data type applies.
 */
export function primitiveConstraint(object: XmlElement): TemplateInput | undefined {
  const item = object.child("item");
  const type = TYPES.get(item?.type ?? "");
  if (item === undefined || type === undefined) return undefined;
  const list = readList(type, item);
  const isListOpen = booleanAt(item, "list_open") === true;
  const defaultValue = item.textAt("assumed_value");
  const validation = readValidation(type, item);
  return {
    type,
    ...(list.length === 0 ? {} : { list }),
    ...(type === "TEXT" && (isListOpen || list.length > 0) ? { listOpen: isListOpen } : {}),
    ...(Object.keys(validation).length === 0 ? {} : { validation }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
}

/** The input that stands for a primitive: as the reference has it, without lists of decimals and ranges of dates (openehr-formats 4.7). */
export function primitiveInput(constraint: TemplateInput): TemplateInput {
  const { list, validation = {}, ...rest } = constraint;
  const { pattern, range } = validation;
  const isTemporal = rest.type === "DATE" || rest.type === "TIME" || rest.type === "DATETIME";
  const published = {
    ...(pattern === undefined ? {} : { pattern }),
    ...(range === undefined || isTemporal ? {} : { range }),
  };
  return {
    ...rest,
    ...(list === undefined || rest.type === "DECIMAL" ? {} : { list }),
    ...(Object.keys(published).length === 0 ? {} : { validation: published }),
  };
}

function readValidation(type: TemplateInput["type"], item: XmlElement): TemplateValidation {
  const pattern = type === "BOOLEAN" || type === "INTEGER" || type === "DECIMAL" ? undefined : item.textAt("pattern");
  const range = readRange(type, item.child("range"));
  const timezone = TIMEZONES.get(item.textAt("timezone_validity") ?? "");
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(range === undefined ? {} : { range }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

function readRange(type: TemplateInput["type"], range: XmlElement | undefined): TemplateRange | undefined {
  switch (type) {
    case "INTEGER":
      return readIntegerRange(range);
    case "DECIMAL":
      return readRealRange(range);
    case "DURATION":
    case "DATE":
    case "TIME":
    case "DATETIME":
      return readTextRange(range);
    case "TEXT":
    case "CODED_TEXT":
    case "BOOLEAN":
      return undefined;
    default:
      return type satisfies never;
  }
}

function readList(type: TemplateInput["type"], item: XmlElement): readonly TemplateListEntry[] {
  if (type === "TEXT") return item.childrenNamed("list").map(({ text }) => ({ value: text, label: text }));
  if (type === "INTEGER" || type === "DECIMAL") {
    return item.childrenNamed("list").map(({ text }) => ({ value: text.trim() }));
  }
  if (type !== "BOOLEAN") return [];
  const valid = ["true", "false"].filter((value) => booleanAt(item, `${value}_valid`) === true);
  return valid.length === 1 ? valid.map((value) => ({ value, label: value })) : [];
}
