import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Answer } from "./assertions.js";
import { corpusFolder, hasCorpus } from "./corpus.js";
import { isJsonObject } from "./json-pointer.js";
import { type CallDirection, type ConformanceCase, readManifest } from "./manifest.js";
import { expectationOf, runCase } from "./run-case.js";

const assertionCase: ConformanceCase = {
  id: "s.tofhir.x",
  scenario: "s",
  direction: "tofhir",
  fhirVersion: "R4",
  template: "t",
  context: "c",
  mappings: [],
  input: "i",
  inputFormat: "flat",
  expected: null,
  compare: { mode: "assertions" },
  assertions: [{ noError: true }],
  upstream: { status: "active" },
};

describe("a case without an expectation is refused", () => {
  it.each<[string, Partial<ConformanceCase>]>([
    ["no assertions", { assertions: undefined }],
    ["an empty list of assertions", { assertions: [] }],
    ["only a precondition", { assertions: [{ on: "input", flat: "a", equals: 1 }] }],
    ["an assertion that cannot be read", { assertions: [{ flat: "a" }] }],
    ["no golden file", { compare: { mode: "strict-json", ignore: [] } }],
    ["a round trip without steps", { direction: "roundtrip" }],
    [
      "a round trip whose steps assert nothing",
      { direction: "roundtrip", steps: [{ direction: "tofhir", assertions: [] }] },
    ],
  ])("%s", (_what, change) => {
    expect(() => expectationOf({ ...assertionCase, ...change } as ConformanceCase)).toThrow();
  });

  it("and fails when it is run, without asking the server", async () => {
    const api = { map: () => Promise.reject(new Error("asked")) };
    const difference = await runCase({ ...assertionCase, assertions: [] }, { api, corpusFolder, templateId: "T" });
    expect(difference).toContain("nothing to test");
  });
});

interface Call {
  readonly direction: CallDirection;
  readonly json: string;
  readonly templateId: string | undefined;
}

/** A server that answers each call with the next of the given bodies and remembers what it was sent. */
function answering(...bodies: readonly unknown[]) {
  const calls: Call[] = [];
  const map = (direction: CallDirection, json: string, templateId: string | undefined): Promise<Answer> => {
    calls.push({ direction, json, templateId });
    return Promise.resolve({ status: 200, body: structuredClone(bodies[calls.length - 1]) });
  };
  return { calls, environment: { api: { map }, corpusFolder, templateId: "T" } };
}

describe.skipIf(!hasCorpus)("cases of the corpus", () => {
  const cases = hasCorpus ? readManifest(corpusFolder).cases : [];
  const caseNamed = (id: string) => {
    const found = cases.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`the corpus has no case ${id}`);
    return found;
  };
  const golden = cases.flatMap((conformanceCase) =>
    conformanceCase.compare.mode === "strict-json" && conformanceCase.expected !== null
      ? [{ conformanceCase, file: join(corpusFolder, conformanceCase.expected) }]
      : [],
  );

  it("pass when the answer is the golden", async () => {
    for (const { conformanceCase, file } of golden) {
      const { environment } = answering(JSON.parse(readFileSync(file, "utf8")));
      expect(await runCase(conformanceCase, environment), conformanceCase.id).toBeUndefined();
    }
  });

  it("fail when one text of the golden is another one in the answer", async () => {
    for (const { conformanceCase, file } of golden) {
      const body: unknown = JSON.parse(readFileSync(file, "utf8"));
      const path = changeLastText(body);
      const { environment } = answering(body);
      expect(await runCase(conformanceCase, environment), conformanceCase.id).toContain(path);
    }
  });

  it("hand the result of a step to the next one", async () => {
    const roundtrip = caseNamed("stu3_blood_pressure.roundtrip.systolic");
    const { calls, environment } = answering({ resourceType: "Bundle" }, { _type: "COMPOSITION" });
    expect(await runCase(roundtrip, environment)).toContain("step 2 (toopenehr)");
    expect(calls.map(({ direction }) => direction)).toEqual(["tofhir", "toopenehr"]);
    expect(calls[1]).toMatchObject({ json: '{"resourceType":"Bundle"}', templateId: "T" });
  });

  it("send a search as it is written, without a template id beside it", async () => {
    const { calls, environment } = answering({ aqls: [], unhandledParams: null });
    await runCase(caseNamed("growth_chart.toaql.category-without-mapping"), environment);
    expect(calls[0]?.templateId).toBeUndefined();
    expect(JSON.parse(calls[0]?.json ?? "")).toHaveProperty("fhirFullUrl");
  });

  it("fail with the message of a server that cannot be reached", async () => {
    const api = { map: () => Promise.reject(new Error("connection refused")) };
    const environment = { api, corpusFolder, templateId: "T" };
    expect(await runCase(caseNamed("growth_chart.tofhir.height-contentitem"), environment)).toBe("connection refused");
  });
});

/** Changes the last text in a document (no ignored path is last in any golden) and says the key it stands under. */
function changeLastText(document: unknown): string {
  let last: { owner: Record<string, unknown>; key: string } | undefined;
  const visit = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        if (typeof member === "string") last = { owner: value, key };
        else visit(member);
      }
    }
  };
  visit(document);
  if (last === undefined) throw new Error("a golden without text");
  last.owner[last.key] = `${String(last.owner[last.key])} changed`;
  return last.key;
}
