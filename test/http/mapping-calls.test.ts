import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Problem, problemKind } from "../../src/errors/problem.js";
import {
  corpusFile,
  haveCorpus,
  type TestApp,
  type TestAppOptions,
  testApp,
  vitalContext,
  vitalModel,
} from "./test-app.js";

const json = { "content-type": "application/json" };
const composition = {
  _type: "COMPOSITION",
  archetype_details: { template_id: { value: "Growth chart" } },
};
const observation = {
  resourceType: "Observation",
  meta: { profile: ["https://example.org/StructureDefinition/vital-check"] },
};

async function appWithContext(options: TestAppOptions = {}): Promise<TestApp> {
  const testing = await testApp(options);
  onTestFinished(() => testing.app.close());
  const upload = (url: string, type: string, payload: string) =>
    testing.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
  await upload("/opt", "application/xml", corpusFile("growth_chart/template.opt"));
  await upload("/fc/model", "application/x-yaml", vitalModel);
  await upload("/fc/context", "application/x-yaml", vitalContext("Growth chart"));
  return testing;
}

describe.skipIf(!haveCorpus)("mapping calls over HTTP", () => {
  let testing: TestApp;
  beforeEach(async () => {
    testing = await appWithContext();
  });

  const call = (url: string, payload: object | string, headers: Record<string, string> = json) =>
    testing.app.inject({ method: "POST", url, headers, payload });

  it.each([
    "/openfhir/tofhir",
    "/tofhir",
    "/openfhir/tofhir?templateId=",
    "/openfhir/tofhir?templateId=Growth%20chart",
    "/openfhir/tofhir?templateId=growth_chart&unknown=1",
  ])("maps to FHIR at %s", async (url) => {
    const answer = await call(url, composition);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.json()).toEqual({ resourceType: "Bundle", total: 1, template: "Growth chart" });
  });

  it.each([
    ["/openfhir/toopenehr", false],
    ["/toopenehr", false],
    ["/openfhir/toopenehr?templateId=growth_chart", false],
    ["/openfhir/toopenehr?flat=true", true],
    ["/openfhir/toopenehr?flat=false", false],
    ["/openfhir/toopenehr?format=FLAT", true],
    ["/openfhir/toopenehr?format=canonical&flat=true", false],
  ])("maps to openEHR at %s, flat: %s", async (url, flat) => {
    const answer = await call(url, observation);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(
      flat ? { "echo/template": "Growth chart" } : { _type: "COMPOSITION", template: "Growth chart" },
    );
  });

  it.each(["application/json; charset=utf-8", "application/fhir+json", "application/openehr+json", "text/plain"])(
    "takes the payload as %s",
    async (type) => {
      expect(
        (await call("/openfhir/toopenehr", JSON.stringify(observation), { "content-type": type })).statusCode,
      ).toBe(200);
    },
  );

  it("compiles once for any number of calls at the same time, and again after a write", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => call("/tofhir", composition)));
    expect(answers.every((answer) => answer.statusCode === 200)).toBe(true);
    expect(testing.compiled).toHaveLength(1);
    await testing.app.inject({
      method: "POST",
      url: "/fc/model",
      headers: { "content-type": "application/x-yaml" },
      payload: vitalModel.replaceAll("pulse", "heartbeat"),
    });
    await call("/tofhir", composition);
    expect(testing.compiled.map((source) => source.mappings.length)).toEqual([1, 2]);
  });

  it("stops mapping as soon as the context is deleted", async () => {
    const [context] = (await testing.app.inject({ url: "/fc/context" })).json();
    expect((await call("/toopenehr", observation)).statusCode).toBe(200);
    await testing.app.inject({ method: "DELETE", url: `/fc/context/${context.id}` });
    expect((await call("/toopenehr", observation)).statusCode).toBe(400);
    expect((await call("/tofhir", composition)).statusCode).toBe(400);
  });

  it("names the template that a context needs and nobody has stored", async () => {
    const [template] = (await testing.app.inject({ url: "/opt" })).json();
    await testing.app.inject({ method: "DELETE", url: `/opt/${template.id}` });
    const answer = await call("/tofhir", composition);
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([400, "text/plain; charset=utf-8"]);
    expect(answer.body).toMatch(/"Growth chart".*not stored/);
  });

  it("logs request id, template and route, and nothing of the payload", async () => {
    await call(
      "/tofhir?templateId=Growth%20chart",
      { "growth_chart/name": "Sensitive value" },
      {
        ...json,
        "x-req-id": "call-17",
      },
    );
    await call("/tofhir", '{"name": "Sensitive value", }');
    const lines = testing.log.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ reqId: "call-17", template: "Growth chart", tenant: "default", route: "/tofhir" }),
    );
    expect(testing.log.join("")).not.toContain("Sensitive");
  });

  it("does not send the caller's request id back", async () => {
    const answer = await call("/tofhir", composition, { ...json, "x-req-id": "call-17" });
    expect(JSON.stringify(answer.headers)).not.toContain("call-17");
  });

  it("says that the database is gone with 503, on every group of routes", async () => {
    testing.store.gone = true;
    expect((await call("/tofhir", composition)).statusCode).toBe(503);
    expect((await call("/tofhir", composition)).headers["retry-after"]).toBe("1");
    for (const url of ["/opt", "/fc/model", "/fc/context"]) {
      expect((await testing.app.inject({ url })).statusCode).toBe(503);
    }
  });
});

describe.skipIf(!haveCorpus)("a mapping that fails", () => {
  const REFUSED = problemKind("TEST_REFUSED", "unprocessable", "Correct the rule.");
  const refuse = () => {
    throw new Problem(REFUSED, "The rule cannot be followed.", { path: "$resource.status" }, [
      new Problem(REFUSED, "Nor can the next."),
    ]);
  };

  it("is explained in plain text, one line for each problem", async () => {
    const { app } = await appWithContext({ mapper: { toFhir: refuse } });
    const answer = await app.inject({ method: "POST", url: "/tofhir", headers: json, payload: composition });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(answer.body).toBe(
      "The rule cannot be followed. Correct the rule. [TEST_REFUSED]\nNor can the next. Correct the rule. [TEST_REFUSED]",
    );
  });

  it("is explained in an OperationOutcome when the caller asks for FHIR", async () => {
    const { app } = await appWithContext({ mapper: { toOpenEhr: refuse } });
    const headers = { ...json, accept: "application/fhir+json" };
    const answer = await app.inject({ method: "POST", url: "/toopenehr", headers, payload: observation });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/fhir\+json/);
    expect(answer.json()).toMatchObject({
      resourceType: "OperationOutcome",
      issue: [
        { severity: "error", code: "processing", expression: ["$resource.status"], diagnostics: expect.any(String) },
        { severity: "error", code: "processing" },
      ],
    });
  });

  it("never shows or logs the message of an unexpected error, which may hold clinical values", async () => {
    const toFhir = vi.fn(() => {
      throw new TypeError("cannot read 'Sensitive value'");
    });
    const { app, log } = await appWithContext({ mapper: { toFhir } });
    const headers = { ...json, "x-req-id": "call-18" };
    const answer = await app.inject({ method: "POST", url: "/tofhir", headers, payload: composition });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ status: 500, error: "Internal Server Error", path: "/tofhir" });
    expect(answer.body).toContain("call-18");
    expect(answer.body + log.join("")).not.toContain("Sensitive");
    const failed = log.map((line) => JSON.parse(line)).find((line) => line.msg === "failed");
    expect(failed).toMatchObject({
      error: "TypeError",
      frames: expect.arrayContaining([expect.stringMatching(/^at /)]),
    });
  });
});
