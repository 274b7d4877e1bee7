import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { hasCorpus } from "../../conformance/corpus.js";
import { at, generalPath, type JsonPath, leavesOf, listsOf } from "./json-leaves.js";
import { allSubjects, outcomeOf, runOnce, type Subject } from "./mapping-subjects.js";
import { seededNumbers, shuffled, tenthOf } from "./seeded-choice.js";

if (!hasCorpus) console.info("../shared is not there: only the project's own examples are changed");

/**
 * Lists whose elements are not independent: the first coding is the code and the others its mappings; conditions choose
 * resources by their category; of several identifiers, ingredients, notes and reasons one place takes the last or all of
 * them as one text.
 */
const dependent = /\/(coding|category|identifier|ingredient|note|reasonCode)$/;

type Counts = ReadonlyMap<string, number>;

/** How often each value stands at each place; contained resources are numbered anew by every run. */
function countsOf(document: JsonValue): Counts {
  const counts = new Map<string, number>();
  for (const { path, value } of leavesOf(document)) {
    const place = generalPath(path);
    if (place.endsWith("contained[]/id") || place.endsWith("/reference")) continue;
    const key = `${place} = ${JSON.stringify(value)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The places at which one result has a value more often than another, without the values. */
function more(one: Counts, other: Counts): readonly string[] {
  return [...one].filter(([key, count]) => count > (other.get(key) ?? 0)).map(([key]) => key.split(" = ")[0] ?? "");
}

function listAt(document: JsonValue, path: JsonPath): JsonValue[] {
  const list = at(document, path);
  if (!Array.isArray(list)) throw new Error("no list");
  return list;
}

/** What becomes of a subject's input with one of its lists changed; undefined when that was reported. */
function changed(
  { mapper, direction, input }: Subject,
  path: JsonPath,
  change: (list: JsonValue[]) => void,
): Counts | undefined {
  const body = input();
  change(listAt(body, path));
  const outcome = outcomeOf(mapper, direction, body);
  return "result" in outcome ? countsOf(outcome.result) : undefined;
}

/** Lists of compositions in which one element decides what another gives. */
const deciding: readonly { readonly mapping: string; readonly path: string; readonly why: string }[] = [
  { mapping: "kds/person", path: "/content", why: "a person has one prefix, which several elements and entries make" },
  {
    mapping: "kds/medikationseintrag",
    path: "/content[]/data/events[]/data/items[]/items",
    why: "conditions make a rate of a dose with a duration, and a quantity of one without",
  },
  {
    mapping: "kds/medikationsverabreichung",
    path: "/content[]/description/items[]/items",
    why: "conditions make a rate of a dose with a duration, and a quantity of one without",
  },
];

function isDependent({ texts, direction }: Subject, path: JsonPath): boolean {
  const place = generalPath(path);
  if (dependent.test(place)) return true;
  return direction === "tofhir" && deciding.some((one) => one.mapping === texts.name && place.startsWith(one.path));
}

describe.each(allSubjects().map((subject) => [subject.id, subject] as const))("%s", (id, subject) => {
  const next = seededNumbers(id);
  const lists = tenthOf(
    listsOf(subject.input()).filter((path) => path.length > 0),
    id,
  );
  const original = countsOf(runOnce(subject.mapper, subject.direction, subject.input()));

  it("loses nothing when an element is doubled, and gains nothing but what it has", () => {
    const wrong = lists.flatMap((path) => {
      const which = Math.floor(next() * listAt(subject.input(), path).length);
      const double = changed(subject, path, (list) => list.splice(which, 0, structuredClone(list[which] ?? null)));
      if (double === undefined) return [`${generalPath(path)} refused`];
      const lost = more(original, double).map((place) => `${generalPath(path)} loses ${place}`);
      if (isDependent(subject, path)) return lost;
      const known = new Map([...double].filter(([key]) => !original.has(key)));
      return [...lost, ...[...known.keys()].map((key) => `${generalPath(path)} adds ${key.split(" = ")[0]}`)];
    });
    expect(wrong).toEqual([]);
  });

  it("loses only what an element gave when that is removed", () => {
    const wrong = lists.flatMap((path) => {
      const { length } = listAt(subject.input(), path);
      if (length < 2 || isDependent(subject, path)) return [];
      const which = Math.floor(next() * length);
      const without = changed(subject, path, (list) => list.splice(which, 1));
      return without === undefined ? [] : more(without, original).map((place) => `${generalPath(path)} adds ${place}`);
    });
    expect(wrong).toEqual([]);
  });

  it("gives the same values when independent elements come in another order", () => {
    const wrong = lists.flatMap((path) => {
      if (isDependent(subject, path)) return [];
      const other = changed(subject, path, (list) => list.splice(0, list.length, ...shuffled([...list], next)));
      if (other === undefined) return [`${generalPath(path)} refused`];
      return [...more(other, original), ...more(original, other)].map((place) => `${generalPath(path)} moves ${place}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe("several compositions at once", () => {
  const canonical = allSubjects().filter(({ direction, input }) => {
    const body = input();
    return direction === "tofhir" && !Array.isArray(body) && (body as JsonObject)._type === "COMPOSITION";
  });
  it.each(tenthOf(canonical, "several").map((subject) => [subject.id, subject] as const))(
    "give as many times the resources of one: %s",
    (_, { mapper, input }) => {
      const one = runOnce(mapper, "tofhir", input());
      const three = runOnce(mapper, "tofhir", [input(), input(), input()]);
      const once = countsOf(one.entry ?? null);
      expect(countsOf(three.entry ?? null)).toEqual(new Map([...once].map(([key, count]) => [key, count * 3])));
    },
  );
});
