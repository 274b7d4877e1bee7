/** Parts of a small operational template, written out for tests of single rules. */
export interface SmallTemplate {
  /** XML of constraint objects that stand in the ITEM_TREE of an EVALUATION. */
  readonly items?: string;
  readonly terms?: Readonly<Record<string, string>>;
  readonly templateId?: string;
}

const ONCE = occurrences("0", "1");

export function occurrences(lower: string, upper: string): string {
  const bound = upper === "*" ? "<upper_unbounded>true</upper_unbounded>" : `<upper>${upper}</upper>`;
  return `<occurrences><lower>${lower}</lower>${bound}</occurrences>`;
}

export function attribute(name: string, children: string, type = "C_SINGLE_ATTRIBUTE"): string {
  return `<attributes xsi:type="${type}"><rm_attribute_name>${name}</rm_attribute_name>${children}</attributes>`;
}

export function object(rmType: string, nodeId: string, attributes = "", occurs = ONCE): string {
  return constraint("C_COMPLEX_OBJECT", rmType, nodeId, attributes, occurs);
}

export function constraint(type: string, rmType: string, nodeId: string, content = "", occurs = ONCE): string {
  return `<children xsi:type="${type}"><rm_type_name>${rmType}</rm_type_name>${occurs}<node_id>${nodeId}</node_id>${content}</children>`;
}

/** An attribute `name` that allows the given texts. */
export function nameList(...names: readonly string[]): string {
  const list = names.map((name) => `<list>${name}</list>`).join("");
  const value = `<children xsi:type="C_PRIMITIVE_OBJECT"><rm_type_name>STRING</rm_type_name><item xsi:type="C_STRING">${list}</item></children>`;
  return attribute("name", object("DV_TEXT", "", attribute("value", value)));
}

function term(code: string, text: string): string {
  return `<term_definitions code="${code}"><items id="text">${text}</items><items id="description">*</items></term_definitions>`;
}

export function smallTemplate({ items = "", terms = {}, templateId = "Small" }: SmallTemplate = {}): string {
  const defined = { at0000: "Finding", at0001: "Tree", ...terms };
  const tree = object("ITEM_TREE", "at0001", attribute("items", items, "C_MULTIPLE_ATTRIBUTE"));
  const evaluation = constraint(
    "C_ARCHETYPE_ROOT",
    "EVALUATION",
    "at0000",
    `${attribute("data", tree)}<archetype_id><value>openEHR-EHR-EVALUATION.small.v1</value></archetype_id>${Object.entries(
      defined,
    )
      .map(([code, text]) => term(code, text))
      .join("")}`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<template xmlns="http://schemas.openehr.org/v1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<language><terminology_id><value>ISO_639-1</value></terminology_id><code_string>en</code_string></language>
<template_id><value>${templateId}</value></template_id><concept>Small</concept>
<definition><rm_type_name>COMPOSITION</rm_type_name>${ONCE}<node_id>at0000</node_id>
${attribute("content", evaluation, "C_MULTIPLE_ATTRIBUTE")}
<archetype_id><value>openEHR-EHR-COMPOSITION.small.v1</value></archetype_id>${term("at0000", "Report")}
</definition></template>`;
}

/** Path of the items of {@link smallTemplate}. */
export const ITEMS = "/content[openEHR-EHR-EVALUATION.small.v1]/data[at0001]/items";
