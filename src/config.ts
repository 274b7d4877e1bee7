import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { ClusterSettings } from "./cluster/cluster-settings.js";
import { VARIABLES, type VariableName, WITHOUT_EFFECT } from "./config-names.js";
import { nearestName } from "./config-nearest-name.js";
import type { Surroundings, Variable } from "./config-types.js";
import { Problem, problemKind } from "./errors/problem.js";
import type { SemanticsSetting } from "./fhirconnect/dialect/semantics-setting.js";
import { type ConnectionOptions, type DatabaseUrl, parseDatabaseUrl } from "./store/connection-options.js";
import type { MissingModelsPolicy } from "./store/missing-models-policy.js";

export const CONFIG_INVALID = problemKind("CONFIG_INVALID", "invalid", "Correct the environment and start again.");
export const CONFIG_VALUE_INVALID = problemKind("CONFIG_VALUE_INVALID", "invalid", "Correct the value.");
export const CONFIG_NAME_UNKNOWN = problemKind("CONFIG_NAME_UNKNOWN", "invalid", "Correct or remove the variable.");

/** Everything the operator decides, read once at start. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  readonly drainMilliseconds: number;
  /** Where the embedded database lives when no other is named. */
  readonly dataDirectory: string;
  /** Undefined: the embedded Postgres is used. */
  readonly database: ConnectionOptions | undefined;
  readonly databasePoolMaximum: number;
  /** The same database without a pooler in between; undefined where {@link database} is. */
  readonly directDatabase: ConnectionOptions | undefined;
  /** Streaming replicas that may answer reads. */
  readonly readDatabases: readonly ConnectionOptions[];
  readonly redisUrl: string | undefined;
  readonly redisCacheMegabytes: number;
  /** Most of it that one value takes. */
  readonly redisCacheValueKilobytes: number;
  readonly cluster: ClusterSettings;
  /** What the build says it is; undefined: the program's own version, and no commit. */
  readonly version: string | undefined;
  readonly commit: string | undefined;
  readonly bootstrapDirectories: readonly string[];
  readonly bootstrapRecursively: boolean;
  /** IANA name of the zone of times that name none. */
  readonly timeZone: string;
  /** How contexts are read for which their upload asked nothing. */
  readonly semantics: SemanticsSetting;
  /** Seconds; -1 never expires, 0 keeps nothing. */
  readonly cacheSeconds: {
    readonly operationalTemplates: number;
    readonly fhirConnect: number;
    readonly tenants: number;
  };
  /** Of each group of caches. */
  readonly cacheLimits: { readonly maxEntries: number; readonly maxBytes: number };
  readonly allowPurge: boolean;
  /** What becomes of a context whose models are not stored. */
  readonly missingModels: MissingModelsPolicy;
}

/** Environment variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The files that configuration may look at. */
export interface ConfigFiles {
  exists(path: string): boolean;
  /** Throws when there is no such file or it may not be read. */
  readText(path: string): string;
}

const filesOfTheSystem: ConfigFiles = {
  exists: existsSync,
  readText: (path) => readFileSync(path, "utf8"),
};

const PREFIXES_OF_OURS = ["OPENFHIR_", "CLUSTER_", "CAUSEWAY_"];
/** What Kubernetes injects for a Service, whatever its name: never meant for us. */
const SERVICE_NAME =
  /_SERVICE_HOST$|_SERVICE_PORT(?:_[A-Z0-9_]+)?$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

const rows: ReadonlyMap<string, Variable> = new Map(Object.entries(VARIABLES));
const schema = z.object(shapeOf(VARIABLES));

/**
 * Reads the configuration from the environment and the files it points at. An empty variable counts as unset.
 * Gives the configuration and notes, one line each, about variables that are accepted without effect.
 * Throws one Problem `CONFIG_INVALID` that lists all mistakes; `others` has them one by one. Secrets are never shown.
 */
export function readConfig(
  environment: Environment = process.env,
  files: ConfigFiles = filesOfTheSystem,
): { readonly config: Config; readonly notes: readonly string[] } {
  const given = withoutServices(environment);
  const mistakes = unknownNames(given);
  const notes = notesAbout(given);
  const refuse = (message: string): void => {
    mistakes.push(new Problem(CONFIG_VALUE_INVALID, message));
  };

  const texts: Record<string, string | undefined> = {};
  const sources = new Map<string, string>();
  const surroundings = lookAround(environment, files);
  for (const [name, row] of rows) {
    const values = [name, ...row.aliases].flatMap((source) => {
      const value = textOf(source, row, given, files, refuse);
      return value === undefined ? [] : [{ source, value }];
    });
    const [first, ...rest] = values;
    for (const other of rest) {
      if (other.value !== first?.value) notes.push(`${other.source} has no effect: ${first?.source} is set as well.`);
    }
    sources.set(name, first?.source ?? name);
    texts[name] = first?.value ?? (typeof row.default === "function" ? row.default(surroundings) : row.default);
  }

  const read = schema.safeParse(texts);
  for (const issue of read.error?.issues ?? []) {
    const name = String(issue.path[0]);
    const shown = rows.get(name)?.secret === true ? "" : `, not ${JSON.stringify(texts[name])}`;
    refuse(`${sources.get(name)} ${issue.message}${shown}.`);
  }
  const url = databaseUrl(texts.DATABASE_URL, sources.get("DATABASE_URL") ?? "DATABASE_URL", files, mistakes, notes);
  const database = read.success ? databaseOf(read.data, url, environment, refuse) : undefined;
  const further = (name: "DATABASE_DIRECT_URL" | "DATABASE_READ_URL", given: string | undefined) => {
    const parsed = databaseUrl(given, name, files, mistakes, notes);
    if (parsed === undefined) return [];
    if (database === undefined && mistakes.length === 0) refuse(`${name} is set without DATABASE_URL.`);
    return database === undefined ? [] : [besides(database, parsed)];
  };
  const [direct] = further("DATABASE_DIRECT_URL", texts.DATABASE_DIRECT_URL);
  const replicas = (texts.DATABASE_READ_URL ?? "").split(",").map((part) => part.trim());
  const reads = replicas.flatMap((part) => further("DATABASE_READ_URL", part === "" ? undefined : part));
  if (read.success) refuseContradictions(read.data, refuse);
  if (mistakes.length > 0 || !read.success) throw allMistakes(mistakes);
  return { config: configOf(read.data, database, direct, reads), notes };
}

/** Settings each of which is right by itself. */
function refuseContradictions(values: Values, refuse: (message: string) => void): void {
  const discovery = values.CLUSTER_DISCOVERY;
  if (discovery === "DNS" && values.CLUSTER_DNS_QUERY === undefined)
    refuse("CLUSTER_DISCOVERY=DNS needs CLUSTER_DNS_QUERY.");
  if (discovery === "TCP" && values.CLUSTER_INITIAL_HOSTS === undefined) {
    refuse("CLUSTER_DISCOVERY=TCP needs CLUSTER_INITIAL_HOSTS.");
  }
  if (discovery === "REDIS" && values.REDIS_URL === undefined) refuse("CLUSTER_DISCOVERY=REDIS needs REDIS_URL.");
  if (values.CLUSTER_POLL_MS >= values.CLUSTER_MAX_STALENESS_MS) {
    refuse(
      `CLUSTER_POLL_MS (${values.CLUSTER_POLL_MS}) must be less than CLUSTER_MAX_STALENESS_MS (${values.CLUSTER_MAX_STALENESS_MS}).`,
    );
  }
}

/** Another way to the same data: what its URL leaves out is as in the main connection, but another host has its own port. */
function besides(main: ConnectionOptions, url: DatabaseUrl): ConnectionOptions {
  const { ignoredParameters: _, ...given } = url;
  return Object.freeze({ ...main, ...(given.host === undefined ? {} : { port: 5432 }), ...given });
}

type Values = z.output<typeof schema>;

function configOf(
  values: Values,
  database: ConnectionOptions | undefined,
  direct: ConnectionOptions | undefined,
  reads: readonly ConnectionOptions[],
): Config {
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    drainMilliseconds: values.DRAIN_MS,
    dataDirectory: values.DATA_DIR,
    database,
    databasePoolMaximum: values.DATABASE_POOL_MAX,
    directDatabase: direct ?? database,
    readDatabases: Object.freeze(reads),
    redisUrl: values.REDIS_URL,
    redisCacheMegabytes: values.REDIS_CACHE_LIMIT_MB,
    redisCacheValueKilobytes: values.REDIS_CACHE_VALUE_LIMIT_KB,
    cluster: clusterOf(values),
    version: values.CAUSEWAY_VERSION,
    commit: values.CAUSEWAY_COMMIT,
    bootstrapDirectories: values.BOOTSTRAP_DIRS ?? [],
    bootstrapRecursively: values.OPENFHIR_BOOTSTRAP_RECURSIVELY_OPEN_DIRECTORIES,
    timeZone: values.OPENFHIR_TIME_ZONE,
    semantics: values.CAUSEWAY_SEMANTICS,
    cacheSeconds: Object.freeze({
      operationalTemplates: values.OPENFHIR_CACHE_OPT_TTL,
      fhirConnect: values.OPENFHIR_CACHE_FHIR_CONNECT_TTL,
      tenants: values.OPENFHIR_CACHE_TENANT_TTL,
    }),
    cacheLimits: Object.freeze({
      maxEntries: values.CACHE_LIMIT_ENTRIES,
      maxBytes: values.CACHE_LIMIT_MB * 1024 * 1024,
    }),
    allowPurge: values.CAUSEWAY_ALLOW_PURGE,
    missingModels: values.CAUSEWAY_MISSING_MODELS,
  });
}

function clusterOf(values: Values): ClusterSettings {
  const { CLUSTER_NAME: name, CLUSTER_SECRET: secret, CLUSTER_MULTICAST_ADDRESS: multicastAddress } = values;
  const { CLUSTER_DNS_QUERY: dnsQuery, CLUSTER_INITIAL_HOSTS: initialHosts } = values;
  return Object.freeze({
    discovery: values.CLUSTER_DISCOVERY,
    ...(name === undefined ? {} : { name }),
    ...(secret === undefined ? {} : { secret }),
    port: values.CLUSTER_PORT,
    ...(multicastAddress === undefined ? {} : { multicastAddress }),
    ...(dnsQuery === undefined ? {} : { dnsQuery }),
    ...(initialHosts === undefined ? {} : { initialHosts }),
    pollMilliseconds: values.CLUSTER_POLL_MS,
    maxStalenessMilliseconds: values.CLUSTER_MAX_STALENESS_MS,
    stalePolicy: values.CLUSTER_STALE_POLICY,
    writeWaitMilliseconds: values.CLUSTER_WRITE_WAIT_MS,
    waitMilliseconds: values.CLUSTER_WAIT_MS,
    leaseSeconds: values.CLUSTER_LEASE_SECONDS,
    logHours: values.CLUSTER_LOG_HOURS,
    logPositions: values.CLUSTER_LOG_POSITIONS,
  });
}

/** The schema's shape from the table; `Object.fromEntries` forgets which name has which type, the cast says it again. */
function shapeOf<Rows extends Record<string, Variable>>(table: Rows): { [Name in keyof Rows]: Rows[Name]["type"] } {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row.type])) as {
    [Name in keyof Rows]: Rows[Name]["type"];
  };
}

/** Variables that are set, without those that Kubernetes made: a Service called `database` yields DATABASE_PORT. */
function withoutServices(environment: Environment): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === "" || SERVICE_NAME.test(name)) continue;
    if (name.endsWith("_PORT") && SERVICE_ADDRESS.test(value)) continue;
    given.set(name, value);
  }
  return given;
}

function lookAround(environment: Environment, files: ConfigFiles): Surroundings {
  const marks = [environment.KUBERNETES_SERVICE_HOST, environment.container];
  return {
    inContainer:
      marks.some((mark) => mark !== undefined && mark !== "") ||
      files.exists("/.dockerenv") ||
      files.exists("/run/.containerenv"),
    systemTimeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** The text of a variable or, for secrets, of the file that `<NAME>_FILE` names (its last line end is not part of it). */
function textOf(
  name: string,
  row: Variable,
  given: ReadonlyMap<string, string>,
  files: ConfigFiles,
  refuse: (message: string) => void,
): string | undefined {
  const value = given.get(name);
  if (row.secret !== true) return value?.trim() === "" ? undefined : value?.trim();
  const path = given.get(`${name}_FILE`);
  if (path === undefined) return value;
  if (value !== undefined) {
    refuse(`${name} and ${name}_FILE are both set; keep one.`);
    return value;
  }
  try {
    const content = files.readText(path).replace(/\r?\n$/, "");
    return content === "" ? undefined : content;
  } catch (error) {
    refuse(`${name}_FILE names ${path}, which cannot be read (${errorCode(error)}).`);
    return undefined;
  }
}

function databaseUrl(
  text: string | undefined,
  source: string,
  files: ConfigFiles,
  mistakes: Problem[],
  notes: string[],
): DatabaseUrl | undefined {
  if (text === undefined) return undefined;
  try {
    const url = parseDatabaseUrl(text);
    for (const parameter of url.ignoredParameters) {
      notes.push(`The parameter ${JSON.stringify(parameter)} of ${source} has no effect.`);
    }
    const authority = url.tls?.certificateAuthorityFile;
    if (authority !== undefined && !files.exists(authority)) {
      mistakes.push(
        new Problem(CONFIG_VALUE_INVALID, `sslrootcert in ${source} names ${authority}, which is missing.`),
      );
    }
    return url;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    mistakes.push(new Problem(error.kind, `${source}: ${error.message}`));
    return undefined;
  }
}

/** One connection from URL and parts: a part wins over the URL, so that a password can be kept out of it. */
function databaseOf(
  values: Values,
  url: DatabaseUrl | undefined,
  environment: Environment,
  refuse: (message: string) => void,
): ConnectionOptions | undefined {
  if (url === undefined && values.DATABASE_HOST === undefined) {
    const parts = ["DATABASE_USER", "DATABASE_PASSWORD", "DATABASE_NAME", "DATABASE_PORT"] as const;
    const lonely = parts.filter((name) => values[name] !== undefined);
    if (lonely.length > 0 && values.DATABASE_URL === undefined) {
      refuse(
        `${lonely.join(", ")} set without DATABASE_HOST or DATABASE_URL: it is not clear which database is meant.`,
      );
    }
    return undefined;
  }
  const user = values.DATABASE_USER ?? url?.user ?? environment.USER;
  if (user === undefined || user === "") {
    refuse("No database user is named; set DATABASE_USER.");
    return undefined;
  }
  const password = values.DATABASE_PASSWORD ?? url?.password;
  return Object.freeze({
    host: values.DATABASE_HOST ?? url?.host ?? "localhost",
    port: values.DATABASE_PORT ?? url?.port ?? 5432,
    user,
    ...(password === undefined ? {} : { password }),
    database: values.DATABASE_NAME ?? url?.database ?? user,
    ...(url?.tls === undefined ? {} : { tls: url.tls }),
  });
}

/** All names that mean something: own, aliases, their `_FILE` forms, and those without effect. */
const knownNames: ReadonlySet<string> = new Set([
  ...[...rows].flatMap(([name, row]) =>
    [name, ...row.aliases].flatMap((known) => (row.secret === true ? [known, `${known}_FILE`] : [known])),
  ),
  ...WITHOUT_EFFECT.keys(),
]);

/** Names with a prefix of ours that nobody knows: most likely a typing error that would otherwise stay unnoticed. */
function unknownNames(given: ReadonlyMap<string, string>): Problem[] {
  return (
    [...given.keys()]
      .filter((name) => PREFIXES_OF_OURS.some((prefix) => name.startsWith(prefix)))
      // The test suite's own switches; a server started by a test inherits them.
      .filter((name) => !knownNames.has(name) && !name.startsWith("CAUSEWAY_TEST_"))
      .sort()
      .map(
        (name) =>
          new Problem(CONFIG_NAME_UNKNOWN, `${name} is not known; did you mean ${nearestName(name, knownNames)}?`),
      )
  );
}

function notesAbout(given: ReadonlyMap<string, string>): string[] {
  const notes: string[] = [];
  for (const name of given.keys()) {
    const why = WITHOUT_EFFECT.get(name) ?? WITHOUT_EFFECT.get(name.replace(/_FILE$/, ""));
    if (why !== undefined && !rows.has(name)) notes.push(`${name} ${why}.`);
    else if (name.startsWith("SPRING_") && !knownNames.has(name))
      notes.push(`${name} has no effect: it is a setting of Spring.`);
  }
  return notes.sort();
}

function allMistakes(mistakes: readonly Problem[]): Problem {
  const count = mistakes.length === 1 ? "one mistake" : `${mistakes.length} mistakes`;
  const lines = mistakes.map((mistake) => `\n  - ${mistake.message}`).join("");
  return new Problem(CONFIG_INVALID, `The configuration has ${count}:${lines}\n`, {}, mistakes);
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** The table for the operations guide, in Markdown, from the same rows the program reads (`npm run docs:config`). */
export function configTable(): string {
  const head = "| Variable | Default | Meaning | Since |\n|---|---|---|---|\n";
  const names = Object.keys(VARIABLES) as VariableName[];
  return head + names.map((name) => tableLine(name, VARIABLES[name])).join("\n");
}

function tableLine(name: string, row: Variable): string {
  const fixed = typeof row.default === "string" ? `\`${row.default}\`` : "none";
  const file = row.secret === true ? ` Also as a file: \`${name}_FILE\`.` : "";
  const aliases = row.aliases.length === 0 ? "" : ` Also: ${row.aliases.map((alias) => `\`${alias}\``).join(", ")}.`;
  return `| \`${name}\` | ${row.defaultInWords ?? fixed} | ${row.description}${file}${aliases} | ${row.since} |`;
}
