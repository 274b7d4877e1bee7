import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { readCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import { compositionToFlat } from "../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../src/openehr/formats/flat/flat-reader.js";
import { compositionToStructured, readStructured } from "../../../src/openehr/formats/structured/structured.js";
import { concreteSubclassesOf } from "../../../src/openehr/rm/rm-classes.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { hasCorpus } from "../template/corpus.js";
import { allTemplates, objectsOf, templateNamed } from "./all-templates.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const now = (): string => "2026-11-21T10:30:00";
/** The same seeds in every run but the long one, which looks for new ones. */
const settings = { numRuns: isLong ? 60 : 2, ...(isLong ? {} : { seed: 5 }) };

/**
 * Templates of which FLAT cannot hold all that is mandatory: nothing but empty sections, and names of any code, whose code
 * FLAT has no key for unless the text differs from the template's as well.
 */
const MORE_THAN_FLAT_HOLDS = ["section_cardinality.opt", "wordwithandin_test.v0.opt"];

/** Tries something on random compositions of a template. */
function forExamples(name: string, check: (composition: RmObject) => void): void {
  const template = templateNamed(name);
  const example = fc.nat().map((seed) => exampleComposition(template, { extent: "random", now, seed }));
  fc.assert(fc.property(example, check), settings);
}

/** Canonical JSON with numbers as doubles, whatever digits they were written with. */
function plainJson(composition: RmObject): unknown {
  return JSON.parse(JSON.stringify(writeCanonicalJson(composition)));
}

describe.skipIf(!hasCorpus)("random compositions of every template (needs the shared corpus)", () => {
  it.each([...allTemplates.keys()])("%s: are valid", (name) => {
    forExamples(name, (composition) => {
      expect(validateComposition(composition, templateNamed(name))).toEqual([]);
    });
  });

  it.each([...allTemplates.keys()])("%s: come back from canonical JSON and from canonical XML", (name) => {
    forExamples(name, (composition) => {
      expect(readCanonicalJson(plainJson(composition))).toEqual(composition);
      expect(readCanonicalXml(writeCanonicalXml(composition))).toEqual(composition);
    });
  });

  it.each([...allTemplates.keys()])("%s: come back from FLAT to the same FLAT", (name) => {
    const template = templateNamed(name);
    forExamples(name, (composition) => {
      const flat = compositionToFlat(composition, template);
      const again = completeComposition(readFlat(flat, template, { now }), { now });
      expect(compositionToFlat(again, template)).toEqual(flat);
      if (!MORE_THAN_FLAT_HOLDS.includes(name)) expect(validateComposition(again, template)).toEqual([]);
    });
  });

  it.each([...allTemplates.keys()].filter((name) => !MORE_THAN_FLAT_HOLDS.includes(name)))(
    "%s: come back from FLAT as they were, unless something is reported as left out",
    (name) => {
      const template = templateNamed(name);
      forExamples(name, (composition) => {
        const leftOut: string[] = [];
        const flat = compositionToFlat(composition, template, (path) => leftOut.push(path));
        const again = completeComposition(readFlat(flat, template, { now }), { now });
        if (leftOut.length === 0) expect(plainJson(again)).toEqual(plainJson(composition));
      });
    },
  );

  it.each([...allTemplates.keys()])("%s: come back from STRUCTURED to the same STRUCTURED", (name) => {
    const template = templateNamed(name);
    forExamples(name, (composition) => {
      const structured = compositionToStructured(composition, template);
      const again = completeComposition(readStructured(structured, template, { now }), { now });
      expect(compositionToStructured(again, template)).toEqual(structured);
    });
  });

  it("between them have values of every class that a template can name", () => {
    const seen = new Set<string>();
    for (const name of allTemplates.keys()) {
      const template = templateNamed(name);
      for (let seed = 0; seed < 16; seed++) {
        const composition = exampleComposition(template, { extent: "random", now, seed });
        for (const { _type } of objectsOf(composition)) seen.add(_type);
      }
    }
    const rare = new Set(["DV_PARAGRAPH", "DV_GENERAL_TIME_SPECIFICATION", "DV_PERIODIC_TIME_SPECIFICATION"]);
    const missing = concreteSubclassesOf("DATA_VALUE").filter((type) => !seen.has(type) && !rare.has(type));
    expect(missing).toEqual([]);
  });
});
