import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { ServerState } from "../../src/http/app-parts.js";
import { type TestApp, testApp, vitalModel } from "./test-app.js";

describe("conventions that hold everywhere", () => {
  let testing: TestApp;
  beforeEach(async () => {
    testing = await testApp();
    onTestFinished(() => testing.app.close());
  });

  it("answers an unknown path with the framework's object", async () => {
    const answer = await testing.app.inject({ url: "/nothing?name=value" });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
      status: 404,
      error: "Not Found",
      message: expect.stringContaining("/nothing"),
      path: "/nothing",
    });
  });

  it.each([
    ["PATCH", "/opt", "GET, HEAD, POST"],
    ["POST", "/opt/17", "DELETE, GET, HEAD, PUT"],
    ["GET", "/openfhir/tofhir", "POST"],
    ["DELETE", "/$purge", "GET, POST"],
    ["POST", "/health", "GET, HEAD"],
  ] as const)("answers %s %s with 405 and says what is allowed", async (method, url, allowed) => {
    const answer = await testing.app.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allowed);
    expect(answer.json()).toMatchObject({ status: 405, error: "Method Not Allowed", path: url });
  });

  it.each([
    ["/health", 405],
    ["/nothing", 404],
  ])("answers a body that it would not read at %s with %i all the same", async (url, status) => {
    const headers = { "content-type": "application/json" };
    const answer = await testing.app.inject({ method: "POST", url, headers, payload: "no JSON" });
    expect(answer.statusCode).toBe(status);
  });

  it("answers a path that cannot be decoded with 400", async () => {
    const answer = await testing.app.inject({ url: "/opt/%E0%A4%A" });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 400, error: "Bad Request" });
  });

  it("names its node in every answer", async () => {
    for (const url of ["/health", "/opt", "/nothing"]) {
      expect((await testing.app.inject({ url })).headers["x-causeway-node"]).toBe("0".repeat(32));
    }
  });
});

describe("purging", () => {
  const store = async (testing: TestApp) =>
    testing.app.inject({
      method: "POST",
      url: "/fc/model",
      headers: { "content-type": "application/x-yaml" },
      payload: vitalModel,
    });

  it.each(["GET", "POST"] as const)("is refused with %s unless it is switched on", async (method) => {
    const testing = await testApp();
    onTestFinished(() => testing.app.close());
    await store(testing);
    const answer = await testing.app.inject({ method, url: "/$purge" });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain("CAUSEWAY_ALLOW_PURGE");
    expect((await testing.app.inject({ url: "/fc/model" })).json()).toHaveLength(1);
  });

  it.each([
    ["GET", "/$purge"],
    ["POST", "/$purge"],
    ["GET", "/%24purge"],
    ["POST", "/%24purge"],
  ] as const)("erases everything with %s %s when it is switched on", async (method, url) => {
    const testing = await testApp({ allowPurge: true });
    onTestFinished(() => testing.app.close());
    await store(testing);
    const answer = await testing.app.inject({ method, url });
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect(answer.headers["x-causeway-revision"]).toBe("epoch.2");
    expect((await testing.app.inject({ url: "/fc/model" })).json()).toEqual([]);
  });

  it("is not done by HEAD", async () => {
    const testing = await testApp({ allowPurge: true });
    onTestFinished(() => testing.app.close());
    await store(testing);
    await testing.app.inject({ method: "HEAD", url: "/$purge" });
    expect((await testing.app.inject({ url: "/fc/model" })).json()).toHaveLength(1);
  });
});

describe("health", () => {
  it("follows the state of the server", async () => {
    let state: ServerState = "STARTING";
    const { app } = await testApp({ state: () => state });
    onTestFinished(() => app.close());
    const ask = async () => {
      const answer = await app.inject({ url: "/health" });
      expect(answer.headers["content-type"]).toMatch(/^text\/plain/);
      return [answer.statusCode, answer.body];
    };
    expect(await ask()).toEqual([503, "STARTING"]);
    state = "UP";
    expect(await ask()).toEqual([200, "UP"]);
    state = "STOPPING";
    expect(await ask()).toEqual([503, "STOPPING"]);
  });
});
