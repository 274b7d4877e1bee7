import { existsSync, readFileSync, realpathSync } from "node:fs";
import { Server as NetServer } from "node:net";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { buildApp } from "./app.js";
import { CompiledMappers } from "./cache/compiled-mappers.js";
import { type Config, type Environment, readConfig } from "./config.js";
import { openConfigurationReaders } from "./configuration-readers.js";
import { compileMapperPiecewise, type Mapper, type MapperSource } from "./engine/mapper.js";
import { Problem, problemKind } from "./errors/problem.js";
import { inSlices } from "./event-loop/slices.js";
import type { SemanticsSetting } from "./fhirconnect/dialect/semantics-setting.js";
import type { ServerState } from "./http/app-parts.js";
import { CompileCount } from "./http/metrics/compile-count.js";
import { stackFrames } from "./http/stack-frames.js";
import { openClusteredStore } from "./join-cluster.js";
import { type BootstrapSummary, bootstrap } from "./store/bootstrap.js";
import type { BootstrapStore } from "./store/bootstrap-ledger.js";
import { defaultTenant } from "./tenancy/default-tenant.js";

export const SERVER_ADDRESS_UNUSABLE = problemKind(
  "SERVER_ADDRESS_UNUSABLE",
  "unavailable",
  "Set HOST and PORT to an address that is free, or stop what uses it.",
);

/** A server that is ready for requests. */
export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  /**
   * Stops being ready, waits the drain time unless told not to, finishes the requests under way and ends everything that
   * was started.
   */
  close(options?: { readonly drain: boolean }): Promise<void>;
}

/** How long requests under way may take after a stop was asked for, before their connections are cut. */
const lastRequestsMilliseconds = 5_000;
/** How long a connection that was accepted last may take to bring its request. */
const lastAcceptedMilliseconds = 250;
/** A turn of the event loop as short as this had nothing to do but to look for connections. */
const calmTurnMilliseconds = 0.2;
/** How long such a turn is waited for: a server that is never calm has to end as well. */
const longestCalmingMilliseconds = 500;
/** How often connections that have become idle meanwhile are closed (dependencies, finding 8). */
const closeIdleMilliseconds = 50;

/**
 * Starts everything: configuration, the embedded Postgres when no database is named, migrations, the server, the bootstrap
 * directories. Ready is a node that has applied the log up to its head, whether it has peers or not. Throws a Problem when one of them cannot start; what had been started is ended before.
 */
export async function startServer(environment: Environment, logger?: Logger): Promise<RunningServer> {
  const { config, notes } = readConfig(environment);
  const log = logger ?? pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  for (const note of notes) log.info(note);
  let state: ServerState = "STARTING";
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    state = "STOPPING";
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
    log.flush();
  };
  try {
    const { store, node, identity, join: joinCluster } = await openClusteredStore(config, programVersion(), log);
    const readers = await openConfigurationReaders(config, store, identity, log);
    closers.push(() => readers.close());
    const compiles = new CompileCount();
    const mappers = new CompiledMappers({
      store: readers.store,
      ...(readers.reader === undefined ? {} : { reader: readers.reader }),
      compile: compiles.counting((source: MapperSource) => compileAndLog(source, config.semantics, log)),
      reportUnreadable: ({ id, name }) =>
        log.warn({ mapping: name, id }, "a stored mapping file cannot be read any more"),
      operationalTemplates: { seconds: config.cacheSeconds.operationalTemplates, ...config.cacheLimits },
      fhirConnect: { seconds: config.cacheSeconds.fhirConnect, ...config.cacheLimits },
      tenants: { seconds: config.cacheSeconds.tenants, ...config.cacheLimits },
    });
    const cluster = await joinCluster(mappers);
    readers.joined(cluster);
    closers.push(() => cluster.close());
    const app = await buildApp({
      store: readers.store,
      mappers,
      cluster,
      logger: log,
      state: () => state,
      nodeId: node.instanceId,
      settings: {
        allowPurge: config.allowPurge,
        missingModels: config.missingModels,
        semantics: config.semantics,
        version: node.version,
        commit: node.commit,
        mapper: { timeZone: config.timeZone, now: () => new Date() },
      },
      metrics: {
        caches: () => mappers.statistics(),
        compiles: () => compiles.counts(),
        cluster: () => cluster.state(),
        pool: () => store.database.pool.state(),
        build: node,
        ...readers.metrics,
      },
    });
    closers.push(() => closeApp(app));
    const url = await listen(app, config);
    // One node at a time: who comes later finds everything stored and only reads.
    await cluster.duties.runDutyWhenFree("bootstrap", ({ guard }) => load(store.guarded(guard), config, log));
    await cluster.written(await store.invalidations.head());
    state = "UP";
    return {
      url,
      close: async ({ drain } = { drain: true }) => {
        state = "STOPPING";
        if (drain) await wait(config.drainMilliseconds);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  const { level } = app.log;
  try {
    // One line on standard output says where; fastify would say it once more for each address.
    app.log.level = "warn";
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new Problem(SERVER_ADDRESS_UNUSABLE, `Cannot listen on port ${port} of ${host} (${code}).`, {}, [], error);
  } finally {
    app.log.level = level;
  }
  const shownHost = reachableHost(host);
  const address = app.server.address();
  return `http://${shownHost}:${typeof address === "object" && address !== null ? address.port : port}`;
}

/** How a browser on this machine reaches a host to listen on: all addresses are no address. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** Compiles, and logs what was found to be odd: what does not stop a mapping may still leave values out. */
async function compileAndLog(source: MapperSource, semantics: SemanticsSetting, log: Logger): Promise<Mapper> {
  const mapper = await inSlices(compileMapperPiecewise(source, semantics));
  const warnings = mapper.diagnostics.filter((diagnostic) => diagnostic.severity === "warning");
  if (warnings.length > 0) {
    const shown = warnings.slice(0, 50).map(({ code, message, position, rule }) => ({ code, message, position, rule }));
    log.warn({ template: mapper.templateId, count: warnings.length, warnings: shown }, "compiled with warnings");
  }
  return mapper;
}

/** Loads the bootstrap directories, or what ships with the program when none is named. */
async function load(store: BootstrapStore, config: Config, log: Logger): Promise<void> {
  const shipped = ["templates", "mappings"].map((name) => join(programRoot(), name));
  const named = config.bootstrapDirectories;
  const directories = named.length > 0 ? named : shipped.filter((directory) => existsSync(directory));
  const summary = await bootstrap(store, defaultTenant, {
    directories,
    recursively: config.bootstrapRecursively,
    missingModels: config.missingModels,
    warn: (message) => log.warn(message),
  });
  if (changedSomething(summary)) log.info(summary, "loaded templates and mapping files");
}

function changedSomething({ created, updated, failed }: BootstrapSummary): boolean {
  return created + updated + failed > 0;
}

/**
 * Ends at the end of a turn of the event loop that was calm. Closing a listening socket cuts the connections that the kernel
 * has made and nobody has accepted; after such a turn, which has accepted all that there were, a fraction of a millisecond
 * is left for the next.
 */
async function calmTurn(): Promise<void> {
  const givenUpAt = performance.now() + longestCalmingMilliseconds;
  let began: number;
  do {
    began = performance.now();
    await nextTurn();
  } while (performance.now() - began > calmTurnMilliseconds && began < givenUpAt);
}

/**
 * Closes the server when its last request is answered. First nothing new is accepted any more, and what was accepted just
 * before gets the time to be read: a connection without a request yet would count as idle and be cut. Connections kept alive by
 * clients would hold the server open, so those that are idle are closed again and again, and what is still at work after a
 * while is cut.
 */
async function closeApp(app: FastifyInstance): Promise<void> {
  if (app.server.listening) {
    await calmTurn();
    // The close of an HTTP server cuts idle connections as well; that of the server beneath it only stops accepting.
    NetServer.prototype.close.call(app.server);
    await wait(lastAcceptedMilliseconds);
  }
  const closeIdle = setInterval(() => app.server.closeIdleConnections(), closeIdleMilliseconds);
  const cut = setTimeout(() => app.server.closeAllConnections(), lastRequestsMilliseconds);
  try {
    await app.close();
  } finally {
    clearInterval(closeIdle);
    clearTimeout(cut);
  }
}

/** The folder with package.json, found from the sources as well as from the compiled program. */
function programRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(programRoot(), "package.json"), "utf8")) as { version: string };
  return version;
}

/**
 * Runs a server until the process is told to end. Says on standard output, in one line, where it listens; on failure says
 * why on standard error and leaves with exit code 1.
 */
export async function runServer(environment: Environment): Promise<void> {
  const starting = startServer(environment);
  const longestClose = lastRequestsMilliseconds * 3 + Number(environment.DRAIN_MS ?? 0);
  const signals = ["SIGINT", "SIGTERM"] as const;
  const grace = closeWithGrace({ delay: longestClose, skip: [...signals], logger: false }, async ({ err }) => {
    if (err !== undefined) process.stderr.write(`causeway: ended by a ${err.name}\n${stackFrames(err).join("\n")}\n`);
    const server = await starting.catch(() => undefined);
    await server?.close({ drain });
  });
  // Draining is for load balancers, whose orchestrators send SIGTERM. Whoever presses Ctrl-C waits for the end.
  let drain = true;
  // A terminal's Ctrl-C reaches the process twice when npm has started it: from the terminal and from npm.
  let asked: number | undefined;
  for (const signal of signals) {
    process.on(signal, () => {
      if (asked === undefined) {
        drain = signal !== "SIGINT";
        grace.close();
      } else if (Date.now() - asked > 1_000) process.exit(1);
      asked ??= Date.now();
    });
  }
  try {
    const { url } = await starting;
    process.stdout.write(`Causeway listens on ${url} (API description: ${url}/docs)\n`);
  } catch (error) {
    grace.uninstall();
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`causeway: ${error.toLine()}\n`);
    process.exitCode = 1;
  }
}

/** Whether this file was started, and not imported. */
function isStarted(): boolean {
  const started = process.argv[1];
  return started !== undefined && existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isStarted()) await runServer(process.env);
