import { describe, expect, it } from "vitest";
import { type ConfigFiles, type Environment, readConfig } from "../../src/config.js";
import { Problem } from "../../src/errors/problem.js";

const noFiles = filesWith({});

function filesWith(contents: Readonly<Record<string, string>>): ConfigFiles {
  return {
    exists: (path) => Object.hasOwn(contents, path),
    readText: (path) => {
      const content = contents[path];
      if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return content;
    },
  };
}

function read(environment: Environment, files: ConfigFiles = noFiles) {
  return readConfig(environment, files);
}

function mistakesIn(environment: Environment, files: ConfigFiles = noFiles): Problem {
  try {
    read(environment, files);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("mistakes", () => {
  it("are all reported at once", () => {
    const problem = mistakesIn({
      PORT: "eighty",
      LOG_LEVEL: "loud",
      OPENFHIR_TIME_ZONE: "Mars/Olympus",
      OPENFHIR_CACHE_OPT_TTL: "-2",
      DATABASE_URL: "mysql://a:b@c/d",
      CAUSEWAY_ALOW_PURGE: "true",
    });
    expect(problem.code).toBe("CONFIG_INVALID");
    expect(problem.others).toHaveLength(6);
    for (const name of [
      "PORT",
      "LOG_LEVEL",
      "OPENFHIR_TIME_ZONE",
      "OPENFHIR_CACHE_OPT_TTL",
      "DATABASE_URL",
      "CAUSEWAY_ALOW_PURGE",
    ]) {
      expect(problem.message).toContain(name);
    }
  });

  it.each([
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "8080.5"],
    ["PORT", "0x50"],
    ["DATABASE_POOL_MAX", "0"],
    ["DRAIN_MS", "soon"],
    ["CAUSEWAY_ALLOW_PURGE", "yes"],
    ["CAUSEWAY_SEMANTICS", "v2"],
    ["CAUSEWAY_MISSING_MODELS", "perhaps"],
    ["OPENFHIR_CACHE_TENANT_TTL", "1.5"],
    ["OPENFHIR_CACHE_FHIR_CONNECT_TTL", "forever"],
    ["OPENFHIR_BOOTSTRAP_RECURSIVELY_OPEN_DIRECTORIES", "1"],
  ])("name the variable and the value: %s=%s", (name, value) => {
    expect(mistakesIn({ [name]: value }).message).toMatch(new RegExp(`${name} must be .*, not "${value}"`));
  });

  it("name the variable as the operator wrote it", () => {
    expect(mistakesIn({ SERVER_PORT: "x" }).message).toContain("SERVER_PORT must be");
  });

  it.each([
    ["OPENFHIR_CACHE_OPTS_TTL", "OPENFHIR_CACHE_OPT_TTL"],
    ["CLUSTER_DISCOVRY", "CLUSTER_DISCOVERY"],
    ["CAUSEWAY_ALLOWPURGE", "CAUSEWAY_ALLOW_PURGE"],
    ["OPENFHIR_BOOTSTRAPDIR", "OPENFHIR_BOOTSTRAP_DIR"],
  ])("suggest the nearest known name for %s", (wrong, right) => {
    expect(mistakesIn({ [wrong]: "1" }).message).toContain(`did you mean ${right}?`);
  });

  it("never show a password, however malformed the database URL is", () => {
    const passwords = [
      "hunter2secret",
      "hunter2/secret",
      "hunter2@secret",
      "hunter2?secret",
      "hunter2:secret",
      "hunter2%secret",
    ];
    for (const password of passwords) {
      for (const url of [
        `postgres://anna:${password}@db:port/x`,
        `postgres://anna:${password}@db,other/x`,
        `mysql://anna:${password}@db/x`,
        `anna:${password}@db/x`,
        `postgres://anna:${password}@db:x`,
        `postgres://db:x/y?user=anna&password=${password}`,
        `postgres://db/y?sslmode=odd&password=${password}`,
      ]) {
        const shown = mistakesIn({ DATABASE_URL: url });
        const lines = [shown.message, ...shown.others.map((other) => other.toLine())].join("\n");
        expect(lines, url).not.toMatch(/hunter2|secret/);
      }
    }
  });

  it("show host and database of a malformed URL", () => {
    expect(mistakesIn({ DATABASE_URL: "postgres://anna:pw@db.example:none/care" }).message).toContain(
      "postgres://anna:***@db.example:none/care",
    );
  });

  it("include a secret given twice, and a secret file that cannot be read", () => {
    const problem = mistakesIn({
      DATABASE_URL: "postgres://db/x",
      DATABASE_URL_FILE: "/run/url",
      DATABASE_PASSWORD_FILE: "/run/missing",
    });
    expect(problem.message).toContain("DATABASE_URL and DATABASE_URL_FILE are both set");
    expect(problem.message).toContain("/run/missing");
    expect(problem.message).toContain("ENOENT");
  });

  it("include parts of a database address without a host", () => {
    expect(mistakesIn({ DATABASE_PASSWORD: "hunter2" }).message).toMatch(/DATABASE_PASSWORD set without DATABASE_HOST/);
  });
});

describe("defaults", () => {
  it("listen on the loopback address outside a container and on all inside", () => {
    expect(read({}).config.host).toBe("127.0.0.1");
    expect(read({}, filesWith({ "/.dockerenv": "" })).config.host).toBe("0.0.0.0");
    expect(read({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }).config.host).toBe("0.0.0.0");
    expect(read({ HOST: "::1", KUBERNETES_SERVICE_HOST: "10.0.0.1" }).config.host).toBe("::1");
  });

  it("need no variable at all", () => {
    const { config, notes } = read({});
    expect(notes).toEqual([]);
    expect(config).toMatchObject({
      port: 8080,
      dataDirectory: "./data",
      database: undefined,
      databasePoolMaximum: 5,
      bootstrapDirectories: [],
      bootstrapRecursively: true,
      cacheSeconds: { operationalTemplates: -1, fhirConnect: -1, tenants: -1 },
      allowPurge: false,
      missingModels: "accept",
      logLevel: "info",
    });
    expect(config.timeZone).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it("stand for variables that are set to nothing", () => {
    expect(read({ PORT: "", DATABASE_URL: "", OPENFHIR_TYPING_ERROR: "", LOG_LEVEL: " " }).config.port).toBe(8080);
  });
});

describe("the database", () => {
  it("is read from a URL with encoded parts", () => {
    expect(
      read({ DATABASE_URL: "postgresql://an%40na:p%40ss%2Fword@db.example:6543/care?sslmode=verify-full" }).config
        .database,
    ).toEqual({
      host: "db.example",
      port: 6543,
      user: "an@na",
      password: "p@ss/word",
      database: "care",
      tls: { check: "full" },
    });
  });

  it("is read from parts whose password holds @ and /", () => {
    const { database } = read({
      DATABASE_HOST: "db",
      DATABASE_USER: "anna",
      DATABASE_PASSWORD: " p@ss/w:rd? ",
      DATABASE_NAME: "care",
    }).config;
    expect(database).toEqual({ host: "db", port: 5432, user: "anna", password: " p@ss/w:rd? ", database: "care" });
  });

  it("takes the password of a URL from a file, without its last line end", () => {
    const files = filesWith({ "/run/secrets/pw": "p@ss/word\n" });
    const { database } = read(
      { DATABASE_URL: "postgres://anna@db/care", DATABASE_PASSWORD_FILE: "/run/secrets/pw" },
      files,
    ).config;
    expect(database).toMatchObject({ user: "anna", password: "p@ss/word" });
  });

  it("is read from the incumbent's JDBC variables", () => {
    const { config, notes } = read({
      SPRING_DATASOURCE_URL: "jdbc:postgresql://db:5433/openfhir?reWriteBatchedInserts=true",
      SPRING_DATASOURCE_USERNAME: "anna",
      SPRING_DATASOURCE_PASSWORD: "p@ss",
    });
    expect(config.database).toEqual({ host: "db", port: 5433, user: "anna", password: "p@ss", database: "openfhir" });
    expect(notes).toEqual(['The parameter "reWriteBatchedInserts" of SPRING_DATASOURCE_URL has no effect.']);
  });

  it("may be behind a Unix socket", () => {
    expect(read({ DATABASE_URL: "postgres://anna@/care?host=/run/postgresql" }).config.database).toMatchObject({
      host: "/run/postgresql",
      database: "care",
    });
    expect(read({ DATABASE_URL: "postgres://anna@%2Frun%2Fpostgresql/care" }).config.database?.host).toBe(
      "/run/postgresql",
    );
  });

  it("may have an IPv6 address", () => {
    expect(read({ DATABASE_URL: "postgres://anna@[::1]:6000/care" }).config.database).toMatchObject({
      host: "::1",
      port: 6000,
    });
  });
});

describe("the cluster", () => {
  it("needs no variable", () => {
    expect(read({}).config.cluster).toEqual({
      discovery: "MULTICAST",
      port: 7800,
      pollMilliseconds: 400,
      maxStalenessMilliseconds: 1000,
      stalePolicy: "serve",
      writeWaitMilliseconds: 1000,
      waitMilliseconds: 2000,
      leaseSeconds: 15,
      logHours: 24,
      logPositions: 10_000,
    });
  });

  it.each([
    [{ CLUSTER_DISCOVERY: "DNS" }, "CLUSTER_DNS_QUERY"],
    [{ CLUSTER_DISCOVERY: "TCP" }, "CLUSTER_INITIAL_HOSTS"],
    [{ CLUSTER_DISCOVERY: "REDIS" }, "REDIS_URL"],
    [{ CLUSTER_DISCOVERY: "GOSSIP" }, "one of MULTICAST, DNS, TCP, POSTGRES, REDIS, NONE"],
    [{ CLUSTER_INITIAL_HOSTS: "a[78000]" }, "CLUSTER_INITIAL_HOSTS must be"],
    [{ CLUSTER_MULTICAST_ADDRESS: "10.0.0.1" }, "multicast address"],
    [{ CLUSTER_POLL_MS: "1000" }, "less than CLUSTER_MAX_STALENESS_MS"],
    [{ CLUSTER_STALE_POLICY: "guess" }, "serve or refuse"],
    [{ DATABASE_READ_URL: "postgres://anna@replica/care" }, "without DATABASE_URL"],
    [{ DATABASE_DIRECT_URL: "postgres://anna@db/care" }, "without DATABASE_URL"],
  ])("refuses %j", (environment, sentence) => {
    expect(mistakesIn(environment).message).toContain(sentence);
  });

  it("refuses a short secret without showing it", () => {
    const { message } = mistakesIn({ CLUSTER_SECRET: "hunter2" });
    expect(message).toContain("CLUSTER_SECRET must be at least 16 characters long");
    expect(message).not.toContain("hunter2");
  });

  it("reaches the same database in other ways", () => {
    const { config } = read({
      DATABASE_URL: "postgres://anna:pw@pooler:6432/care",
      DATABASE_DIRECT_URL: "postgres://db:5432",
      DATABASE_READ_URL: "postgres://one, postgres://reader:other@two:5433",
    });
    expect(config.directDatabase).toMatchObject({
      host: "db",
      port: 5432,
      user: "anna",
      password: "pw",
      database: "care",
    });
    expect(config.readDatabases).toMatchObject([
      { host: "one", port: 5432, user: "anna", password: "pw", database: "care" },
      { host: "two", port: 5433, user: "reader", password: "other", database: "care" },
    ]);
  });
});

describe("foreign names", () => {
  it("that Kubernetes injects for Services are ignored", () => {
    const { config, notes } = read({
      OPENFHIR_SERVICE_HOST: "10.0.0.1",
      OPENFHIR_SERVICE_PORT: "8080",
      OPENFHIR_SERVICE_PORT_HTTP: "8080",
      OPENFHIR_PORT: "tcp://10.0.0.1:8080",
      OPENFHIR_PORT_8080_TCP: "tcp://10.0.0.1:8080",
      OPENFHIR_PORT_8080_TCP_PROTO: "tcp",
      OPENFHIR_PORT_8080_TCP_ADDR: "10.0.0.1",
      CLUSTER_PORT: "tcp://10.0.0.1:7800",
      CAUSEWAY_PORT_53_UDP_PORT: "53",
      DATABASE_PORT: "tcp://10.0.0.2:5432",
      SERVER_PORT: "tcp://10.0.0.3:80",
    });
    expect(notes).toEqual([]);
    expect(config.database).toBeUndefined();
    expect(config.port).toBe(8080);
  });

  it("of the incumbent are accepted with one line each", () => {
    const environment = {
      SPRING_DATA_MONGODB_URI: "mongodb://anna:hunter2@db/openfhir",
      DB_TYPE: "mongo",
      OPENFHIR_DB_TYPE: "postgres",
      OPENFHIR_CONTAINED_TO_SEPARATE_ENTITIES: "true",
      OPENFHIR_NARRATIVE_PROPERTIES_FILE: "/x",
      OPENFHIR_PROVENANCE_DEVICE_REFERENCE: "Device/x",
      OPENFHIR_PROVENANCE_DEVICE_DISPLAY: "x",
      OPENFHIR_OPERATIONS_OUTCOME_VERBOSITY: "all",
      OPENFHIR_METRICS_FILE_ENABLED: "true",
      OPENFHIR_LICENSE: "/l",
      LICENSE: "/l",
      OPENFHIR_PROTECTED: "true",
      PROTECTED: "true",
      SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI: "https://id.example",
      SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_JWK_SET_URI: "https://id.example/keys",
      SPRING_APPLICATION_NAME: "x",
    };
    const { notes } = read(environment);
    expect(notes).toHaveLength(Object.keys(environment).length);
    for (const name of Object.keys(environment)) {
      expect(
        notes.filter((note) => note.startsWith(`${name} has no effect`)),
        name,
      ).toHaveLength(1);
    }
    expect(notes.join()).not.toContain("hunter2");
  });

  it("of the incumbent set what they set there", () => {
    const { config } = read({
      SERVER_PORT: "9090",
      OPENFHIR_BOOTSTRAP_DIR: "/app/bootstrap:/more",
      BOOTSTRAP_RECURSIVELY_OPEN_DIRECTORIES: "FALSE",
      OPENFHIR_CACHE_OPT_TTL: "0",
    });
    expect(config).toMatchObject({
      port: 9090,
      bootstrapDirectories: ["/app/bootstrap", "/more"],
      bootstrapRecursively: false,
      cacheSeconds: { operationalTemplates: 0 },
    });
  });

  it("bound what the caches keep", () => {
    expect(read({}).config.cacheLimits).toEqual({ maxEntries: 500, maxBytes: 268_435_456 });
    const { config } = read({ CACHE_LIMIT_MB: "64", CACHE_LIMIT_ENTRIES: "20" });
    expect(config.cacheLimits).toEqual({ maxEntries: 20, maxBytes: 67_108_864 });
    expect(() => read({ CACHE_LIMIT_MB: "0" })).toThrow("CACHE_LIMIT_MB");
  });

  it("give way to our own, which a note says", () => {
    const { config, notes } = read({ PORT: "1000", SERVER_PORT: "2000" });
    expect(config.port).toBe(1000);
    expect(notes).toEqual(["SERVER_PORT has no effect: PORT is set as well."]);
  });

  it("of object members are names like any other", () => {
    expect(() => read({ __proto__: "x", constructor: "y", toString: "z" } as unknown as Environment)).not.toThrow();
  });
});

describe("the semantics of mapping files", () => {
  it.each([
    [undefined, "auto"],
    ["v1", "v1"],
    ["openFHIR", "openfhir"],
    ["auto", "auto"],
  ])("for %s are %s", (CAUSEWAY_SEMANTICS, expected) => {
    expect(read({ CAUSEWAY_SEMANTICS }).config.semantics).toBe(expected);
  });
});
