import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badRequests } from "./bad-input-of-files.js";
import { badTemplateRequests, CLINICAL } from "./bad-input-of-templates.js";
import { haveCorpus, type TestApp, testApp } from "./test-app.js";

describe.skipIf(!haveCorpus)("bad input is refused with a word about what and where, and nothing is stored", () => {
  let testing: TestApp;
  beforeAll(async () => {
    testing = await testApp();
    const template = readFileSync(join(import.meta.dirname, "..", "..", "templates", "vital_signs.opt"), "utf8");
    const headers = { "content-type": "application/xml" };
    expect((await testing.app.inject({ method: "POST", url: "/opt", headers, payload: template })).statusCode).toBe(
      200,
    );
  });
  afterAll(() => testing.app.close());

  it.each([...badRequests, ...badTemplateRequests])(
    "$what",
    async ({ method = "POST", url, headers, payload, status, names }) => {
      const before = JSON.stringify(testing.store.contents());
      const answer = await testing.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      expect(answer.statusCode).toBe(status);
      for (const name of names) expect(answer.body).toMatch(name);
      expect(answer.body).toMatch(status === 415 || status === 413 ? /\[[A-Z_0-9]+\]|"error":/ : /\[[A-Z_0-9]+\]/);
      expect(answer.body).not.toContain(CLINICAL);
      expect(answer.body).not.toMatch(/\bat .*\.[jt]s:\d+/);
      expect(answer.body.length).toBeLessThan(20_000);
      expect(JSON.stringify(testing.store.contents())).toBe(before);
    },
  );
});
