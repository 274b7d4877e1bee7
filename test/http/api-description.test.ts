import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApp, testApp } from "./test-app.js";

describe("the description of the interface", () => {
  let testing: TestApp;
  beforeAll(async () => {
    testing = await testApp();
  });
  afterAll(() => testing.app.close());

  it("is OpenAPI 3.1 and describes every route", async () => {
    const description = (await testing.app.inject({ url: "/v3/api-docs" })).json();
    expect(description.openapi).toBe("3.1.0");
    const routes = Object.entries(description.paths as Record<string, object>).map(
      ([path, methods]) => `${path} ${Object.keys(methods).sort().join(" ")}`,
    );
    expect(routes.sort()).toEqual([
      "/$purge get post",
      "/cluster get",
      "/fc/context get post",
      "/fc/context/{id} delete get put",
      "/fc/context/{id}/effective get",
      "/fc/model get post",
      "/fc/model/{id} delete get put",
      "/health get",
      "/metrics get",
      "/openfhir/tofhir post",
      "/openfhir/toopenehr post",
      "/opt get post",
      "/opt/{id} delete get put",
      "/opt/{templateId}/convert post",
      "/opt/{templateId}/example get",
      "/opt/{templateId}/validate post",
      "/opt/{templateId}/webtemplate get",
      "/tofhir post",
      "/toopenehr post",
    ]);
  });

  it("names the media types, the query parameters and the shape of each body", async () => {
    const { paths, components } = (await testing.app.inject({ url: "/docs/json" })).json();
    expect(Object.keys(paths["/opt"].post.requestBody.content)).toEqual(["application/xml", "text/xml", "text/plain"]);
    expect(Object.keys(paths["/fc/model"].get.responses["200"].content)).toContain("application/x-yaml");
    const names = paths["/openfhir/toopenehr"].post.parameters.map((one: { name: string }) => one.name);
    expect(names).toEqual(expect.arrayContaining(["templateId", "flat", "format", "x-req-id"]));
    expect(components.schemas.OptEntity.properties).toHaveProperty("organisation");
    expect(JSON.stringify(paths["/opt"].get.responses["200"])).toContain("#/components/schemas/OptEntity");
  });

  it("resolves each of its references", async () => {
    const description = (await testing.app.inject({ url: "/v3/api-docs" })).json();
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name = ""] of references) expect(description.components.schemas).toHaveProperty(name);
  });

  it("has a page whose parts all come from this server", async () => {
    const page = await testing.app.inject({ url: "/docs" });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target = ""]) => target);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      expect(part).not.toMatch(/^(https?:)?\/\//);
      expect((await testing.app.inject({ url: new URL(part, "http://here/docs").pathname })).statusCode).toBe(200);
    }
  });

  it.each(["/", "/swagger-ui/index.html"])("is where %s leads", async (url) => {
    const answer = await testing.app.inject({ url });
    expect([answer.statusCode, answer.headers.location]).toEqual([302, "/docs"]);
  });
});
