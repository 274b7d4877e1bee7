import { describe, expect, it } from "vitest";
import { hasCorpus } from "../../conformance/corpus.js";
import { corpusSettings } from "../fixtures/published-mapper.js";
import { allSubjects, outcomeOf, type Subject } from "../mutations/mapping-subjects.js";
import { isLong, seededNumbers, shuffled } from "../mutations/seeded-choice.js";

if (!hasCorpus) console.info("../shared is not there: requests are mixed from the project's own examples only");

const count = isLong ? 10_000 : 1000;

/** Requests for different mappers, directions and inputs, in a seeded order. */
function mixed(): readonly Subject[] {
  const subjects = allSubjects();
  const next = seededNumbers("mixed requests");
  const picked = Array.from({ length: count }, (_, at) => subjects[at % subjects.length] as Subject);
  return shuffled(picked, next);
}

function answer({ mapper, direction, input }: Subject): string {
  return JSON.stringify(outcomeOf(mapper, direction, input()));
}

/** One request in three turns, so that others come in between reading, mapping and writing. */
async function inTurns({ mapper, direction, input }: Subject, turn: () => Promise<void>): Promise<string> {
  await turn();
  const body = input();
  if (direction === "toopenehr") {
    await turn();
    const mapped = mapper.toOpenEhr(body as never, corpusSettings);
    await turn();
    return JSON.stringify({ result: mapped.composition() });
  }
  const compositions = mapper.readComposition(body, corpusSettings);
  await turn();
  const bundle = mapper.toFhir(compositions, corpusSettings);
  await turn();
  return JSON.stringify({ result: bundle });
}

/** Writes over everything that a value holds, all the way down. */
function spoil(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== "object" || value === null || seen.has(value) || Object.isFrozen(value)) return;
  seen.add(value);
  for (const [member, content] of Object.entries(value)) {
    spoil(content, seen);
    Reflect.set(value, member, "spoilt");
  }
}

describe(`${count} mixed requests in one process`, () => {
  const requests = mixed();
  const expected = new Map(allSubjects().map((subject) => [subject.id, answer(subject)]));

  it("answer what they answer one after the other", async () => {
    const next = seededNumbers("turns");
    const turn = () =>
      new Promise<void>((resolve) => {
        if (next() < 0.5) setImmediate(resolve);
        else queueMicrotask(resolve);
      });
    const answers = await Promise.all(requests.map((request) => inTurns(request, turn)));
    const wrong = requests.filter((request, at) => answers[at] !== expected.get(request.id));
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("are not changed by one that writes over its input, its tree and its result while they run", () => {
    const wrong: string[] = [];
    let before: readonly unknown[] = [];
    for (const request of requests) {
      const { id, mapper, direction, input } = request;
      const body = input();
      const tree = direction === "tofhir" ? mapper.readComposition(body, corpusSettings) : [];
      for (const value of before) spoil(value);
      const result =
        direction === "tofhir"
          ? mapper.toFhir(tree, corpusSettings)
          : mapper.toOpenEhr(body as never, corpusSettings).composition();
      if (JSON.stringify({ result }) !== expected.get(id)) wrong.push(id);
      before = [body, tree, result];
    }
    expect(wrong).toEqual([]);
  });
});
