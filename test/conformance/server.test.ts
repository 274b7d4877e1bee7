import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { freePort, startServer } from "./server.js";
import { ServerApi } from "./server-api.js";

/** Starts Node with a script instead of the server. */
async function start(script: (port: number) => string) {
  const port = await freePort();
  return startServer({
    command: [process.execPath, "-e", script(port)],
    folder: tmpdir(),
    environment: { TZ: "Europe/Ljubljana" },
    baseUrl: `http://127.0.0.1:${port}`,
  });
}

describe("the server process of a run", () => {
  it("is ready when its health says so, and gone when it is stopped", async () => {
    const server = await start(
      (port) => `
        let asked = 0;
        require("node:http").createServer((request, response) => {
          response.statusCode = ++asked < 3 ? 503 : 200;
          response.end(process.env.TZ);
        }).listen(${port}, "127.0.0.1");
        console.log("listening");`,
    );
    const answer = await fetch(`${server.baseUrl}/zone`);
    expect(await answer.text()).toBe("Europe/Ljubljana");
    expect(server.output()).toContain("listening");
    await server.stop();
    await expect(fetch(`${server.baseUrl}/health`)).rejects.toThrow();
  });

  it("fails with what the process wrote when it ends before it is ready", async () => {
    await expect(start(() => `console.error("no such database"); process.exit(3)`)).rejects.toThrow(
      /ended with 3[\s\S]*no such database/,
    );
  });

  it("fails when the program cannot be started", async () => {
    const broken = { command: ["/nonexistent/program"] as const, folder: tmpdir(), environment: {} };
    await expect(startServer({ ...broken, baseUrl: `http://127.0.0.1:${await freePort()}` })).rejects.toThrow("ENOENT");
  });

  it("may be stopped twice", async () => {
    const server = await start(
      (port) => `require("node:http").createServer((_, r) => r.end()).listen(${port}, "127.0.0.1")`,
    );
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
  });
});

describe("the routes that cases use", () => {
  it("get body, content type and parameters, and give status and body back", async () => {
    const seen: unknown[] = [];
    const echo = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        seen.push([request.method, request.url, request.headers["content-type"], body]);
        response.statusCode = seen.length === 1 ? 204 : 400;
        response.end(seen.length === 2 ? '["already stored"]' : "bare text");
      });
    }).listen(0, "127.0.0.1");
    await once(echo, "listening");
    const address = echo.address();
    const api = new ServerApi(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    expect(await api.purge()).toEqual({ status: 204, body: "" });
    expect(await api.uploadTemplate("<template/>")).toEqual({ status: 400, body: ["already stored"] });
    await api.uploadModel("a: 1");
    await api.uploadContext("b: 1");
    await api.map("tofhir", "{}", "Growth chart");
    await api.map("toopenehr", "{}", "T");
    await api.map("toopenehr-flat", "{}", "T");
    expect(await api.map("toaql", "{}", undefined)).toEqual({ status: 400, body: "bare text" });
    echo.closeAllConnections();
    echo.close();
    expect(seen).toEqual([
      ["GET", "/$purge", undefined, ""],
      ["POST", "/opt", "application/xml", "<template/>"],
      ["POST", "/fc/model", "application/x-yaml", "a: 1"],
      ["POST", "/fc/context", "application/x-yaml", "b: 1"],
      ["POST", "/openfhir/tofhir?templateId=Growth%20chart", "application/json", "{}"],
      ["POST", "/openfhir/toopenehr?templateId=T", "application/json", "{}"],
      ["POST", "/openfhir/toopenehr?templateId=T&flat=true", "application/json", "{}"],
      ["POST", "/openfhir/toaql", "application/json", "{}"],
    ]);
  });
});
