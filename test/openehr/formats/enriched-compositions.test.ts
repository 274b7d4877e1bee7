import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomSource } from "../../../src/openehr/example/random-source.js";
import {
  exampleComposition,
  type RmObject,
  readCanonicalJson,
  readCanonicalXml,
  readCompositionIn,
  type Template,
  writeCanonicalJson,
  writeCanonicalXml,
  writeCompositionIn,
} from "../../../src/openehr/index.js";
import { attributesOf, concreteSubclassesOf, isSubclassOf } from "../../../src/openehr/rm/rm-classes.js";
import { allTemplates, objectsOf, templateNamed } from "../example/all-templates.js";
import { hasCorpus } from "../template/corpus.js";
import { enrichedComposition } from "./enriched-composition.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const timeout = isLong ? 600_000 : 60_000;
const now = (): string => "2026-11-21T10:30:00";
/** The same seeds in every run but the long one, which looks for new ones. */
const settings = { numRuns: isLong ? 40 : 1, ...(isLong ? {} : { seed: 7 }) };

/** Sections without content, which FLAT cannot tell from none. */
const MORE_THAN_FLAT_HOLDS = ["section_cardinality.opt"];

function enriched(template: Template, seed: number, given?: number): RmObject {
  const random = new RandomSource(seed);
  const share = given ?? random.pick([0.05, 0.15, 0.3]) ?? 0.1;
  const example = exampleComposition(template, { extent: "random", now, seed });
  return enrichedComposition(example, random, { share });
}

/** Tries something on random compositions of a template that have all that the reference model allows. */
function forEnriched(name: string, check: (composition: RmObject, template: Template) => void): void {
  const template = templateNamed(name);
  fc.assert(
    fc.property(fc.nat(1_000_000), (seed) => check(enriched(template, seed), template)),
    settings,
  );
}

function plain(composition: RmObject): unknown {
  return JSON.parse(JSON.stringify(writeCanonicalJson(composition)));
}

/** Paths of what the first document has and the second has not, or has otherwise. */
function* missingIn(second: unknown, first: unknown, path = ""): Generator<string, void, undefined> {
  if (typeof first !== "object" || first === null || typeof second !== "object" || second === null) {
    if (first !== second && first !== undefined) yield path;
    return;
  }
  for (const [name, value] of Object.entries(first)) {
    // The class of an object goes with the members that only it has.
    if (name === "archetype_details") continue;
    const below = Array.isArray(first) ? path : name === "_type" ? path : `${path}/${name}`;
    yield* missingIn((second as Record<string, unknown>)[name], value, below);
  }
}

function withoutBrackets(path: string): string {
  return path.replace(/\[[^\]]*\]/g, "");
}

/** Tries that a form is a fixed point, and that everything it loses has been reported. */
function comesBack(format: "flat" | "structured", composition: RmObject, template: Template): void {
  const leftOut: string[] = [];
  const written = writeCompositionIn(format, composition, template, (path) => leftOut.push(withoutBrackets(path)));
  const again = readCompositionIn(format, JSON.parse(written), template, { now });
  expect(JSON.parse(writeCompositionIn(format, again, template))).toEqual(JSON.parse(written));
  const isReported = (path: string): boolean =>
    leftOut.some((each) => each === path || path.startsWith(`${each}/`) || each.startsWith(`${path}/`));
  const lost = [...missingIn(plain(again), plain(composition))].filter((path) => !isReported(path));
  expect([...new Set(lost)]).toEqual([]);
}

describe.skipIf(!hasCorpus)("compositions with everything the reference model allows (needs the shared corpus)", () => {
  const names = [...allTemplates.keys()];
  const inFlat = names.filter((name) => !MORE_THAN_FLAT_HOLDS.includes(name));

  it.each(names)(
    "%s: come back from canonical JSON and from canonical XML, and say the same in both",
    (name) => {
      forEnriched(name, (composition) => {
        expect(readCanonicalJson(plain(composition))).toEqual(composition);
        const fromXml = readCanonicalXml(writeCanonicalXml(composition));
        expect(fromXml).toEqual(composition);
        expect(writeCanonicalXml(readCanonicalJson(plain(fromXml)))).toBe(writeCanonicalXml(composition));
      });
    },
    timeout,
  );

  it.each(inFlat)(
    "%s: come back from FLAT but for what was reported",
    (name) => forEnriched(name, (composition, template) => comesBack("flat", composition, template)),
    timeout,
  );

  it.each(inFlat)(
    "%s: come back from STRUCTURED but for what was reported",
    (name) => forEnriched(name, (composition, template) => comesBack("structured", composition, template)),
    timeout,
  );

  it(
    "between them have every attribute of every class that values and entries are made of",
    () => {
      const seen = new Set<string>();
      for (const name of names.filter((each) => /all_types|dv_scale|ism|corona|conformance_ehrbase/.test(each))) {
        for (let seed = 0; seed < 12; seed++) {
          for (const object of objectsOf(enriched(templateNamed(name), seed, 0.4))) {
            for (const attribute of Object.keys(object)) seen.add(`${object._type}.${attribute}`);
          }
        }
      }
      // Of these there is no node in any of these templates.
      const rare = new Set([
        "DV_STATE",
        "DV_PARAGRAPH",
        "DV_GENERAL_TIME_SPECIFICATION",
        "DV_PERIODIC_TIME_SPECIFICATION",
      ]);
      const classes = ["DATA_VALUE", "PARTY_PROXY", "PARTICIPATION", "LINK", "FEEDER_AUDIT", "TERM_MAPPING", "ENTRY"]
        .flatMap(concreteSubclassesOf)
        .filter((each) => !rare.has(each));
      const missing = classes.flatMap((each) =>
        attributesOf(each).flatMap(({ name, type }) =>
          seen.has(`${each}.${name}`) || isSubclassOf(type, "LOCATABLE") ? [] : [`${each}.${name}`],
        ),
      );
      expect(missing).toEqual([]);
    },
    timeout,
  );
});
