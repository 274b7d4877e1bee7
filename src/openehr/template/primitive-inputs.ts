import type { XmlElement } from "../xml/xml-element.js";
import { readDurationRange, readIntegerRange, readRealRange } from "./constraint-interval.js";
import type { TemplateInput, TemplateListEntry, TemplateRange } from "./template.js";
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

/**
 * What a C_PRIMITIVE_OBJECT allows (openehr-formats 4.7), without suffix. Undefined when it has no known constraint, so
 * that the default of the data type applies.
 */
export function primitiveInput(object: XmlElement): TemplateInput | undefined {
  const item = object.child("item");
  const type = TYPES.get(item?.type ?? "");
  if (item === undefined || type === undefined) return undefined;
  const pattern = type === "BOOLEAN" || type === "INTEGER" || type === "DECIMAL" ? undefined : item.textAt("pattern");
  const range = readRange(type, item.child("range"));
  const list = readList(type, item);
  const isListOpen = booleanAt(item, "list_open") === true;
  const defaultValue = item.textAt("assumed_value");
  return {
    type,
    ...(list.length === 0 ? {} : { list }),
    ...(type === "TEXT" && (isListOpen || list.length > 0) ? { listOpen: isListOpen } : {}),
    ...(pattern === undefined && range === undefined
      ? {}
      : {
          validation: {
            ...(pattern === undefined ? {} : { pattern }),
            ...(range === undefined ? {} : { range }),
          },
        }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
}

function readRange(type: TemplateInput["type"], range: XmlElement | undefined): TemplateRange | undefined {
  switch (type) {
    case "INTEGER":
      return readIntegerRange(range);
    case "DECIMAL":
      return readRealRange(range);
    case "DURATION":
      return readDurationRange(range);
    case "TEXT":
    case "CODED_TEXT":
    case "BOOLEAN":
    case "DATE":
    case "TIME":
    case "DATETIME":
      return undefined;
    default:
      return type satisfies never;
  }
}

function readList(type: TemplateInput["type"], item: XmlElement): readonly TemplateListEntry[] {
  if (type === "TEXT") return item.childrenNamed("list").map(({ text }) => ({ value: text, label: text }));
  if (type === "INTEGER") return item.childrenNamed("list").map(({ text }) => ({ value: text.trim() }));
  if (type !== "BOOLEAN") return [];
  const valid = ["true", "false"].filter((value) => booleanAt(item, `${value}_valid`) === true);
  return valid.length === 1 ? valid.map((value) => ({ value, label: value })) : [];
}
