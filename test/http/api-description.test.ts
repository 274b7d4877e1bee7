import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApp, testApp } from "./test-app.js";

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly description?: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

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

  it("says of every route what it is for, what each parameter means and how it fails", async () => {
    const { paths } = (await testing.app.inject({ url: "/v3/api-docs" })).json();
    const missing: string[] = [];
    for (const [path, methods] of Object.entries(paths as Record<string, Record<string, Operation>>)) {
      for (const [method, { summary, tags, parameters = [], requestBody, responses }] of Object.entries(methods)) {
        const wants = (what: string, isThere: boolean) => isThere || missing.push(`${method} ${path}: ${what}`);
        wants("summary", (summary ?? "").length > 5);
        wants("tag", (tags ?? []).length === 1);
        for (const name of path.match(/(?<=\{)[^}]+/g) ?? []) {
          wants(
            `parameter ${name}`,
            parameters.some((one) => one.in === "path" && one.name === name),
          );
        }
        for (const one of parameters) wants(`meaning of ${one.name}`, (one.description ?? "").length > 5);
        for (const [status, answer] of Object.entries(responses)) {
          wants(`meaning of ${status}`, answer.description.length > 3 && answer.description !== "Default Response");
        }
        const failures = Object.keys(responses).filter((status) => Number(status) >= 400);
        const expected = requestBody === undefined ? [] : ["400", "413", "415", "503"];
        // What only says how the node is doing asks for nothing and cannot fail.
        const hasFailures = failures.length > 0 || ["/cluster", "/metrics"].includes(path);
        wants("failures", hasFailures && expected.every((status) => failures.includes(status)));
      }
    }
    expect(missing).toEqual([]);
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
