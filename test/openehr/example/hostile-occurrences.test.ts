import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { attribute, object, occurrences, smallTemplate } from "../template/small-template.js";

function templateDemanding(least: string) {
  const many = occurrences(least, "*");
  const inner = object("CLUSTER", "at0002", attribute("items", object("ELEMENT", "at0002", "", many)), many);
  return parseOperationalTemplate(smallTemplate({ items: inner, terms: { at0002: "Part" } }));
}

describe("a template that demands more occurrences than there can be", () => {
  it.each(["1000", "99999999999"])("%s at every level: has no example", (least) => {
    const make = () =>
      exampleComposition(templateDemanding(least), { extent: "minimal", now: () => "2026-11-21T10:30:00" });
    expect(make).toThrow(expect.objectContaining({ code: "EXAMPLE_TOO_LARGE" }));
  });
});
