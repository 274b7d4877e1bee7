import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { corpusFile, haveCorpus, vitalContext, vitalModel } from "../http/test-app.js";
import { runningPostgres, ServerProcess, temporaryFolder } from "./server-process.js";

const folder = temporaryFolder();
const data = join(folder.path, "data");
const toLoad = join(folder.path, "load");
const environment = { DATA_DIR: data, BOOTSTRAP_DIRS: toLoad, DRAIN_MS: "0" };
const opt = haveCorpus ? corpusFile("growth_chart/template.opt") : "";
const started: ServerProcess[] = [];

function start(more: Record<string, string> = {}, args?: readonly string[]): ServerProcess {
  const server = new ServerProcess({ ...environment, ...more }, args);
  started.push(server);
  return server;
}

const upload = (url: string, xml: string) =>
  fetch(`${url}/opt`, { method: "POST", headers: { "content-type": "application/xml" }, body: xml });

async function everything(url: string): Promise<unknown> {
  return Promise.all(["/opt", "/fc/model", "/fc/context"].map(async (path) => (await fetch(url + path)).json()));
}

beforeAll(() => {
  mkdirSync(toLoad);
  writeFileSync(join(toLoad, "pulse.yml"), vitalModel);
  writeFileSync(join(toLoad, "check.yml"), vitalContext("Growth chart"));
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

afterAll(() => folder.remove());

describe.skipIf(!haveCorpus)("a server with an embedded database", () => {
  it("says in one line where it listens, and has loaded the bootstrap directory by then", async () => {
    const server = start();
    const url = await server.ready();
    expect(server.standardOutput).toBe(`Causeway listens on ${url} (API description: ${url}/docs)\n`);
    expect(await (await fetch(`${url}/health`)).text()).toBe("UP");
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    expect(await everything(url)).toMatchObject([[], [{ type: "model" }], [{ type: "context" }]]);
  });

  it("finds the same data at the next start and loads nothing again", async () => {
    const first = start();
    const before = await everything(await first.ready());
    await first.stop();
    const second = start();
    expect(await everything(await second.ready())).toEqual(before);
    expect(second.standardError).not.toContain("loaded");
  });

  it("ends cleanly on Ctrl-C, which reaches it twice and the whole process group, and so does its database", async () => {
    // Ctrl-C does not wait for load balancers to notice.
    const server = start({ DRAIN_MS: "60000" });
    await server.ready();
    expect(runningPostgres(data)).toBeDefined();
    server.signalGroup("SIGINT");
    await pause(20);
    server.signalGroup("SIGINT");
    expect(await server.ended()).toBe(0);
    expect(runningPostgres(data)).toBeUndefined();
  });

  it("ends cleanly through the command line as well", async () => {
    const server = start({}, [join("cli", "causeway.js"), "serve"]);
    const url = await server.ready();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(runningPostgres(data)).toBeUndefined();
  });

  it("finishes the request under way and is not held open by a connection that is kept alive", async () => {
    const server = start();
    const url = await server.ready();
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<number | undefined>((done, fail) => {
      const sending = request(`${url}/opt`, { method: "POST", agent, headers: { "content-type": "application/xml" } });
      sending.on("response", (response) => {
        response.resume();
        done(response.statusCode);
      });
      sending.on("error", fail);
      sending.write(opt.slice(0, 1000));
      setTimeout(() => server.child.kill("SIGTERM"), 100);
      setTimeout(() => sending.end(opt.slice(1000)), 600);
    });
    expect(await answer).toBe(200);
    expect(await server.ended()).toBe(0);
    agent.destroy();
  });

  it("is whole again after kill -9 in the middle of uploads: what was acknowledged is there, nothing is half there", async () => {
    const doomed = start();
    const url = await doomed.ready();
    const acknowledged = new Set<string>();
    const uploads = Array.from({ length: 40 }, async (_, index) => {
      const response = await upload(url, opt.replaceAll("Growth chart", `Killed ${index}`));
      if (response.status === 200) acknowledged.add(`Killed ${index}`);
    });
    while (acknowledged.size < 3) await pause(5);
    doomed.child.kill("SIGKILL");
    await Promise.allSettled(uploads);
    expect(await doomed.ended()).toBe("SIGKILL");

    const next = start();
    const again = await next.ready();
    const list = (await (await fetch(`${again}/opt`)).json()) as { id: string; originalTemplateId: string }[];
    const names = list.map((one) => one.originalTemplateId);
    expect(names).toEqual(expect.arrayContaining([...acknowledged]));
    for (const { id, originalTemplateId } of list) {
      const text = await (await fetch(`${again}/opt/${id}`)).text();
      expect(text).toBe(opt.replaceAll("Growth chart", originalTemplateId));
    }
    expect((await upload(again, opt.replaceAll("Growth chart", "After the kill"))).status).toBe(200);
  });

  it("refuses a hundred megabytes of nesting without taking them into memory", async () => {
    const server = start();
    const url = await server.ready();
    const before = server.peakMemory();
    const piece = Buffer.from("<a>".repeat(350_000));
    const status = await new Promise<number | undefined>((done) => {
      const sending = request(`${url}/opt`, { method: "POST", headers: { "content-type": "application/xml" } });
      let left = 100;
      const send = (): void => {
        if (left-- > 0) sending.write(piece, send);
        else sending.end();
      };
      sending.on("response", (response) => {
        left = 0;
        response.resume();
        done(response.statusCode);
      });
      // The server may close the connection while there is still something to send.
      sending.on("error", () => done(413));
      send();
    });
    expect(status).toBe(413);
    const after = server.peakMemory();
    if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(150 * 1024 * 1024);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("says which address is taken, leaves with 1 and leaves no database behind", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const address = squatter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const server = start({ PORT: String(port) });
    expect(await server.ended()).toBe(1);
    expect(server.standardError).toMatch(new RegExp(`^causeway: .*${port}.*EADDRINUSE.*SERVER_ADDRESS_UNUSABLE`, "m"));
    expect(runningPostgres(data)).toBeUndefined();
    squatter.close();
  });

  it("names every mistake of its configuration and leaves with 1", async () => {
    const server = start({ PORT: "eighty", LOG_LEVEL: "loud" });
    expect(await server.ended()).toBe(1);
    expect(server.standardError).toMatch(/PORT[\s\S]*LOG_LEVEL|LOG_LEVEL[\s\S]*PORT/);
    expect(server.standardOutput).toBe("");
  });
});
