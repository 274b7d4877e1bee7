import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { attribute, constraint, ITEMS, object, occurrences, smallTemplate } from "../template/small-template.js";

/** An ELEMENT of the tree with its allowed values. */
export function element(nodeId: string, values: string, occurs = occurrences("0", "*")): string {
  return object("ELEMENT", nodeId, attribute("value", values), occurs);
}

/** A data value with one attribute that holds a primitive. */
export function primitive(rmType: string, name: string, type: string, item: string): string {
  const primitiveObject = `<children xsi:type="C_PRIMITIVE_OBJECT"><rm_type_name>X</rm_type_name><item xsi:type="${type}">${item}</item></children>`;
  return object(rmType, "", attribute(name, primitiveObject));
}

/** A bounded interval as constraints write it. */
export function interval(name: string, lower: number | string, upper: number | string, upperIncluded = true): string {
  return `<${name}><lower_included>true</lower_included><upper_included>${upperIncluded}</upper_included><lower>${lower}</lower><upper>${upper}</upper></${name}>`;
}

/** A DV_CODED_TEXT with a list of local codes. */
export function codedText(...codes: readonly string[]): string {
  const list = codes.map((code) => `<code_list>${code}</code_list>`).join("");
  const phrase = `<terminology_id><value>local</value></terminology_id>${list}`;
  return object(
    "DV_CODED_TEXT",
    "",
    attribute("defining_code", constraint("C_CODE_PHRASE", "CODE_PHRASE", "", phrase)),
  );
}

/** A template whose only tree has one ELEMENT, at0002 "Finding", with the given values. */
export function templateOfValue(values: string): Template {
  return templateOfItems(element("at0002", values));
}

/** A template whose only tree has the given items. */
export function templateOfItems(items: string, terms: Readonly<Record<string, string>> = {}): Template {
  const known = { at0002: "Finding", at0010: "left", at0011: "right", ...terms };
  return parseOperationalTemplate(smallTemplate({ items, terms: known }));
}

/** Path of the value of {@link templateOfValue}. */
export const VALUE = `${ITEMS}[at0002]/value`;

/** A composition for {@link templateOfItems} whose tree holds just the given items. */
export function compositionOfItems(template: Template, ...items: readonly RmObject[]): RmObject {
  const composition = exampleComposition(template, { extent: "maximal", now: () => "2026-11-21T10:30:00" });
  const [evaluation] = composition.content as RmObject[];
  const tree = evaluation?.data as RmObject;
  if (items.length === 0) delete tree.items;
  else tree.items = [...items];
  return composition;
}

/** An ELEMENT with a value. */
export function elementOf(value: RmObject | undefined, nodeId = "at0002", name = "Finding"): RmObject {
  const named: RmObject = { _type: "ELEMENT", name: { _type: "DV_TEXT", value: name }, archetype_node_id: nodeId };
  return value === undefined ? named : { ...named, value };
}

/** A composition for {@link templateOfValue} with one value. */
export function compositionOfValue(template: Template, value: RmObject): RmObject {
  return compositionOfItems(template, elementOf(value));
}
