import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import { compositionToFlat } from "../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../src/openehr/formats/flat/flat-reader.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { object, occurrences } from "../template/small-template.js";
import {
  codedText,
  compositionOfItems,
  element,
  elementOf,
  templateOfItems,
} from "../validation/small-validation-template.js";

const now = (): string => "2026-11-21T10:30:00";
const link: RmObject = {
  _type: "LINK",
  meaning: { _type: "DV_TEXT", value: "follows" },
  type: { _type: "DV_TEXT", value: "issue" },
  target: { _type: "DV_EHR_URI", value: "ehr://example.org/1" },
};

describe("nodes at one path", () => {
  it("take intervals by the class of their bounds", () => {
    const interval = (bound: string): string => object(`DV_INTERVAL&lt;${bound}&gt;`, "");
    const template = templateOfItems(element("at0002", interval("DV_COUNT") + interval("DV_DATE")));
    const day: RmObject = { _type: "DV_DATE", value: "2026-11-21" };
    const composition = compositionOfItems(template, elementOf({ _type: "DV_INTERVAL", lower: day, upper: day }));
    const flat = compositionToFlat(composition, template);
    expect(Object.keys(flat).filter((key) => key.includes("interval"))).toEqual([
      "report/finding/finding:0/interval<dv_date>_value/upper",
      "report/finding/finding:0/interval<dv_date>_value/lower",
    ]);
  });

  it("take ELEMENTs by the class of their value, and keep what is said about the ELEMENT", () => {
    const once = occurrences("0", "1");
    const template = templateOfItems(
      element("at0002", codedText("at0010"), once) + element("at0002", object("DV_TEXT", ""), once),
    );
    const text: RmObject = { ...elementOf({ _type: "DV_TEXT", value: "free" }), links: [link] };
    const composition = compositionOfItems(template, text);
    const flat = compositionToFlat(composition, template);
    const again = completeComposition(readFlat(flat, template, { now }), { now });
    const [evaluation] = again.content as RmObject[];
    expect(evaluation).toMatchObject({ data: { items: [text] } });
  });
});
