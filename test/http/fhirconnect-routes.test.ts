import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { type TestApp, testApp, vitalContext, vitalModel } from "./test-app.js";
import { text } from "./vital-signs-app.js";

describe("FHIR Connect files over HTTP", () => {
  let testing: TestApp;
  beforeEach(async () => {
    testing = await testApp();
    onTestFinished(() => testing.app.close());
  });

  const send = (method: "POST" | "PUT", url: string, payload: string, headers: Record<string, string> = {}) =>
    testing.app.inject({ method, url, headers: { "content-type": "application/x-yaml", ...headers }, payload });

  it.each(["application/x-yaml", "application/yaml", "text/yaml", "text/plain", "application/json; charset=utf-8"])(
    "takes a model as %s and answers with the document and its id",
    async (type) => {
      const payload = type.startsWith("application/json") ? JSON.stringify(parse(vitalModel)) : vitalModel;
      const answer = await send("POST", "/fc/model", payload, { "content-type": type });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.json()).toEqual({ id: expect.any(String), ...parse(vitalModel) });
      expect(answer.headers["x-causeway-revision"]).toBe("epoch.1");
    },
  );

  it("gives a document its own id, whatever id stands in it", async () => {
    const answer = await send("POST", "/fc/model", `id: an-older-one\n${vitalModel}`);
    const { id } = answer.json();
    expect(id).not.toBe("an-older-one");
    expect((await testing.app.inject({ url: `/fc/model/${id}` })).json()).toEqual(answer.json());
  });

  it("answers with YAML that begins with a document marker when asked for it", async () => {
    const { id } = (await send("POST", "/fc/model", vitalModel)).json();
    for (const accept of ["application/x-yaml", "application/yaml", "text/yaml;q=0.9, application/json;q=0.1"]) {
      const answer = await testing.app.inject({ url: `/fc/model/${id}`, headers: { accept } });
      expect(answer.headers["content-type"]).toContain("yaml");
      expect(answer.body).toMatch(/^---\n/);
      expect(parse(answer.body)).toEqual({ id, ...parse(vitalModel) });
    }
  });

  it("refuses an Accept it cannot serve with 406, before anything is stored", async () => {
    const answer = await send("POST", "/fc/model", vitalModel, { accept: "text/html" });
    expect(answer.statusCode).toBe(406);
    expect(answer.json()).toMatchObject({ status: 406, error: "Not Acceptable", path: "/fc/model" });
    expect((await testing.app.inject({ url: "/fc/model" })).json()).toEqual([]);
  });

  it("keeps models and contexts apart", async () => {
    const model = (await send("POST", "/fc/model", vitalModel)).json();
    const context = (await send("POST", "/fc/context", vitalContext("Vital check"))).json();
    expect(context).toMatchObject({ context: { template: { id: "Vital check" }, start: "OBSERVATION.pulse.v2" } });
    expect((await testing.app.inject({ url: "/fc/model" })).json()).toEqual([model]);
    expect((await testing.app.inject({ url: "/fc/context" })).json()).toEqual([context]);
    const crossed = await testing.app.inject({ url: `/fc/context/${model.id}` });
    expect([crossed.statusCode, crossed.body]).toEqual([404, ""]);
    await testing.app.inject({ method: "DELETE", url: `/fc/context/${model.id}` });
    expect((await testing.app.inject({ url: `/fc/model/${model.id}` })).statusCode).toBe(200);
  });

  it("refuses a taken key with the sentence that clients know", async () => {
    await send("POST", "/fc/model", vitalModel);
    await send("POST", "/fc/context", vitalContext("Vital check"));
    const model = await send("POST", "/fc/model", vitalModel);
    const context = await send("POST", "/fc/context", vitalContext("vital_check"));
    expect([model.statusCode, model.json()[0]]).toEqual([400, "A model mapper with this name already exists."]);
    expect([context.statusCode, context.json()[0]]).toEqual([
      400,
      "A context mapper for this template already exists.",
    ]);
  });

  it("replaces a file under its id and stores an unknown id as a new one", async () => {
    const { id } = (await send("POST", "/fc/model", vitalModel)).json();
    const changed = await send("PUT", `/fc/model/${id}`, vitalModel.replace("version: 1.0.0", "version: 2.0.0"));
    expect(changed.json()).toMatchObject({ id, metadata: { version: "2.0.0" } });
    const created = await send("PUT", "/fc/model/0", vitalModel.replaceAll("pulse", "heartbeat"));
    expect(created.statusCode).toBe(200);
    expect(created.json().id).not.toBe("0");
    expect((await testing.app.inject({ url: "/fc/model" })).json()).toHaveLength(2);
  });

  it("stores a context before its models, and warns of each that is missing with its place", async () => {
    const missing = vitalContext("Vital check").replace(
      "  archetypes:\n",
      '  archetypes:\n    - "CLUSTER.absent.v0"\n',
    );
    const before = await send("POST", "/fc/context", missing);
    expect(before.statusCode).toBe(200);
    expect(before.headers.warning).toEqual([
      expect.stringMatching(
        /^199 causeway "line 15, column 7: .*`CLUSTER\.absent\.v0`.*Upload the model to \/fc\/model\."$/,
      ),
      expect.stringMatching(/^199 causeway "line 16, column 7: .*`OBSERVATION\.pulse\.v2`.*"$/),
      expect.stringContaining("operational template"),
    ]);
    await send("POST", "/fc/model", vitalModel);
    const after = await send("PUT", `/fc/context/${before.json().id}`, vitalContext("Vital check"));
    expect([after.statusCode, after.headers.warning]).toEqual([200, expect.not.stringContaining("model")]);
  });

  it("stores a context before its template, and warns that it is missing", async () => {
    await send("POST", "/fc/model", vitalModel);
    const before = await send("POST", "/fc/context", vitalContext("Vital signs"));
    expect([before.statusCode, before.headers.warning]).toEqual([
      200,
      `199 causeway "The operational template 'Vital signs' is not stored. Upload it to /opt."`,
    ]);
    await send("POST", "/opt", text("templates/vital_signs.opt"), { "content-type": "application/xml" });
    const after = await send("PUT", `/fc/context/${before.json().id}`, vitalContext("Vital signs"));
    expect([after.statusCode, after.headers.warning]).toEqual([200, undefined]);
  });

  it("refuses a context whose start is none of its models, which no upload can mend", async () => {
    await send("POST", "/fc/model", vitalModel);
    const lost = vitalContext("Vital check").replace(/start: .*/, "start: OBSERVATION.nowhere.v1");
    const answer = await send("POST", "/fc/context", lost);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toMatch(/OBSERVATION\.nowhere\.v1.*line 16/);
    expect((await testing.app.inject({ url: "/fc/context" })).json()).toEqual([]);
  });

  describe("told to refuse contexts without their models", () => {
    beforeEach(async () => {
      testing = await testApp({ missingModels: "refuse" });
    });

    it("names the missing model and its place, and stores nothing", async () => {
      const answer = await send("POST", "/fc/context", vitalContext("Vital check", "OBSERVATION.nowhere.v1"));
      expect(answer.statusCode).toBe(400);
      expect(answer.body).toMatch(/OBSERVATION\.nowhere\.v1.*line \d+/);
      expect((await testing.app.inject({ url: "/fc/context" })).json()).toEqual([]);
    });

    it("accepts a context some of whose archetypes are missing as long as its start is there", async () => {
      await send("POST", "/fc/model", vitalModel);
      const partly = vitalContext("Vital check").replace(
        "  archetypes:\n",
        '  archetypes:\n    - "CLUSTER.absent.v0"\n',
      );
      expect((await send("POST", "/fc/context", partly)).statusCode).toBe(200);
    });
  });

  it("gives scalars as they are written and the keys of conditions in the plural", async () => {
    const model = vitalModel.replace(
      "      openehr: $archetype/name\n",
      `      openehr: $archetype/name
    fhirCondition:
      targetRoot: $resource
      targetAttribute: status
      operator: one of
      criteria: 012
`,
    );
    const document = (await send("POST", "/fc/model", model)).json();
    expect(document.mappings[0].fhirCondition).toEqual({
      targetRoot: "$resource",
      targetAttributes: ["status"],
      operator: "one of",
      criterias: ["012"],
    });
  });

  it("answers 204 to every delete and 404 without a body to a read after it", async () => {
    const { id } = (await send("POST", "/fc/model", vitalModel)).json();
    for (const target of [id, id, "%00"]) {
      expect((await testing.app.inject({ method: "DELETE", url: `/fc/model/${target}` })).statusCode).toBe(204);
    }
    const answer = await testing.app.inject({ url: `/fc/model/${id}` });
    expect([answer.statusCode, answer.body]).toEqual([404, ""]);
  });
});
