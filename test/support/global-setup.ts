import { existsSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { TestDatabaseServer } from "./database-server.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Address where test files ask for databases. */
    testDatabases: string | undefined;
  }
}

/**
 * Test files run in processes of their own; they ask this one for databases over HTTP. The database server is started
 * when the first of them asks, so that a run without database tests does not pay for it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  sayWhatIsMissing();
  let server: Promise<TestDatabaseServer> | undefined;
  const started = (): Promise<TestDatabaseServer> => {
    server ??= TestDatabaseServer.start();
    return server;
  };
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const path = (request.url ?? "/").slice(1);
    if (request.method === "POST") return (await started()).create(path === "empty");
    await (await started()).drop(path);
    return {};
  };
  const service = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(JSON.stringify(error instanceof Error ? error.message : String(error)));
      },
    );
  });
  await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
  const address = service.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  project.provide("testDatabases", `http://127.0.0.1:${port}`);
  return async () => {
    service.closeAllConnections();
    await new Promise((done) => service.close(done));
    if (server !== undefined) await (await server).stop();
  };
}

/** Reporters only count what was skipped; this says why, once for the whole run. */
function sayWhatIsMissing(): void {
  const shared = join(import.meta.dirname, "..", "..", "..", "shared");
  if (!existsSync(join(shared, "conformance"))) {
    console.warn(
      "../shared is not there: the tests that read the conformance cases and mapping libraries are skipped.",
    );
  }
}
