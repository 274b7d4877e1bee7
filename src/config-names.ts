import { CACHE_VARIABLES } from "./config-cache.js";
import { CLUSTER_VARIABLES } from "./config-cluster.js";
import { ENGINE_VARIABLES } from "./config-engine.js";
import { read, since, text, truth, type Variable, wholeNumber } from "./config-types.js";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const logLevel = read(`one of ${LOG_LEVELS.join(", ")}`, (given) =>
  LOG_LEVELS.find((level) => level === given.toLowerCase()),
);
const timeZone = read("a time zone of the IANA database, such as Europe/Berlin", (given) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: given }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
});
/** A colon separates as in PATH, a comma as in the incumbent's lists. */
const directories = text.transform((given) =>
  given
    .split(/[,:]/)
    .map((directory) => directory.trim())
    .filter((directory) => directory !== ""),
);

/** Every variable that has an effect, in the order of the operations guide. */
export const VARIABLES = {
  HOST: {
    aliases: ["SERVER_ADDRESS"],
    type: text,
    default: ({ inContainer }) => (inContainer ? "0.0.0.0" : "127.0.0.1"),
    defaultInWords: "`127.0.0.1`; in a container `0.0.0.0`",
    description: "Address to listen on.",
    since,
  },
  PORT: {
    aliases: ["SERVER_PORT"],
    type: wholeNumber(0, 65_535),
    default: "8080",
    description: "Port to listen on; `0` takes a free one.",
    since,
  },
  LOG_LEVEL: {
    aliases: [],
    type: logLevel,
    default: "info",
    description: `Least level that is logged: ${LOG_LEVELS.map((level) => `\`${level}\``).join(", ")}.`,
    since,
  },
  DRAIN_MS: {
    aliases: [],
    type: wholeNumber(0, 600_000),
    default: ({ inContainer }) => (inContainer ? "5000" : "0"),
    defaultInWords: "`0`; in a container `5000`",
    description: "Milliseconds between reporting not ready and closing, so that load balancers notice.",
    since,
  },
  DATA_DIR: {
    aliases: [],
    type: text,
    default: "./data",
    description: "Directory of the embedded database; not used when a database is named.",
    since,
  },
  DATABASE_URL: {
    aliases: ["SPRING_DATASOURCE_URL"],
    type: text.optional(),
    secret: true,
    defaultInWords: "none: an embedded Postgres in `DATA_DIR`",
    description:
      "`postgres://user:password@host:5432/database`, also with `jdbc:` in front. `sslmode` and `sslrootcert` are understood.",
    since,
  },
  DATABASE_HOST: {
    aliases: [],
    type: text.optional(),
    defaultInWords: "from the URL, else `localhost`",
    description: "Host of the database, or the directory of its Unix socket. Wins over the URL, as all parts do.",
    since,
  },
  DATABASE_PORT: {
    aliases: [],
    type: wholeNumber(1, 65_535).optional(),
    defaultInWords: "from the URL, else `5432`",
    description: "Port of the database.",
    since,
  },
  DATABASE_USER: {
    aliases: ["SPRING_DATASOURCE_USERNAME"],
    type: text.optional(),
    defaultInWords: "from the URL, else the account that runs the program",
    description: "User of the database.",
    since,
  },
  DATABASE_PASSWORD: {
    aliases: ["SPRING_DATASOURCE_PASSWORD"],
    type: text.optional(),
    secret: true,
    defaultInWords: "from the URL",
    description: "Password of the database user, as it is: `@` and `/` need no encoding here.",
    since,
  },
  DATABASE_NAME: {
    aliases: [],
    type: text.optional(),
    defaultInWords: "from the URL, else the name of the user",
    description: "Name of the database.",
    since,
  },
  DATABASE_POOL_MAX: {
    aliases: [],
    type: wholeNumber(1, 1000),
    default: "5",
    description:
      "Most database connections this process opens to `DATABASE_URL`, at least 2: one follows the log, the others are for requests. " +
      "Discovery `POSTGRES` opens one more to `DATABASE_DIRECT_URL`, and each database of `DATABASE_READ_URL` has as many again.",
    since,
  },
  BOOTSTRAP_DIRS: {
    aliases: ["OPENFHIR_BOOTSTRAP_DIR", "BOOTSTRAP_DIR"],
    type: directories.optional(),
    defaultInWords: "none",
    description: "Directories with templates and mappings to load at start, separated by `:` or `,`.",
    since,
  },
  OPENFHIR_BOOTSTRAP_RECURSIVELY_OPEN_DIRECTORIES: {
    aliases: ["BOOTSTRAP_RECURSIVELY_OPEN_DIRECTORIES"],
    type: truth,
    default: "true",
    description: "Whether sub-folders of the bootstrap directories are read.",
    since,
  },
  OPENFHIR_TIME_ZONE: {
    aliases: [],
    type: timeZone,
    default: ({ systemTimeZone }) => systemTimeZone,
    defaultInWords: "the system's",
    description: "Time zone of times that name none.",
    since,
  },
  ...ENGINE_VARIABLES,
  ...CACHE_VARIABLES,
  CAUSEWAY_ALLOW_PURGE: {
    aliases: [],
    type: truth,
    default: "false",
    description: "Whether `GET /$purge` may erase all templates and mappings of the tenant.",
    since,
  },
  ...CLUSTER_VARIABLES,
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** Names that are accepted so that an existing set-up starts, with the line that says why they do nothing. */
export const WITHOUT_EFFECT: ReadonlyMap<string, string> = new Map([
  ["SPRING_DATA_MONGODB_URI", "has no effect: configuration is kept in Postgres, see DATABASE_URL"],
  ["DB_TYPE", "has no effect: configuration is always kept in Postgres"],
  ["OPENFHIR_DB_TYPE", "has no effect: configuration is always kept in Postgres"],
  ["SERVER_ERROR_INCLUDE_MESSAGE", "has no effect: answers always name the cause"],
  ["SERVER_ERROR_INCLUDE_STACKTRACE", "has no effect: answers never hold a stack trace"],
  ["MONGOCK_MIGRATION_SCAN_PACKAGE", "has no effect: there is no MongoDB to migrate"],
  ["LICENSE", "has no effect: no licence is needed"],
  ["OPENFHIR_LICENSE", "has no effect: no licence is needed"],
  ["OPENFHIR_METRICS_FILE_ENABLED", "has no effect: no CSV timing file is written"],
  ["OPENFHIR_METRICS_FILE_PATH", "has no effect: no CSV timing file is written"],
  ["OPENFHIR_METRICS_FILE_APPEND", "has no effect: no CSV timing file is written"],
  ["OPENFHIR_METRICS_FILE_WRITE_HEADER", "has no effect: no CSV timing file is written"],
  ["OPENFHIR_CONTAINED_TO_SEPARATE_ENTITIES", "has no effect yet: contained resources stay contained"],
  ["OPENFHIR_NARRATIVE_PROPERTIES_FILE", "has no effect yet: the built-in narrative is used"],
  ["OPENFHIR_PROVENANCE_DEVICE_REFERENCE", "has no effect yet"],
  ["OPENFHIR_PROVENANCE_DEVICE_DISPLAY", "has no effect yet"],
  ["OPENFHIR_OPERATIONS_OUTCOME_VERBOSITY", "has no effect yet: all issues are reported"],
  ["PROTECTED", "has no effect yet: requests are NOT authenticated; put a gateway in front"],
  ["OPENFHIR_PROTECTED", "has no effect yet: requests are NOT authenticated; put a gateway in front"],
  [
    "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI",
    "has no effect yet: requests are NOT authenticated; put a gateway in front",
  ],
  [
    "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_JWK_SET_URI",
    "has no effect yet: requests are NOT authenticated; put a gateway in front",
  ],
]);
