import { describe, expect, it } from "vitest";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { attribute, nameList, object, smallTemplate } from "./small-template.js";

const limits = { characters: Number.POSITIVE_INFINITY };

function refusedAs(code: string) {
  return expect.objectContaining({ name: "Problem", code });
}

describe("hostile templates are refused", () => {
  it("with an external entity", () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE template [<!ENTITY file SYSTEM "file:///etc/passwd">]><template>&file;</template>`;
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_HAS_DOCTYPE"));
  });

  it("with entities that multiply", () => {
    const entities = Array.from({ length: 20 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};&e${at};">`).join("");
    const xml = `<!-- a --><?a b?>\n<!DOCTYPE template [<!ENTITY e0 "ha">${entities}]><template>&e20;</template>`;
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_HAS_DOCTYPE"));
  });

  it("with a document type that never ends, without reading it", () => {
    const xml = `<!DOCTYPE template [${"<!ENTITY a 'b'>".repeat(1_000_000)}`;
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_HAS_DOCTYPE"));
  });

  it("with a document type behind the root element", () => {
    const xml = `<template/><!DOCTYPE template><template/>`;
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_NOT_XML"));
  });

  it("with an entity that nobody defined", () => {
    const xml = smallTemplate({ terms: { at0001: "&lol;" } });
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_NOT_XML"));
  });

  it("with 100 MB of nested elements, by size and by depth", () => {
    const xml = "<template>".repeat(10_000_000);
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_TOO_LARGE"));
    expect(() => parseOperationalTemplate(xml, { limits })).toThrow(refusedAs("TEMPLATE_TOO_LARGE"));
  });

  it("with nesting inside a part that is not kept", () => {
    const xml = `<template><view>${"<a>".repeat(1000)}`;
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_TOO_LARGE"));
  });

  it("with millions of elements", () => {
    const xml = `<template>${"<a/>".repeat(2_000_000)}</template>`;
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_TOO_LARGE"));
  });

  it("with lists of names that multiply from level to level", () => {
    const names = nameList(...Array.from({ length: 20 }, (_, at) => `Name ${at}`));
    let items = object("ELEMENT", "at0002");
    for (let level = 0; level < 10; level++) {
      items = object("CLUSTER", "at0002", names + attribute("items", items, "C_MULTIPLE_ATTRIBUTE"));
    }
    const xml = smallTemplate({ items, terms: { at0002: "Part" } });
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_TOO_LARGE"));
  });

  it("with many names over many children", () => {
    const names = nameList(...Array.from({ length: 5000 }, (_, at) => `Name ${at}`));
    const codes = "<code_list>at0002</code_list>".repeat(20_000);
    const phrase = `<children xsi:type="C_CODE_PHRASE"><rm_type_name>CODE_PHRASE</rm_type_name><terminology_id><value>local</value></terminology_id>${codes}</children>`;
    const value = attribute("value", object("DV_CODED_TEXT", "", attribute("defining_code", phrase)));
    const xml = smallTemplate({ items: object("ELEMENT", "at0002", names + value), terms: { at0002: "Part" } });
    expect(() => parseOperationalTemplate(xml)).toThrow(refusedAs("TEMPLATE_TOO_LARGE"));
  });
});

describe("names that mean something to JavaScript", () => {
  it("are names like others", () => {
    const items = object("ELEMENT", "__proto__") + object("ELEMENT", "constructor");
    const xml = smallTemplate({ items, terms: { constructor: "toString", at0003: "x" } }).replace(
      `code="at0003"`,
      `code="__proto__"`,
    );
    const { root } = parseOperationalTemplate(xml);
    expect(root.name).toBe("Report");
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
