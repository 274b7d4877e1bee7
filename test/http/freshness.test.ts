import { describe, expect, it } from "vitest";
import { CLUSTER_BEHIND, CLUSTER_CUT_OFF, CLUSTER_REVISION_FOREIGN } from "../../src/cluster/problems.js";
import { Problem } from "../../src/errors/problem.js";
import type { Revision } from "../../src/store/stored.js";
import { aloneState, corpusFile, haveCorpus, testApp, vitalContext, vitalModel } from "./test-app.js";

const yaml = { "content-type": "application/x-yaml" };
const revision = { "x-causeway-revision": "3f2a-1.17" };
const mapping = {
  method: "POST",
  url: "/tofhir?templateId=Growth%20chart",
  payload: { _type: "COMPOSITION" },
} as const;

/** An app whose node notes what it is asked for. */
async function appThatAsks() {
  const asked: (Revision | undefined)[] = [];
  const fresh = async (required?: Revision) => {
    asked.push(required);
    return "fresh" as const;
  };
  return { ...(await testApp({ cluster: { fresh } })), asked };
}

describe("a request", () => {
  it("that uses caches asks whether the node may answer, whatever it requires", async () => {
    const { app, asked } = await appThatAsks();
    await app.inject(mapping);
    await app.inject({ ...mapping, headers: revision });
    expect(asked).toEqual([undefined, { epoch: "3f2a-1", position: 17 }]);
  });

  it("that reads the database asks only when it requires a revision", async () => {
    const { app, asked } = await appThatAsks();
    for (const url of ["/opt", "/fc/model", "/fc/context/1"]) await app.inject({ url });
    expect(asked).toEqual([]);
    for (const url of ["/opt", "/fc/model", "/fc/context/1"]) await app.inject({ url, headers: revision });
    expect(asked).toHaveLength(3);
  });

  it.each(["17", "", ".17", "3f2a.-1", "3f2a.1.7", "3f2a.1e3", `${"a".repeat(65)}.1`, `3f2a.${"9".repeat(30)}`])(
    "with the revision %j is refused",
    async (header) => {
      const { app } = await testApp();
      for (const request of [mapping, { method: "GET", url: "/opt" } as const]) {
        const answer = await app.inject({ ...request, headers: { "x-causeway-revision": header } });
        expect(answer.statusCode).toBe(400);
        expect(answer.body).toContain("HTTP_REVISION_NOT_VALID");
      }
    },
  );

  it.each([
    [CLUSTER_BEHIND, 503, "1"],
    [CLUSTER_CUT_OFF, 503, "1"],
    [CLUSTER_REVISION_FOREIGN, 400, undefined],
  ])("that the node cannot answer is refused: %o", async (kind, status, retryAfter) => {
    const fresh = () => Promise.reject(new Problem(kind, "Not now."));
    const { app } = await testApp({ cluster: { fresh } });
    const answer = await app.inject({ ...mapping, headers: revision });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["retry-after"]).toBe(retryAfter);
  });
});

describe("a node that is cut off from the database", () => {
  it.skipIf(!haveCorpus)("says so in every answer that may be stale", async () => {
    const { app } = await testApp({ cluster: { fresh: async () => "cut-off" } });
    await app.inject({
      method: "POST",
      url: "/opt",
      payload: corpusFile("growth_chart/template.opt"),
      headers: { "content-type": "application/xml" },
    });
    await app.inject({ method: "POST", url: "/fc/model", payload: vitalModel, headers: yaml });
    await app.inject({ method: "POST", url: "/fc/context", payload: vitalContext("Growth chart"), headers: yaml });
    const answer = await app.inject(mapping);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.warning).toMatch(/^110 \S+ "[^"]+"$/);
  });

  it("is not ready, and says why", async () => {
    const { app } = await testApp({ cluster: { state: () => ({ ...aloneState, freshness: "cut-off" }) } });
    const answer = await app.inject({ url: "/health" });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toBe("CUT OFF FROM THE DATABASE");
  });
});

describe("a write", () => {
  it("is answered when everybody has it, with its revision", async () => {
    const written: Revision[] = [];
    const { app } = await testApp({ cluster: { written: async (one) => void written.push(one) } });
    const answer = await app.inject({ method: "POST", url: "/fc/model", payload: vitalModel, headers: yaml });
    expect(written).toEqual([{ epoch: "epoch", position: 1 }]);
    expect(answer.headers["x-causeway-revision"]).toBe("epoch.1");
  });

  it("that changed nothing is told to nobody", async () => {
    const written: Revision[] = [];
    const { app } = await testApp({ cluster: { written: async (one) => void written.push(one) } });
    const answer = await app.inject({ method: "DELETE", url: "/fc/model/1" });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).not.toHaveProperty("x-causeway-revision");
    expect(written).toEqual([]);
  });
});

describe("GET /cluster", () => {
  it("shows the cluster as this node sees it", async () => {
    const { app } = await testApp();
    const answer = await app.inject({ url: "/cluster" });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(aloneState);
  });

  it("works before the first look into the log", async () => {
    const state = () => ({ ...aloneState, lastSyncAgeMilliseconds: Number.POSITIVE_INFINITY });
    const { app } = await testApp({ cluster: { state } });
    expect((await app.inject({ url: "/cluster" })).json()).toMatchObject({ lastSyncAgeMilliseconds: null });
  });
});
