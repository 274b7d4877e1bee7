import { describe, expect, it } from "vitest";
import { Account } from "../../../src/engine/account/account.js";
import type { RuleApplication } from "../../../src/engine/account/rule-application.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { bundleOf, firstBodyLine, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const data = "$archetype/data[at0001]";

const mapper = wardMapper({
  name: "EVALUATION.problem.v1",
  type: "Condition",
  body: `mappings:
  - { name: diagnosis, with: { fhir: "$resource.code.text", openehr: "${data}/items[at0002]" } }
  - name: guarded
    with: { fhir: "$resource.note.text", openehr: "${data}/items[at0002]" }
    fhirCondition: { targetRoot: "$resource.note", targetAttribute: time, operator: "one of", criteria: "2024" }
    openehrCondition: { targetRoot: "${data}/items[at0006]", targetAttribute: value/magnitude, operator: "one of", criteria: "9" }
  - { name: there, unidirectional: openehr->fhir, with: { fhir: "$resource.recorder.display", openehr: "${data}/items[at0002]" } }
  - { name: nothing, with: { fhir: "$resource.recordedDate", openehr: "${data}/items[at0004]" } }
  - { name: kinds, with: { fhir: "$resource.subject", openehr: "${data}/items[at0006]" } }`,
});

const condition: JsonObject = {
  resourceType: "Condition",
  code: { text: "Cold", coding: [{ code: "82272006" }] },
  note: [{ text: "Since Monday", time: "2023" }],
  subject: { display: "Ann" },
};

function accountOfOpenEhr(input: JsonObject) {
  const account = new Account();
  mapper.toOpenEhr(input, wardSettings, { account }).composition();
  return account.report();
}

function accountOfFhir(flat: JsonObject) {
  const account = new Account();
  mapper.toFhir(mapper.readComposition(flat, wardSettings), wardSettings, { account });
  return account.report();
}

/** The only application of a rule. */
function of(rule: string, applications: readonly RuleApplication[]): RuleApplication {
  const [only, ...others] = applications.filter(({ actor }) => typeof actor === "object" && actor.rule === rule);
  if (only === undefined || others.length > 0) throw new Error(`${rule} was not applied once`);
  return only;
}

describe("the application of a rule to FHIR", () => {
  const { applications, touched, untouched, output } = accountOfOpenEhr(bundleOf(condition));
  const resource = "/entry/0/resource";

  it("names the rule with file and line, what it read and what it wrote", () => {
    const application = of("diagnosis", applications);
    expect(application.actor).toEqual({
      mapping: "EVALUATION.problem.v1",
      rule: "diagnosis",
      position: expect.objectContaining({ file: "EVALUATION.problem.v1.yml", line: firstBodyLine + 1 }),
    });
    expect(application.reads).toEqual([{ document: 0, path: `${resource}/code/text` }]);
    expect(application.writes).toEqual(["/content/0/data/items/0/value/value"]);
    expect(application.withoutEffect).toBeUndefined();
  });

  it("says why it wrote nothing", () => {
    const reasons = ["guarded", "there", "nothing", "kinds"].map((rule) => of(rule, applications).withoutEffect);
    expect(reasons).toEqual(["condition false", "other direction", "no value", "no converter"]);
  });

  it("leaves what no rule looked at untouched", () => {
    const untouchedPaths = untouched.map(({ path }) => path);
    expect(untouchedPaths).toContain(`${resource}/code/coding/0/code`);
    expect(touched.map(({ path }) => path)).toContain(`${resource}/note/0/time`);
    expect(untouchedPaths).not.toContain(`${resource}/note/0/time`);
  });

  it("gives what the composition needs anyway its name", () => {
    const language = output.find(({ path }) => path === "/language/code_string");
    expect(language?.origin).toEqual({ default: "COMPOSITION.language" });
  });
});

describe("the account of a share of a Bundle", () => {
  it("names places in the whole Bundle, and tells the caller its own resources", () => {
    const other = { resourceType: "Condition", code: { text: "Fever" } };
    const whole = bundleOf(other, condition);
    const entries = whole.entry as JsonObject[];
    const account = new Account();
    const read: JsonObject[] = [];
    mapper
      .toOpenEhr({ ...whole, entry: entries.slice(1) }, wardSettings, {
        resolveIn: whole,
        onRead: (resource) => read.push(resource),
        account,
      })
      .composition();
    const report = account.report();
    expect(of("diagnosis", report.applications).reads).toEqual([{ document: 0, path: "/entry/1/resource/code/text" }]);
    expect(report.untouched).toContainEqual({ document: 0, path: "/entry/0/resource/code/text" });
    expect(read).toHaveLength(1);
    expect(read[0]).toBe(condition);
  });
});

describe("the application of a rule to a composition", () => {
  const { applications, output } = accountOfFhir({
    "ward/problem:0/diagnosis|other": "Cold",
    "ward/problem:0/episodes": 2,
  });

  it("names what it read and what it wrote", () => {
    const { reads, writes } = of("diagnosis", applications);
    expect(reads.map(({ path }) => path)).toContain("/content/0/data/items/0/value/value");
    expect(writes).toEqual(["/entry/0/resource/code/text"]);
  });

  it("says why it wrote nothing", () => {
    const reasons = ["guarded", "nothing", "kinds"].map((rule) => of(rule, applications).withoutEffect);
    expect(reasons).toEqual(["condition false", "no value", "no converter"]);
  });

  it("gives what a Bundle has anyway its name", () => {
    expect(output.find(({ path }) => path === "/type")?.origin).toEqual({ default: "Bundle.type" });
  });
});

describe("values that replace one another are told of:", () => {
  const rules = wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:
  - { name: first, with: { fhir: "$resource.code.text", openehr: "${data}/items[at0008 and name/value='Left']" } }
  - { name: second, with: { fhir: "$resource.code.text", openehr: "${data}/items[at0008 and name/value='Right']" } }
  - { name: grade, with: { fhir: "$resource.severity.text", openehr: "${data}/items[at0002]" } }
  - { name: report, with: { fhir: "$resource.category.text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }
  - { name: every, with: { fhir: "$resource.bodySite.text", openehr: "${data}/items[at0008 and name/value='Left']" } }
  - name: subject
    with: { fhir: "$resource.subject", openehr: "$archetype", type: NONE }
    followedBy:
      mappings:
        - { name: one, with: { fhir: "$fhirRoot.display", openehr: "${data}/items[at0008 and name/value='Left']" } }
        - { name: other, with: { fhir: "$fhirRoot.display", openehr: "${data}/items[at0008 and name/value='Right']" } }`,
  });
  const accountOf = (flat: JsonObject) => {
    const account = new Account();
    rules.toFhir(rules.readComposition(flat, wardSettings), wardSettings, { account });
    return account.report();
  };
  const [left, right] = ["ward/problem:0/left", "ward/problem:0/right"];

  it("a rule of which nothing is left says that it was overwritten, and by which rule", () => {
    const { applications } = accountOf({ [left]: "l", [right]: "r" });
    for (const [lost, kept] of [
      ["first", "second"],
      ["subject.one", "subject.other"],
    ] as const) {
      expect(of(lost, applications)).toMatchObject({ withoutEffect: "overwritten", writes: [] });
      expect(of(lost, applications).overwrittenBy).toEqual([of(kept, applications)]);
      expect(of(kept, applications)).toMatchObject({ withoutEffect: undefined, overwrittenBy: [] });
    }
  });

  it("a rule that replaces its own values says so", () => {
    const diagnosis = (at: number) => `ward/problem:${at}/diagnosis|other`;
    const { applications } = accountOf({ [left]: "l", [diagnosis(0)]: "a", [diagnosis(1)]: "b" });
    const grade = of("grade", applications);
    expect(grade).toMatchObject({ withoutEffect: undefined, writes: ["/entry/0/resource/severity/text"] });
    expect(grade.reads.map(({ path }) => path)).toContain("/content/1/data/items/0/value/value");
    expect(grade.overwrittenBy).toEqual([grade]);
  });

  it("values that stand beside one another are not", () => {
    const { applications } = accountOf({ [left]: "l", "ward/problem:1/left": "m" });
    expect(of("every", applications).overwrittenBy).toEqual([]);
    expect(of("every", applications).writes).toHaveLength(2);
  });

  it("on the way to openEHR as well", () => {
    const account = new Account();
    const texts = (...all: readonly string[]) => all.map((text) => ({ text }));
    const resource = {
      resourceType: "Condition",
      code: { text: "c" },
      bodySite: texts("d"),
      category: texts("e", "f"),
    };
    rules.toOpenEhr(resource, wardSettings, { account }).composition();
    const { applications } = account.report();
    const report = of("report", applications);
    expect(of("first", applications).overwrittenBy).toEqual([of("every", applications)]);
    expect(of("first", applications).withoutEffect).toBe("overwritten");
    expect(report.overwrittenBy).toEqual([report]);
    expect(of("second", applications).overwrittenBy).toEqual([]);
  });
});

describe("what is not written although it fits, or does not fit, is told of:", () => {
  const account = new Account();
  const fixed = wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:
  - { name: early, with: { fhir: "$resource.recordedDate", openehr: "$composition/context/start_time" } }
  - { name: late, with: { fhir: "$resource.abatement.as(dateTime)", openehr: "$composition/context/start_time" } }
  - name: constant
    with: { fhir: "$resource", openehr: "${data}/items[at0006]" }
    manual: [{ name: m, openehr: [{ path: "", value: many }] }]`,
  });
  const times = { recordedDate: "2024-06-01T10:00:00+02:00", abatementDateTime: "2024-06-02T10:00:00+02:00" };
  fixed.toOpenEhr({ resourceType: "Condition", ...times }, wardSettings, { account }).composition();
  const { applications } = account.report();

  it("a start later than the one that the context keeps", () => {
    expect(of("early", applications).withoutEffect).toBeUndefined();
    expect(of("late", applications)).toMatchObject({ withoutEffect: "overwritten", writes: [] });
  });

  it("a constant that is no value of its place", () => {
    expect(of("constant.m", applications)).toMatchObject({ withoutEffect: "no converter", writes: [] });
  });
});
