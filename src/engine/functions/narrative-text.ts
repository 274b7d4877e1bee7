import { primitiveValue } from "../../fhir/bundle/write-fhir-json.js";
import type { FhirInstance } from "../../fhir/path/fhir-instance.js";

/** Elements that say something about the data rather than being it. */
const notShown: ReadonlySet<string> = new Set(["id", "meta", "text", "contained", "extension", "implicitRules", "url"]);
/** Elements that alone tell what a value of the type means; the first one that has content is shown. */
const shownAlone: Readonly<Record<string, readonly string[]>> = {
  CodeableConcept: ["text", "coding"],
  CodeableReference: ["concept", "reference"],
  Coding: ["display", "code"],
  Identifier: ["value"],
  Reference: ["display", "identifier"],
  Annotation: ["text"],
};
/** What stands between the parts of a value. */
const joints: Readonly<Record<string, string>> = {
  Period: " – ",
  Range: " – ",
  Ratio: " / ",
  Quantity: " ",
  HumanName: " ",
};
/** Parts of quantities that only machines read. */
const machineParts: ReadonlySet<string> = new Set(["system", "code", "use"]);
const deepest = 8;

/**
 * Elements as XHTML: a table for each, with one row for every child that has content. References are followed one step.
 * Undefined when nothing has content.
 */
export function narrativeOf(elements: readonly FhirInstance[]): string | undefined {
  const tables = elements.map(tableOf).filter((table) => table !== undefined);
  return tables.length === 0 ? undefined : `<div xmlns="http://www.w3.org/1999/xhtml">${tables.join("")}</div>`;
}

function tableOf(element: FhirInstance): string | undefined {
  const shown = element.target ?? element;
  const alone =
    shown.type.kind === "primitive" || joints[shown.type.name] !== undefined || shown.type.name in shownAlone;
  if (alone) {
    const text = textOf(shown, 0);
    return text === "" ? undefined : `<p>${escaped(text)}</p>`;
  }
  const rows: string[] = [];
  for (const { element: shownElement, content } of shown.fields) {
    const { name } = shownElement;
    if (notShown.has(name)) continue;
    const text = listText(content, ", ", 0);
    if (text !== "") rows.push(`<tr><th>${escaped(name)}</th><td>${escaped(text)}</td></tr>`);
  }
  if (rows.length === 0) return undefined;
  return `<table><caption>${escaped(shown.type.name)}</caption><tbody>${rows.join("")}</tbody></table>`;
}

function listText(field: FhirInstance | readonly FhirInstance[], joint: string, depth: number): string {
  const list: readonly FhirInstance[] = Array.isArray(field) ? field : [field as FhirInstance];
  return list
    .map((one) => textOf(one, depth))
    .filter((text) => text !== "")
    .join(joint);
}

/** One line of text; what is nested deeper than any real element is left out. */
function textOf(element: FhirInstance, depth: number): string {
  if (depth > deepest) return "";
  const { type, fields } = element;
  const own = primitiveValue(element);
  if (own !== undefined) return String(own);
  const names = Object.hasOwn(shownAlone, type.name) ? shownAlone[type.name] : undefined;
  for (const name of names ?? []) {
    const field = element.field(name);
    const text = field === undefined ? "" : listText(field, ", ", depth + 1);
    if (text !== "") return text;
  }
  if (names !== undefined) return "";
  const joint = (Object.hasOwn(joints, type.name) ? joints[type.name] : undefined) ?? "; ";
  const hasUnit = element.field("unit") !== undefined;
  return fields
    .filter(({ element: { name } }) => !notShown.has(name) && !(machineParts.has(name) && (hasUnit || name !== "code")))
    .map(({ content }) => listText(content, " ", depth + 1))
    .filter((text) => text !== "")
    .join(joint);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
