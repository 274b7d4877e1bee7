import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatAqlPath, parseAqlPath } from "../../../src/openehr/rm/aql-path.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { TemplateNode } from "../../../src/openehr/template/template.js";
import {
  childrenAt,
  descendants,
  nodeAt,
  nodeIdentifier,
  nodesAt,
} from "../../../src/openehr/template/template-paths.js";
import { conformanceFolder, corpusTemplate, hasCorpus, readCorpusTemplate } from "./corpus.js";
import { attribute, constraint, ITEMS, nameList, object, occurrences, smallTemplate } from "./small-template.js";

function itemsOf(xml: string): readonly TemplateNode[] {
  const [tree] = nodesAt(parseOperationalTemplate(xml).root, parseAqlPath(ITEMS.replace("/items", "")));
  return childrenAt(tree as TemplateNode, "items");
}

describe("the nodes of a template", () => {
  it("are frozen, ordered and linked to their parents", () => {
    const { root } = parseOperationalTemplate(
      smallTemplate({ items: object("ELEMENT", "at0002"), terms: { at0002: "A" } }),
    );
    let ordinal = 0;
    for (const node of [root, ...descendants(root)]) {
      expect(node.ordinal).toBe(ordinal++);
      expect(Object.isFrozen(node) && Object.isFrozen(node.children) && Object.isFrozen(node.inputs)).toBe(true);
      for (const child of node.children) expect(child.parent).toBe(node);
    }
  });

  it("take one sibling per name where a list of names is allowed, each with its own subtree", () => {
    const inner = attribute("items", object("ELEMENT", "at0003"), "C_MULTIPLE_ATTRIBUTE");
    const items = itemsOf(
      smallTemplate({
        items: object("CLUSTER", "at0002", nameList("Left", "Right") + inner, occurrences("0", "*")),
        terms: { at0002: "Side", at0003: "Value" },
      }),
    );
    expect(items.map(({ name, baseId }) => [name, baseId])).toEqual([
      ["Left", "left"],
      ["Right", "right"],
    ]);
    expect(items.map((item) => formatAqlPath(item.path))).toEqual([
      `${ITEMS}[at0002 and name/value='Left']`,
      `${ITEMS}[at0002 and name/value='Right']`,
    ]);
    const second = items[1] as TemplateNode;
    expect(formatAqlPath((childrenAt(second, "items")[0] as TemplateNode).path)).toBe(
      `${ITEMS}[at0002 and name/value='Right']/items[at0003]`,
    );
    expect(childrenAt(second, "name")[0]?.inputs[0]?.list?.map(({ value }) => value)).toEqual(["Right"]);
  });

  it("get a name predicate when only a sibling of the same node id has one", () => {
    const items = itemsOf(
      smallTemplate({
        items: object("CLUSTER", "at0002", nameList("Left")) + object("CLUSTER", "at0002"),
        terms: { at0002: "Side" },
      }),
    );
    expect(items.map(({ path }) => path.at(-1)?.name)).toEqual(["Left", "Side"]);
  });

  it("are numbered when siblings have the same name", () => {
    const items = itemsOf(
      smallTemplate({
        items: object("ELEMENT", "at0002") + object("ELEMENT", "at0003") + object("ELEMENT", "at0004"),
        terms: { at0002: "Pulse!", at0003: "pulse", at0004: "PULSE" },
      }),
    );
    expect(items.map(nodeIdentifier)).toEqual(["pulse", "pulse2", "pulse3"]);
  });

  it("offer every data type below an ELEMENT that is not constrained", () => {
    const [element] = itemsOf(smallTemplate({ items: object("ELEMENT", "at0002"), terms: { at0002: "Any" } }));
    const values = childrenAt(element as TemplateNode, "value");
    expect(values).toHaveLength(17);
    expect(values.map(nodeIdentifier)).toContain("quantity_value");
    expect(values.every(({ name }) => name === "Any")).toBe(true);
  });

  it("keep archetype slots, marked", () => {
    const [slot] = itemsOf(
      smallTemplate({ items: constraint("ARCHETYPE_SLOT", "CLUSTER", "at0002"), terms: { at0002: "Device" } }),
    );
    expect(slot).toMatchObject({ isArchetypeSlot: true, nodeId: "at0002", name: "Device", children: [] });
  });

  it("take a DV_SCALE with its symbols", () => {
    const scale = `<list><value>1.5</value><symbol><value>Mild</value><defining_code><code_string>at0003</code_string></defining_code></symbol></list>`;
    const items = object("ELEMENT", "at0002", attribute("value", constraint("C_DV_SCALE", "DV_SCALE", "", scale)));
    const [element] = itemsOf(smallTemplate({ items, terms: { at0002: "Pain", at0003: "Mild" } }));
    const [value] = childrenAt(element as TemplateNode, "value");
    expect(value?.rmType).toBe("DV_SCALE");
    expect(value?.inputs[0]?.list?.[0]).toMatchObject({ value: "at0003", label: "Mild", ordinal: 1.5 });
  });

  it("take a code of no terminology as free code", () => {
    const code = attribute("defining_code", constraint("C_CODE_PHRASE", "CODE_PHRASE", ""));
    const items = object("ELEMENT", "at0002", attribute("value", object("DV_CODED_TEXT", "", code)));
    const [element] = itemsOf(smallTemplate({ items, terms: { at0002: "Code" } }));
    expect(childrenAt(element as TemplateNode, "value")[0]?.inputs).toEqual([
      { suffix: "code", type: "TEXT" },
      { suffix: "value", type: "TEXT" },
    ]);
  });

  it("keep the exact bounds of real numbers", () => {
    const list = `<list><magnitude><lower_included>true</lower_included><upper_included>false</upper_included><lower>0.1</lower><upper>100.1</upper></magnitude><units>kg</units></list>`;
    const items = object("ELEMENT", "at0002", attribute("value", constraint("C_DV_QUANTITY", "DV_QUANTITY", "", list)));
    const [element] = itemsOf(smallTemplate({ items, terms: { at0002: "Weight" } }));
    const [value] = childrenAt(element as TemplateNode, "value");
    const range = { min: 0.1, minOp: ">=", max: 100.1, maxOp: "<" };
    expect(value?.inputs[0]?.validation).toEqual({ range });
    expect(value?.inputs[1]?.list).toEqual([{ value: "kg", label: "kg", validation: { range } }]);
  });

  it("remember existence and cardinality of their attributes", () => {
    const interval = `<cardinality><interval><lower>1</lower><upper>4</upper></interval></cardinality>`;
    const content = attribute("items", `${object("ELEMENT", "at0003")}${interval}`, "C_MULTIPLE_ATTRIBUTE");
    const terms = { at0002: "Group", at0003: "Value" };
    const [cluster] = itemsOf(smallTemplate({ items: object("CLUSTER", "at0002", content), terms }));
    expect(cluster?.attributeConstraints).toEqual([
      { attribute: "items", isMultiple: true, existence: { min: 1, max: 1 }, cardinality: { min: 1, max: 4 } },
    ]);
  });
});

describe.skipIf(!hasCorpus)("real templates (need the shared corpus)", () => {
  const conformance = hasCorpus
    ? readdirSync(conformanceFolder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".opt"))
    : [];

  it.each(conformance)("%s is read", (file) => {
    const xml = readFileSync(join(conformanceFolder, file), "utf8");
    const started = performance.now();
    const template = parseOperationalTemplate(xml, { file });
    console.log(`${file}: ${xml.length} characters in ${Math.round(performance.now() - started)} ms`);
    expect(template.root.rmType).toBe("COMPOSITION");
    expect(template.root.nodeId).toMatch(/^openEHR-EHR-COMPOSITION\./);
    expect(template.languages[0]).toBe(template.defaultLanguage);
  });

  it("finds systolic pressure by path", () => {
    const xml = readFileSync(join(conformanceFolder, "blood_pressure/template.opt"), "utf8");
    const path = parseAqlPath(
      "/content[openEHR-EHR-OBSERVATION.blood_pressure.v2]/data[at0001]/events[at0006]/data[at0003]/items[at0004]/value",
    );
    const node = nodeAt(parseOperationalTemplate(xml), path);
    expect(node).toMatchObject({ rmType: "DV_QUANTITY", name: "Systolic" });
    expect(node?.inputs.find(({ suffix }) => suffix === "unit")?.list?.map(({ value }) => value)).toEqual(["mm[Hg]"]);
  });

  it("joins the transitions of an ACTION into one node with the states of each careflow step", () => {
    const template = corpusTemplate("test-ism.vitagroup.de.v1.opt");
    const joined = [...descendants(template.root)].find(
      (node) => nodeIdentifier(node) === "ism_transition" && node.inContext,
    );
    const step = joined?.children.find(({ attribute: name }) => name === "careflow_step");
    expect(step?.inputs[0]?.list?.length).toBeGreaterThan(1);
    for (const entry of step?.inputs[0]?.list ?? []) expect(entry.currentStates?.length).toBeGreaterThan(0);
  });

  it.each(["\uFEFF", "\n \t", "\uFEFF\r\n", "\u00EF\u00BB\u00BF"])("ignores %j before the XML", (start) => {
    const xml = readCorpusTemplate("nested.en.v1.opt").replace("\uFEFF", "");
    expect(parseOperationalTemplate(start + xml).templateId).toBe("nested.en.v1");
  });
});

describe("booleans of intervals", () => {
  it.each(["true", "1"])("are those of XML: %s", (yes) => {
    const many = `<occurrences><lower_unbounded>0</lower_unbounded><lower>1</lower><upper_unbounded>${yes}</upper_unbounded></occurrences>`;
    const xml = smallTemplate({ items: object("ELEMENT", "at0002", "", many), terms: { at0002: "Part" } });
    expect(nodeAt(parseOperationalTemplate(xml), parseAqlPath(`${ITEMS}[at0002]`))).toMatchObject({ min: 1, max: -1 });
  });
});

describe("what is no usable template", () => {
  it.each([
    ["", "TEMPLATE_NOT_XML"],
    ["   ", "TEMPLATE_NOT_XML"],
    ["{}", "TEMPLATE_NOT_XML"],
    ["template <template/>", "TEMPLATE_NOT_XML"],
    ["<template>", "TEMPLATE_NOT_XML"],
    ["<template></other>", "TEMPLATE_NOT_XML"],
    ["<template a='1' a='2'/>", "TEMPLATE_NOT_XML"],
    ["<template>&nbsp;</template>", "TEMPLATE_NOT_XML"],
    ["<?xml version='1.0'?>", "TEMPLATE_NOT_XML"],
    ["<archetype/>", "TEMPLATE_NOT_OPT"],
    ["<template/>", "TEMPLATE_INCOMPLETE"],
    [smallTemplate({ templateId: " " }), "TEMPLATE_INCOMPLETE"],
    [smallTemplate({ items: object("ELEMENT", "at0009") }), "TEMPLATE_TERM_MISSING"],
    [smallTemplate({ items: object("ELEMENT", "at0002"), terms: { at0002: "%%%" } }), "TEMPLATE_NAME_UNUSABLE"],
    [smallTemplate({ items: object(" ", "at0002") }), "TEMPLATE_INCOMPLETE"],
  ])("%# is refused", (xml, code) => {
    expect(() => parseOperationalTemplate(xml)).toThrow(expect.objectContaining({ code }));
  });

  it("is told with file, line and column", () => {
    const xml = smallTemplate({ items: "\n\n   <children></child>" });
    expect(() => parseOperationalTemplate(`\n${xml}`, { file: "small.opt" })).toThrow(
      expect.objectContaining({ place: { position: { file: "small.opt", line: 9, column: expect.any(Number) } } }),
    );
  });

  it("names the root element it found", () => {
    expect(() => parseOperationalTemplate("<a:archetype xmlns:a='x'/>")).toThrow(/"a:archetype"/);
  });

  it("names the code and the archetype of a missing term", () => {
    const xml = smallTemplate({ items: object("ELEMENT", "at0009") });
    expect(() => parseOperationalTemplate(xml)).toThrow(/at0009 in openEHR-EHR-EVALUATION\.small\.v1/);
  });
});
