import { Problem } from "../errors/problem.js";
import { STORE_DATABASE_URL_INVALID } from "./problems.js";

/** How strictly the server's certificate is checked: not at all, its chain, or its chain and the host name. */
export type CertificateCheck = "none" | "chain" | "full";

/** How to reach one database. */
export interface ConnectionOptions {
  /** A host name or address, or the directory of a Unix socket (begins with `/`). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  /** Absent: no TLS. */
  readonly tls?: TlsOptions;
}

export interface TlsOptions {
  readonly check: CertificateCheck;
  /** PEM file of the authority that signed the server's certificate; absent: the system's authorities. */
  readonly certificateAuthorityFile?: string;
}

/** What a database URL says; every part may be missing. */
export interface DatabaseUrl {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly tls?: TlsOptions;
  /** Parameters of the URL that have no effect here. */
  readonly ignoredParameters: readonly string[];
}

/**
 * Reads a database URL as libpq writes it (`postgres://user:password@host:port/database?sslmode=verify-full`), with
 * `jdbc:` in front as well. Throws a Problem `STORE_DATABASE_URL_INVALID` that names the URL without its password.
 * Not WHATWG's `URL`: that refuses `postgres://user@/database?host=/run/postgresql`, and its errors hold the whole text.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const refuse = (why: string): never => {
    throw new Problem(STORE_DATABASE_URL_INVALID, `The database URL ${redactDatabaseUrl(text)} ${why}.`);
  };
  const scheme = /^(?:jdbc:)?(?:postgres|postgresql):\/\//i.exec(text)?.[0];
  if (scheme === undefined) return refuse("does not begin with postgres:// or postgresql://");
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return refuse("holds a % that is not followed by two hexadecimal digits");
    }
  };

  const [address, query] = splitOnce(text.slice(scheme.length), "?");
  const [authority, path] = splitOnce(address, "/");
  if ((path ?? "").includes("/") || (path ?? "").includes("@") || (query ?? "").includes("@")) {
    refuse("is not well formed: in a password write @ as %40, / as %2F, ? as %3F and # as %23");
  }
  const at = authority.lastIndexOf("@");
  const [user, password] = at === -1 ? [undefined, undefined] : splitOnce(authority.slice(0, at), ":");
  const [host, port] = splitHost(authority.slice(at + 1), refuse);

  const parameters = new Map<string, string>();
  for (const pair of (query ?? "").split("&").filter((part) => part !== "")) {
    const [name, value] = splitOnce(pair, "=");
    parameters.set(decode(name), decode(value ?? ""));
  }
  const take = (name: string): string | undefined => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value === "" ? undefined : value;
  };
  const tls = readTls(take("sslmode"), take("ssl"), take("sslrootcert"), refuse);
  const parts = {
    host: take("host") ?? nonEmpty(decode(host)),
    port: readPort(take("port") ?? port, refuse),
    user: take("user") ?? nonEmpty(decode(user ?? "")),
    password: take("password") ?? nonEmpty(decode(password ?? "")),
    database: take("dbname") ?? nonEmpty(decode(path ?? "")),
  };
  return {
    ...(parts.host === undefined ? {} : { host: parts.host }),
    ...(parts.port === undefined ? {} : { port: parts.port }),
    ...(parts.user === undefined ? {} : { user: parts.user }),
    ...(parts.password === undefined ? {} : { password: parts.password }),
    ...(parts.database === undefined ? {} : { database: parts.database }),
    ...(tls === undefined ? {} : { tls }),
    ignoredParameters: [...parameters.keys()],
  };
}

/**
 * The URL as far as it can be shown: no password, no parameters, also when it is malformed. Everything between the
 * user name and the last `@` counts as password; where no boundary is certain, nothing after the scheme is shown.
 */
export function redactDatabaseUrl(text: string): string {
  const scheme = /^[a-z][a-z0-9+.:-]{0,20}:\/\//i.exec(text)?.[0];
  if (scheme === undefined) return '"***"';
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf("@");
  const question = rest.indexOf("?");
  if (question !== -1 && at > question) return `${scheme}***`;
  const shown = question === -1 ? rest : rest.slice(0, question);
  if (at !== -1) return `${scheme}${splitOnce(shown.slice(0, at), ":")[0].split("/")[0]}:***@${shown.slice(at + 1)}`;
  // Without "@" a colon may begin a forgotten host's password as well as a port: only digits are shown after it.
  return /^(\[[0-9a-f:.]*\]|[^:]*)(:\d{1,5})?(\/[^:]*)?$/i.test(shown) ? `${scheme}${shown}` : `${scheme}***`;
}

/** Names a database for people: host, port and database, never user or password. */
export function describeDatabase(connection: ConnectionOptions): string {
  return connection.host.startsWith("/")
    ? `${connection.database} in ${connection.host}`
    : `${connection.database} at ${connection.host}:${connection.port}`;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function splitHost(text: string, refuse: (why: string) => never): [string, string | undefined] {
  if (text.includes(",")) refuse("names several hosts; one is supported");
  const bracketed = /^\[([0-9a-f:.]+)\](?::(.*))?$/i.exec(text);
  if (bracketed !== null) return [bracketed[1] ?? "", bracketed[2]];
  return splitOnce(text, ":");
}

function readPort(text: string | undefined, refuse: (why: string) => never): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : refuse("has no valid port (1 to 65535) after the host");
}

/** libpq's meaning of sslmode; pg cannot fall back, so `allow` and `prefer` are plain connections. */
function readTls(
  mode: string | undefined,
  ssl: string | undefined,
  authority: string | undefined,
  refuse: (why: string) => never,
): TlsOptions | undefined {
  const file = authority === undefined ? {} : { certificateAuthorityFile: authority };
  switch (mode ?? (ssl === "true" ? "verify-full" : "disable")) {
    case "disable":
    case "allow":
    case "prefer":
      return undefined;
    case "require":
      return { check: authority === undefined ? "none" : "chain", ...file };
    case "verify-ca":
      return { check: "chain", ...file };
    case "verify-full":
      return { check: "full", ...file };
    default:
      return refuse("has an unknown sslmode (known: disable, allow, prefer, require, verify-ca, verify-full)");
  }
}
