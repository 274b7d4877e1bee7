import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { type TestAppOptions, testApp, vitalContext, vitalModel } from "./test-app.js";
import { text, vitalSignsApp } from "./vital-signs-app.js";

const extension = `grammar: FHIRConnect/v1.0.0
type: extension
metadata: { name: pulse.extension, version: 1.0.0 }
spec: { system: FHIR, version: R4, extends: OBSERVATION.pulse.v2 }
mappings:
  - name: rate
    extension: add
    with: { fhir: "$resource.value", openehr: "$archetype/data", type: QUANTITY }
  - name: more
    extension: append
    appendTo: status
    fhirCondition: { targetRoot: "$resource", targetAttribute: status, operator: one of, criteria: final }
    followedBy:
      mappings: [{ name: words, with: { fhir: "$fhirRoot", openehr: "$archetype/name/value" } }]
`;
const context = `${vitalContext("Vital check")}  extensions: [pulse.extension]\n`;

async function serverWith(options: TestAppOptions = {}) {
  const { app, store, compiled } = await testApp(options);
  onTestFinished(() => app.close());
  const send = async (method: "POST" | "PUT", url: string, payload: string) => {
    const answer = await app.inject({ method, url, payload, headers: { "content-type": "application/x-yaml" } });
    return { ...answer, id: answer.statusCode === 200 ? (answer.json().id as string) : "" };
  };
  await send("POST", "/fc/model", vitalModel);
  await send("POST", "/fc/model", extension);
  const effective = async (id: string) => (await app.inject({ url: `/fc/context/${id}/effective` })).json();
  return { app, store, compiled, send, effective };
}

describe("GET /fc/context/{id}/effective", () => {
  it("answers with the models, extensions applied, and says of each rule where it is written", async () => {
    const { send, effective } = await serverWith();
    const { id } = await send("POST", "/fc/context", context);
    const answer = await effective(id);
    expect(answer.context).toMatchObject({
      name: "vital-check.context",
      template: { id: "Vital check" },
      start: "OBSERVATION.pulse.v2",
      source: { file: "vital-check.context", line: 1 },
    });
    expect(answer.start).toEqual(["OBSERVATION.pulse.v2"]);
    expect(answer.models).toHaveLength(1);
    expect(answer.models[0].source).toMatchObject({ file: "OBSERVATION.pulse.v2" });
    const [status, rate] = answer.models[0].mappings;
    expect(status).toMatchObject({
      name: "status",
      source: { file: "OBSERVATION.pulse.v2", line: 14 },
      with: { fhir: "$resource.status", openehr: "$archetype/name" },
      fhirCondition: [{ source: { file: "pulse.extension", line: 12 }, operator: "one of", criterias: ["final"] }],
      followedBy: { mappings: [{ name: "words", source: { file: "pulse.extension", line: 14 } }] },
    });
    expect(rate).toMatchObject({ name: "rate", source: { file: "pulse.extension", line: 6 } });
  });

  it("names how the files are read, why, and all that this means", async () => {
    const { send, effective } = await serverWith();
    const { id } = await send("POST", "/fc/context", context);
    expect((await effective(id)).semantics).toMatchObject({
      name: "openfhir",
      chosenBy: "files",
      evidence: { mapping: "OBSERVATION.pulse.v2", rule: "rate", source: { file: "pulse.extension", line: 8 } },
      meaning: { criteria: "substring", ownSlot: "cut" },
    });
  });

  it("answers in YAML when asked for it, and refuses what it cannot answer in", async () => {
    const { app, send, effective } = await serverWith();
    const { id } = await send("POST", "/fc/context", context);
    const url = `/fc/context/${id}/effective`;
    const answer = await app.inject({ url, headers: { accept: "application/yaml" } });
    expect(answer.headers["content-type"]).toContain("yaml");
    expect(parse(answer.body)).toEqual(await effective(id));
    expect((await app.inject({ url, headers: { accept: "text/html" } })).statusCode).toBe(406);
  });

  it("says what the context lists in vain", async () => {
    const { send, effective } = await serverWith();
    const partly = context.replace("  archetypes:\n", '  archetypes:\n    - "CLUSTER.absent.v0"\n');
    const { diagnostics } = await effective((await send("POST", "/fc/context", partly)).id);
    expect(diagnostics[0]).toMatchObject({ severity: "warning", code: "CONTEXT_MODEL_MISSING", source: { line: 15 } });
  });

  it("says why the context cannot be used", async () => {
    const { send, effective } = await serverWith();
    const { diagnostics } = await effective((await send("POST", "/fc/context", context)).id);
    expect(diagnostics).toMatchObject([{ severity: "error", code: "TEMPLATE_NOT_FOUND", source: { line: 13 } }]);
  });

  it("says what compiling it found, each with file, line and rule", async () => {
    const { app, send } = await vitalSignsApp();
    onTestFinished(() => app.close());
    const model = text("mappings/vital_signs/body_weight.model.yml");
    const stored: { id: string; metadata: { name: string } }[] = (await app.inject({ url: "/fc/model" })).json();
    const id = stored.find(({ metadata }) => metadata.name.includes("body_weight"))?.id;
    await send("PUT", `/fc/model/${id}`, "application/x-yaml", model.replace("$resource.value.", "$resource.valeu."));
    const [{ id: contextId }] = (await app.inject({ url: "/fc/context" })).json();
    const { diagnostics } = (await app.inject({ url: `/fc/context/${contextId}/effective` })).json();
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "FHIR_ELEMENT_UNKNOWN",
        rule: "weight",
        source: { file: "OBSERVATION.body_weight.v2.vital_signs", line: expect.any(Number) },
      },
    ]);
  });

  it("is 404 for what is no stored context", async () => {
    const { app } = await serverWith();
    const model = (await app.inject({ url: "/fc/model" })).json()[0].id;
    for (const id of [model, "0", "%00"]) {
      expect((await app.inject({ url: `/fc/context/${id}/effective` })).statusCode).toBe(404);
    }
  });
});

describe("the semantics of an upload", () => {
  it("are kept with the context, which is answered as it was sent", async () => {
    const { app, send, effective } = await serverWith();
    const { id } = await send("POST", "/fc/context?semantics=V1", context);
    expect((await effective(id)).semantics).toMatchObject({ name: "v1", chosenBy: "upload" });
    expect((await app.inject({ url: `/fc/context/${id}` })).json()).toEqual({ id, ...parse(context) });
  });

  it("win over the configuration, which wins over the files", async () => {
    const { send, effective } = await serverWith({ semantics: "v1" });
    const { id } = await send("POST", "/fc/context", context);
    expect((await effective(id)).semantics).toMatchObject({ name: "v1", chosenBy: "configuration" });
    await send("PUT", `/fc/context/${id}?semantics=openfhir`, context);
    expect((await effective(id)).semantics).toMatchObject({ name: "openfhir", chosenBy: "upload" });
    await send("PUT", `/fc/context/${id}?semantics=auto`, context);
    expect((await effective(id)).semantics).toMatchObject({ name: "openfhir", chosenBy: "files" });
  });

  it("are replaced with the context: without the parameter nothing is asked any more", async () => {
    const { send, effective } = await serverWith();
    const { id } = await send("POST", "/fc/context?semantics=v1", context);
    await send("PUT", `/fc/context/${id}`, context);
    expect((await effective(id)).semantics.chosenBy).toBe("files");
  });

  it("that do not exist are refused, and nothing is stored", async () => {
    const { send, store } = await serverWith();
    const before = store.contents();
    expect((await send("POST", "/fc/context?semantics=v2", context)).statusCode).toBe(400);
    expect(store.contents()).toEqual(before);
  });

  it("reach the compile, and a change of them compiles anew", async () => {
    const { app, compiled, send } = await serverWith();
    const template = readFileSync(join(import.meta.dirname, "..", "..", "templates", "vital_signs.opt"), "utf8");
    await app.inject({
      method: "POST",
      url: "/opt",
      payload: template,
      headers: { "content-type": "application/xml" },
    });
    const ofTemplate = vitalContext("vital_signs");
    const map = () =>
      app.inject({
        method: "POST",
        url: "/openfhir/tofhir?templateId=vital_signs",
        headers: { "content-type": "application/json" },
        payload: { _type: "COMPOSITION" },
      });
    const { id } = await send("POST", "/fc/context?semantics=v1", ofTemplate);
    await map();
    await map();
    await send("PUT", `/fc/context/${id}?semantics=openfhir`, ofTemplate);
    await map();
    await send("PUT", `/fc/context/${id}`, ofTemplate);
    await map();
    expect(compiled.map(({ semantics }) => semantics)).toEqual(["v1", "openfhir", undefined]);
  });
});
