import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { rmClass } from "../../../src/openehr/rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../../../src/openehr/rm/rm-object.js";
import { checkTerminology } from "../../../src/openehr/validation/terminology-check.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { CONCRETE_CLASSES, randomRmObject } from "../formats/random-rm-object.js";
import { corpusTemplate, hasCorpus } from "../template/corpus.js";

const runs = process.env.CAUSEWAY_TEST_LENGTH === "long" ? 20_000 : 300;
const now = (): string => "2026-11-21T10:30:00";
const FILES = ["Test_all_types.opt", "test-ism.vitagroup.de.v1.opt", "ehrbase_multi_occurrence.de.opt"];

const GARBAGE: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    [],
    [[]],
    [null],
    {},
    { _type: "x" },
    { _type: "__proto__" },
    "",
    0,
    Number.NaN,
  ),
  fc.constantFrom<unknown>({ _type: "DV_TEXT" }, { _type: "ELEMENT" }, { _type: "DV_INTERVAL", lower: 5 }, true, -1),
  fc.constantFrom(...CONCRETE_CLASSES).chain((name) => randomRmObject(name, fc.string({ maxLength: 5 }))),
);

/** Every object of a tree, parents before children. */
function objectsOf(value: RmValue | undefined): readonly RmObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  return isRmObject(value) ? [value, ...Object.values(value).flatMap(objectsOf)] : [];
}

/** A composition in which some attributes of some objects are something else. */
function spoilt(composition: RmObject, changes: readonly (readonly [number, number, unknown])[]): RmObject {
  const copy = structuredClone(composition);
  for (const [at, member, garbage] of changes) {
    const objects = objectsOf(copy);
    const object = objects[at % objects.length] as RmObject;
    const names = rmClass(object._type)?.attributes.map(({ name }) => name) ?? ["value"];
    object[names[member % names.length] ?? "value"] = structuredClone(garbage) as RmValue;
  }
  return copy;
}

describe.skipIf(!hasCorpus)("validation of anything (needs the shared corpus)", () => {
  it.each(FILES)("never throws for compositions of %s, whatever they hold", (file) => {
    const template = corpusTemplate(file);
    const change = fc.tuple(fc.nat(), fc.nat(), GARBAGE);
    fc.assert(
      fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 5 }), (seed, changes) => {
        const composition = spoilt(exampleComposition(template, { extent: "random", now, seed }), changes);
        for (const finding of validateComposition(composition, template)) expect(finding.message).toBeTruthy();
        checkTerminology(composition);
      }),
      { numRuns: runs },
    );
  });

  it("reports every mandatory attribute that is taken away", () => {
    const template = corpusTemplate("Test_all_types.opt");
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, chosen) => {
        const composition = structuredClone(exampleComposition(template, { extent: "random", now, seed }));
        const places = objectsOf(composition).flatMap((object) =>
          (rmClass(object._type)?.attributes ?? [])
            .filter(({ name, isMandatory, type }) => isMandatory && type !== "BOOLEAN" && object[name] !== undefined)
            .map(({ name }) => ({ object, name })),
        );
        const place = places[chosen % places.length];
        delete place?.object[place.name];
        const rules = validateComposition(composition, template).map(({ rule }) => rule);
        expect(rules.some((rule) => rule === "rm-existence" || rule === "rm-cardinality")).toBe(true);
      }),
      { numRuns: Math.ceil(runs / 5) },
    );
  });
});
