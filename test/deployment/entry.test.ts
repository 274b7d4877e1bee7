import { createServer, request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { missingPackages, startTopology, type Topology } from "../../scripts/topology.mjs";

const missing =
  process.platform === "linux" ? missingPackages({ entry: true, pooler: false, redis: false }) : ["Linux"];
if (missing.length > 0) console.warn(`The entry is not tested, because this is missing: ${missing.join(", ")}.`);

const mappingCalls = ["/openfhir/toopenehr?templateId=a", "/tofhir", "/opt/a%2Fb/convert", "/opt/1/validate"];

describe.skipIf(missing.length > 0)("the entry that ships", { timeout: 60_000 }, () => {
  let topology: Topology;
  const closers: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    topology = await startTopology({ nodes: 0 });
  }, 60_000);
  afterEach(async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
    // The entry forgets a name after a second at most.
    await untilForgotten();
  });
  afterAll(() => topology?.stop());

  /** An address of the service at which nobody listens, as after kill -9. */
  function deadNode(): void {
    closers.push(topology.nameNode().withdraw);
  }

  /**
   * A node that takes requests and answers them, with or without the length of their bodies in its notes, or breaks the
   * connection. Gives the requests that have reached it.
   */
  async function node(kind: "answers" | "measures" | "breaks"): Promise<string[]> {
    const { host, port, withdraw } = topology.nameNode();
    const requests: string[] = [];
    const server = createServer((incoming, response) => {
      const call = `${incoming.method} ${incoming.url}`;
      if (kind !== "measures") requests.push(call);
      if (kind === "breaks") {
        incoming.socket.destroy();
        return;
      }
      let length = 0;
      incoming.on("data", (chunk: Buffer) => {
        length += chunk.length;
      });
      incoming.on("end", () => {
        if (kind === "measures" && incoming.method === "POST") requests.push(`${call} ${length}`);
        response.end("ok");
      });
    });
    await new Promise<void>((done) => server.listen(port, host, done));
    closers.push(() => {
      withdraw();
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    });
    return requests;
  }

  function ask(method: string, path: string, body?: Buffer): Promise<number> {
    const options = { method, path, headers: { "content-length": body?.length ?? 0 }, agent: false };
    return new Promise((resolve, reject) => {
      const asked = request(topology.url ?? "", options, (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? 0));
      });
      asked.on("error", reject).end(body);
    });
  }

  async function untilForgotten(): Promise<void> {
    while ((await ask("GET", "/")) !== 502) await new Promise((done) => setTimeout(done, 50));
  }

  /** Waits until the entry has learnt of the nodes. */
  async function untilKnown(): Promise<void> {
    while ((await ask("OPTIONS", "/")) === 502) await new Promise((done) => setTimeout(done, 50));
  }

  it.each([
    ["no node at all", 0],
    ["no node that lives", 3],
  ])("says 502 when there is %s", async (_, dead) => {
    for (let made = 0; made < dead; made++) deadNode();
    expect(await Promise.all(["GET", "POST", "PUT", "DELETE"].map((method) => ask(method, "/opt")))).toEqual([
      502, 502, 502, 502,
    ]);
  });

  it("finds a node that lives, whatever the method", async () => {
    deadNode();
    for (let made = 0; made < 3; made++) await node("answers");
    await untilKnown();
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const statuses = await Promise.all(Array.from({ length: 30 }, () => ask(method, "/opt/1", Buffer.from("body"))));
      expect(new Set(statuses), method).toEqual(new Set([200]));
    }
  });

  it("repeats a read that broke off with another node", async () => {
    const broken = await node("breaks");
    await node("answers");
    await untilKnown();
    const statuses = await Promise.all(Array.from({ length: 30 }, () => ask("GET", "/opt")));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(broken.length).toBeGreaterThan(0);
  });

  it("gives a mapping call that broke off to another node, with its body", async () => {
    const broken = await node("breaks");
    const healthy = await node("measures");
    await untilKnown();
    const body = Buffer.alloc(100_000, "body");
    for (const path of mappingCalls) {
      for (const requests of [broken, healthy]) requests.length = 0;
      const statuses = await Promise.all(Array.from({ length: 30 }, () => ask("POST", path, body)));
      const answered = statuses.filter((status) => status === 200).length;
      expect(healthy, path).toEqual(Array.from({ length: answered }, () => `POST ${path} ${body.length}`));
      // Addresses are drawn, also for the second attempt: who met the broken node twice has failed.
      expect(broken.length - 2 * (statuses.length - answered), path).toBeGreaterThan(0);
    }
  });

  it("never sends twice what changes something, and a mapping call no third time", async () => {
    const nodes = [await node("breaks"), await node("breaks"), await node("breaks")];
    // Reads are repeated: when they have reached all nodes, the entry knows all of them.
    while (nodes.some((requests) => requests.length === 0)) await ask("GET", "/opt");
    for (const call of [
      "POST /opt",
      "PUT /opt/1",
      "DELETE /opt/1",
      "PUT /opt/a%2Fconvert",
      "GET /$purge",
      "GET /%24purge",
    ]) {
      for (const requests of nodes) requests.length = 0;
      const [method = "", path = ""] = call.split(" ");
      expect(await ask(method, path, Buffer.from("body"))).toBe(502);
      expect(nodes.flat()).toEqual([call]);
    }
    for (const path of mappingCalls) {
      for (const requests of nodes) requests.length = 0;
      expect(await ask("POST", path, Buffer.from("body"))).toBe(502);
      expect(nodes.flat()).toEqual([`POST ${path}`, `POST ${path}`]);
    }
  });

  it("hands on the path and the query as they came", async () => {
    const requests = await node("answers");
    await untilKnown();
    requests.length = 0;
    const path = "/opt/a%2Fb%20c?id=%7B1%7D&x=a+b";
    await ask("GET", path);
    await ask("PUT", path);
    expect(requests).toEqual([`GET ${path}`, `PUT ${path}`]);
  });

  it("lets templates of 20 MB through and nothing that is larger", async () => {
    await node("answers");
    await untilKnown();
    const most = 20 * 1024 * 1024;
    expect(await ask("POST", "/opt", Buffer.alloc(most))).toBe(200);
    const headers = { "content-length": String(most + 1) };
    const refused = new Promise((resolve) => {
      const asked = request(`${topology.url}/opt`, { method: "POST", headers, agent: false }, ({ statusCode }) => {
        resolve(statusCode);
        asked.destroy();
      });
      asked.on("error", () => {}).flushHeaders();
    });
    expect(await refused).toBe(413);
  });
});
