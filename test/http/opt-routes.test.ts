import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { corpusFile, haveCorpus, type TestApp, testApp } from "./test-app.js";

const xml = { "content-type": "application/xml" };

describe.skipIf(!haveCorpus)("operational templates over HTTP", () => {
  const opt = haveCorpus ? corpusFile("growth_chart/template.opt") : "";
  let testing: TestApp;
  beforeEach(async () => {
    testing = await testApp();
    onTestFinished(() => testing.app.close());
  });

  const upload = async (payload = opt, headers: Record<string, string> = xml) =>
    testing.app.inject({ method: "POST", url: "/opt", headers, payload });

  it.each(["application/xml", "text/xml; charset=utf-8", "text/plain"])("takes one as %s", async (type) => {
    const answer = await upload(opt, { "content-type": type });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      id: expect.any(String),
      templateId: "growth_chart",
      originalTemplateId: "Growth chart",
      displayTemplateId: "Growth chart",
      content: "redacted",
      user: "default",
      organisation: "default",
      created: null,
      updated: null,
    });
    expect(answer.headers["x-causeway-revision"]).toBe("epoch.1");
    expect(answer.headers["x-causeway-node"]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("gives the text back unchanged, byte order mark and blanks included", async () => {
    const text = `\ufeff\n \n${opt}`;
    const { id } = (await upload(text)).json();
    const answer = await testing.app.inject({ url: `/opt/${id}` });
    expect(answer.headers["content-type"]).toMatch(/^text\/xml/);
    expect(answer.body).toBe(text);
  });

  it("lists templates without content and finds one by either spelling of its id, with content", async () => {
    await upload();
    const list = (await testing.app.inject({ url: "/opt" })).json();
    expect(list).toMatchObject([{ templateId: "growth_chart", content: null, created: expect.any(Number) }]);
    for (const spelling of ["growth_chart", "Growth%20chart", "GROWTH+CHART"]) {
      const found = (await testing.app.inject({ url: `/opt?templateId=${spelling}&user=123` })).json();
      expect(found).toMatchObject([{ originalTemplateId: "Growth chart", content: opt }]);
    }
    expect((await testing.app.inject({ url: "/opt?templateId=other" })).json()).toEqual([]);
    expect((await testing.app.inject({ url: "/opt?templateId=%00" })).json()).toEqual([]);
  });

  it("refuses a second template of the same id and says so first", async () => {
    await upload();
    const answer = await upload();
    expect(answer.statusCode).toBe(400);
    expect(answer.json()[0]).toBe('An operational template with the template id "Growth chart" already exists.');
  });

  it("replaces a template under its id and stores an unknown id as a new one", async () => {
    const { id } = (await upload()).json();
    const renamed = opt.replaceAll("Growth chart", "Other chart");
    const put = (target: string, payload: string) =>
      testing.app.inject({ method: "PUT", url: `/opt/${target}`, headers: xml, payload });
    expect((await put(id, renamed)).json()).toMatchObject({ id, templateId: "other_chart" });
    const created = (await put("not-an-id", opt)).json();
    expect(created).toMatchObject({ templateId: "growth_chart" });
    expect(created.id).not.toBe("not-an-id");
  });

  it("deletes with 204, also what is not there", async () => {
    const { id } = (await upload()).json();
    for (const target of [id, id, "nothing"]) {
      const answer = await testing.app.inject({ method: "DELETE", url: `/opt/${target}` });
      expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    }
    const read = await testing.app.inject({ url: `/opt/${id}` });
    expect([read.statusCode, read.body]).toEqual([404, ""]);
  });

  it.each(["%00", "..%2F..%2Fetc", "'; drop table", "__proto__", "x".repeat(90), "%F0%9F%92%A9"])(
    "answers 404 without a body for the odd id %s",
    async (id) => {
      const answer = await testing.app.inject({ url: `/opt/${id}` });
      expect([answer.statusCode, answer.body]).toEqual([404, ""]);
      expect((await testing.app.inject({ method: "DELETE", url: `/opt/${id}` })).statusCode).toBe(204);
    },
  );

  it("takes a template of several megabytes", async () => {
    const filler = `<!-- ${"x".repeat(5_000_000)} -->`;
    expect((await upload(opt.replace("</template>", `${filler}</template>`))).statusCode).toBe(200);
  });

  it("refuses a template of more than 20 MB", async () => {
    expect((await upload(`${opt}${" ".repeat(21 * 1024 * 1024)}`)).statusCode).toBe(413);
  });
});
