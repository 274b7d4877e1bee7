import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/errors/problem.js";
import { flatNames } from "../../../src/openehr/template/flat-names.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { hasCorpus, readCorpusTemplate } from "./corpus.js";

const runs = process.env.CAUSEWAY_TEST_LENGTH === "long" ? 2000 : 60;

/** Reads a text that may be anything; only a Problem may stop it. */
function readsOrRefuses(xml: string): void {
  try {
    flatNames(parseOperationalTemplate(xml));
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
  }
}

describe.skipIf(!hasCorpus)("a damaged template (needs the shared corpus)", () => {
  const sources = hasCorpus
    ? ["minimal_action3.opt", "nested.en.v1.opt", "Test_quantity_dv_interval_dv_date_time_open_constraint.v0.opt"].map(
        readCorpusTemplate,
      )
    : [""];

  it("is read or refused with a Problem when characters are replaced", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.string({ maxLength: 8 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...sources), edits, (source, changes) => {
        let xml = source;
        for (const [at, length, text] of changes) {
          const start = at % xml.length;
          xml = xml.slice(0, start) + text + xml.slice(start + length);
        }
        readsOrRefuses(xml);
      }),
      { numRuns: runs },
    );
  });

  it("is read or refused with a Problem when whole elements are lost, doubled or changed", () => {
    const element = /<(?<name>[a-z_]+)(?: [^<>]*)?>[^<>]*<\/\k<name>>/g;
    const found = sources.map((source) => [...source.matchAll(element)]);
    const text = fc.constantFrom(
      "",
      "-1",
      "1e999",
      "DV_SCALE",
      "ELEMENT",
      "__proto__",
      "at9999",
      "P1Y",
      "\u{1F600}",
      "*",
    );
    fc.assert(
      fc.property(
        fc.nat(sources.length - 1),
        fc.nat(),
        fc.constantFrom(0, 1, 2),
        text,
        (which, at, kind, replacement) => {
          const source = sources[which] ?? "";
          const match = found[which]?.[at % (found[which]?.length ?? 1)];
          if (match === undefined) return;
          const [whole] = match;
          const changed = ["", whole + whole, whole.replace(/>[^<>]*</, () => `>${replacement}<`)][kind];
          readsOrRefuses(source.slice(0, match.index) + changed + source.slice(match.index + whole.length));
        },
      ),
      { numRuns: runs * 3 },
    );
  });

  it("is read or refused with a Problem when it is cut off", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(), (source, at) =>
        readsOrRefuses(source.slice(0, at % source.length)),
      ),
      { numRuns: runs },
    );
  });
});
