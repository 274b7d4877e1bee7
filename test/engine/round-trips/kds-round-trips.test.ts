import { afterAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { hasCorpus } from "../../conformance/corpus.js";
import { corpusSettings } from "../fixtures/published-mapper.js";
import { kdsSubjects, outcomeOf, type Subject } from "../mutations/mapping-subjects.js";
import { tenthOf } from "../mutations/seeded-choice.js";
import { type Change, roundTrip } from "./round-trip.js";

if (!hasCorpus) console.info("../shared is not there: no round trips");

/** Counts per mapping and direction, then per explanation. */
class Report {
  readonly #sections = new Map<string, { inputs: number; kept: number; reasons: Map<string, Map<string, number>> }>();

  add(section: string, kept: number, changes: readonly Change[]): void {
    const known = this.#sections.get(section) ?? {
      inputs: 0,
      kept: 0,
      reasons: new Map<string, Map<string, number>>(),
    };
    this.#sections.set(section, known);
    known.inputs++;
    known.kept += kept;
    for (const { kind, path, why } of changes) {
      const reason = `${kind}: ${why ?? "UNEXPLAINED"}`;
      const paths = known.reasons.get(reason) ?? new Map<string, number>();
      known.reasons.set(reason, paths);
      paths.set(path, (paths.get(path) ?? 0) + 1);
    }
  }

  text(): string {
    const lines: string[] = [];
    for (const [section, { inputs, kept, reasons }] of this.#sections) {
      lines.push(`${section}, there and back: ${inputs} inputs, ${kept} values kept`);
      for (const [reason, paths] of [...reasons].toSorted(([one], [other]) => one.localeCompare(other))) {
        const count = [...paths.values()].reduce((sum, one) => sum + one, 0);
        const places = [...paths.keys()];
        const shown = places.slice(0, 3).join(", ");
        lines.push(`  ${count} ${reason}: ${shown}${places.length > 3 ? ` and ${places.length - 3} more places` : ""}`);
      }
    }
    return lines.join("\n");
  }
}

/** The inputs, FLAT ones as the canonical compositions they stand for, so that what comes back can be compared. */
function subjects(): readonly Subject[] {
  return kdsSubjects().map((subject) => {
    const body = subject.input();
    if (subject.direction === "toopenehr" || "_type" in ([body].flat()[0] as JsonObject)) return subject;
    const [composition] = subject.mapper.readComposition(body, corpusSettings);
    const text = JSON.stringify(composition);
    return { ...subject, input: () => JSON.parse(text) as JsonObject };
  });
}

/** At full length all inputs; otherwise a seeded tenth of each mapping and direction, at least one. */
function explainedOnes(): readonly Subject[] {
  const groups = new Map<string, Subject[]>();
  for (const subject of subjects()) {
    const name = `${subject.texts.name} ${subject.direction}`;
    groups.set(name, [...(groups.get(name) ?? []), subject]);
  }
  return [...groups].flatMap(([name, group]) => tenthOf(group, name));
}

describe.skipIf(!hasCorpus)("every KDS composition and Bundle goes there and back", () => {
  const report = new Report();
  afterAll(() => console.info(report.text()));

  it("and gives a result both ways", () => {
    const failed = subjects().filter(({ mapper, direction, input }) => {
      const there = outcomeOf(mapper, direction, input());
      if (!("result" in there)) return true;
      return !("result" in outcomeOf(mapper, direction === "tofhir" ? "toopenehr" : "tofhir", there.result));
    });
    expect(failed.map(({ id }) => id)).toEqual([]);
  });

  it.each(explainedOnes().map((subject) => [subject.id, subject] as const))(
    "and each change is explained: %s",
    (_, subject) => {
      const { kept, changes } = roundTrip(subject);
      report.add(`${subject.texts.name} ${subject.direction}`, kept, changes);
      const unexplained = changes.filter(({ why }) => why === undefined);
      expect(unexplained.map(({ kind, path }) => `${kind} ${path}`)).toEqual([]);
      expect(kept).toBeGreaterThan(0);
    },
  );
});
