import { describe, expect, it } from "vitest";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { ITEMS, object, smallTemplate } from "../template/small-template.js";
import { compositionOfItems, element, elementOf } from "./small-validation-template.js";

const TEXT = object("DV_TEXT", "");
const note = (text: string): RmObject => elementOf({ _type: "DV_TEXT", value: text });
const other = (text: string): RmObject => elementOf({ _type: "DV_TEXT", value: text }, "at0003", "Other");

/** A tree of repeatable notes and others with a cardinality. */
function templateOf(isOrdered: boolean, isUnique: boolean): Template {
  const cardinality = `<cardinality><is_ordered>${isOrdered}</is_ordered><is_unique>${isUnique}</is_unique><interval><lower>0</lower><upper_unbounded>true</upper_unbounded></interval></cardinality>`;
  const items = element("at0002", TEXT) + element("at0003", TEXT);
  const xml = smallTemplate({ items, terms: { at0002: "Finding", at0003: "Other" } });
  return parseOperationalTemplate(
    xml.replace("<rm_attribute_name>items</rm_attribute_name>", (name) => `${name}${cardinality}`),
  );
}

function findings(template: Template, items: readonly RmObject[], cardinalities = true) {
  return validateComposition(compositionOfItems(template, ...items), template, { cardinalities }).map(
    ({ rule, path, expected, found, location }) => ({ rule, path, expected, found, location }),
  );
}

const location = "/content[openEHR-EHR-EVALUATION.small.v1, 1]/data[at0001]";

describe("members of a list that the template calls ordered", () => {
  it("may stand in any order: that it means something is for the reader", () => {
    expect(findings(templateOf(true, false), [other("b"), note("a"), other("c")])).toEqual([]);
  });
});

describe("members of a list that the template calls unique", () => {
  const template = templateOf(false, true);

  it("differ in more than their uid", () => {
    expect(findings(template, [note("a"), note("b"), other("a")])).toEqual([]);
    const again = { ...note("a"), uid: { _type: "HIER_OBJECT_ID", value: "9" } };
    expect(findings(template, [note("a"), note("b"), again])).toEqual([
      { rule: "template-unique", path: ITEMS, expected: "members that differ", found: "at0002", location },
    ]);
    expect(findings(templateOf(false, false), [note("a"), note("a")])).toEqual([]);
  });
});
