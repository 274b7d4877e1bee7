import { describe, expect, it } from "vitest";
import { Account } from "../../../src/engine/account/account.js";
import type { AccountReport } from "../../../src/engine/account/rule-application.js";
import { Problem } from "../../../src/errors/problem.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { copyOf } from "../../../src/openehr/rm/copy-value.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { hasCorpus } from "../../conformance/corpus.js";
import { corpusSettings } from "../fixtures/published-mapper.js";
import { anotherValue, at, type JsonPath, leavesOf, replaceAt } from "../mutations/json-leaves.js";
import { allSubjects, type Subject } from "../mutations/mapping-subjects.js";

if (!hasCorpus) console.info("../shared is not there: only the project's own examples are accounted for");

/** Members that say what an object is; an account does not count them. */
const kinds = new Set(["_type", "archetype_node_id", "resourceType"]);

function pathsOf(document: unknown): readonly string[] {
  return leavesOf(document as JsonValue)
    .filter(({ path }) => !kinds.has(String(path.at(-1))))
    .map(({ path }) => path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""));
}

/** What goes into a run, and a run on it. */
interface Runnable {
  readonly documents: readonly object[];
  readonly run: (documents: readonly object[], account?: Account) => JsonObject;
}

function runnable({ mapper, direction, input }: Subject): Runnable {
  if (direction === "tofhir") {
    return {
      documents: mapper.readComposition(input(), corpusSettings),
      run: (documents, account) =>
        mapper.toFhir(documents as never, corpusSettings, account === undefined ? {} : { account }),
    };
  }
  return {
    documents: [input() as object],
    run: ([document], account) =>
      mapper
        .toOpenEhr(document as JsonObject, corpusSettings, account === undefined ? {} : { account })
        .composition() as JsonObject,
  };
}

/** The text of a result, or the problem it ended with. */
function outcome(run: () => JsonObject): string {
  try {
    return JSON.stringify(run());
  } catch (error) {
    if (error instanceof Problem) return `${error.code} ${error.message}`;
    throw error;
  }
}

const subjects = allSubjects();

describe.each(subjects.map((subject) => [subject.id, subject] as const))("the account of %s", (_, subject) => {
  const { documents, run } = runnable(subject);
  const account = new Account();
  const plain = outcome(() => run(documents));
  const watched = outcome(() => run(documents, account));
  const report: AccountReport = account.report();

  it("changes nothing of the result", () => {
    expect(watched).toBe(plain);
  });

  it("has every leaf of the input as touched or untouched, none in both", () => {
    const touched = report.touched.map(({ document, path }) => `${document}${path}`);
    const untouched = report.untouched.map(({ document, path }) => `${document}${path}`);
    const all = documents.flatMap((document, index) => pathsOf(document).map((path) => `${index}${path}`));
    expect(touched.length + untouched.length).toBe(all.length);
    expect(new Set([...touched, ...untouched])).toEqual(new Set(all));
  });

  it("says who read each touched leaf, and that nothing was read or written outside of the rules", () => {
    const read = new Set(report.applications.flatMap(({ reads }) => reads));
    expect(read).toEqual(new Set(report.touched));
    expect(report.applications.filter(({ actor }) => actor === "outside of rules")).toEqual([]);
  });

  it("is right about the untouched ones: the result is the same when all of them change", () => {
    const changed = documents.map(copied);
    for (const { document, path } of report.untouched) {
      const holder = changed[document] as JsonValue;
      const steps = stepsOf(path);
      replaceAt(holder, steps, anotherValue(primitiveOf(at(holder, steps)), 0));
    }
    expect(outcome(() => run(changed))).toBe(plain);
  });

  it("has every leaf of the result as written by a rule or as there by name", () => {
    if (!plain.startsWith("{")) return;
    const result = run(documents);
    expect(report.output.map(({ path }) => path).toSorted()).toEqual([...pathsOf(result)].toSorted());
    expect(report.output.filter(({ origin }) => origin === "unaccounted").map(({ path }) => path)).toEqual([]);
  });
});

/** Compositions hold numbers with their digits, which are no plain data; Bundles hold nulls, which compositions do not. */
function copied(document: object): object {
  return "_type" in document ? (copyOf(document as RmObject) as object) : structuredClone(document);
}

function stepsOf(path: string): JsonPath {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A number that keeps its digits is changed as the number it is. */
function primitiveOf(value: unknown): string | number | boolean | null {
  if (typeof value === "object" && value !== null) return Number(value.valueOf());
  return value as string | number | boolean | null;
}
