import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Problem } from "../errors/problem.js";
import { commandAs, entrance } from "./account-command.js";
import type { PostgresBinaries } from "./postgres-binaries.js";
import {
  STORE_DATA_DIRECTORY_OTHER_VERSION,
  STORE_DATA_DIRECTORY_UNUSABLE,
  STORE_EMBEDDED_FAILED,
} from "./problems.js";
import { type Account, serverAccount, unreachableDirectory } from "./server-account.js";

/** User of an embedded server. */
export const EMBEDDED_USER = "causeway";

/** Where a server lives and as whom it runs. */
export interface ClusterPlace {
  /** Holds the cluster, the password, the socket, the log and the claim. */
  readonly directory: string;
  readonly cluster: string;
  readonly account: Account | undefined;
}

/**
 * Makes the folder `postgres` in the data directory, with nobody's access but that of the account the server runs as.
 * Throws a Problem `STORE_DATA_DIRECTORY_UNUSABLE`.
 */
export function prepareClusterPlace(dataDirectory: string): ClusterPlace {
  const wanted = join(resolve(dataDirectory), "postgres");
  try {
    mkdirSync(resolve(dataDirectory), { recursive: true, mode: 0o755 });
    // A folder without a cluster may be the rest of a failed set-up by an account that proved unfit.
    const account = serverAccount(existsSync(join(wanted, "cluster")) ? statSync(wanted) : undefined);
    if (!existsSync(wanted)) mkdirSync(wanted, { mode: 0o700 });
    if (account !== undefined) chownSync(wanted, account.uid, account.gid);
    chmodSync(wanted, 0o700);
    const directory = realpathSync(wanted);
    return { directory, cluster: join(directory, "cluster"), account: accountEntering(directory, account) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new Problem(STORE_DATA_DIRECTORY_UNUSABLE, `The directory ${wanted} cannot be used (${code}).`);
  }
}

/** The account, with the capability it needs where a directory on the way is closed to it. */
function accountEntering(directory: string, account: Account | undefined): Account | undefined {
  const closed = unreachableDirectory(directory, account);
  if (closed === undefined) return account;
  const problem = (who: string, why: string): Problem =>
    new Problem(STORE_DATA_DIRECTORY_UNUSABLE, `${who} may not enter ${closed}, on the way to ${directory}${why}.`);
  if (account === undefined) throw problem("This account", "");
  const way = entrance(directory, account);
  if ("account" in way) return way.account;
  throw problem(`The account "${account.name}" (Postgres does not run as root)`, `; ${way.refusal}`);
}

/** Throws a Problem `STORE_DATA_DIRECTORY_OTHER_VERSION` when another major version of Postgres wrote the cluster. */
export function checkClusterVersion(place: ClusterPlace, binaries: PostgresBinaries): void {
  const file = join(place.cluster, "PG_VERSION");
  if (!existsSync(file)) return;
  const major = Number.parseInt(readFileSync(file, "utf8"), 10);
  if (major === binaries.major) return;
  throw new Problem(
    STORE_DATA_DIRECTORY_OTHER_VERSION,
    `${place.cluster} was written by Postgres ${major}; the embedded server is Postgres ${binaries.major}.`,
  );
}

/** Makes the cluster when there is none, as a whole or not at all. Gives the password of its user. */
export async function initialiseCluster(place: ClusterPlace, binaries: PostgresBinaries): Promise<string> {
  const passwordFile = join(place.directory, "password");
  if (existsSync(join(place.cluster, "PG_VERSION"))) {
    if (existsSync(passwordFile)) return readFileSync(passwordFile, "utf8");
    throw new Problem(
      STORE_DATA_DIRECTORY_UNUSABLE,
      `${passwordFile}, the password of the database beside it, is gone.`,
    );
  }
  const password = randomBytes(24).toString("base64url");
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.account !== undefined) chownSync(passwordFile, place.account.uid, place.account.gid);
  const unfinished = `${place.cluster}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const settings = ["--auth=scram-sha-256", `--username=${EMBEDDED_USER}`, "--encoding=UTF8", "--no-locale"];
  const { program, parameters, identity } = commandAs(place.account, join(binaries.directory, "initdb"), [
    "-D",
    unfinished,
    `--pwfile=${passwordFile}`,
    ...settings,
  ]);
  try {
    await promisify(execFile)(program, parameters, { ...childSettings(place), ...identity });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Problem(STORE_EMBEDDED_FAILED, `The embedded Postgres cannot be set up: ${setUpFailure(error)}.`);
  }
  renameSync(unfinished, place.cluster);
  return password;
}

function setUpFailure(error: unknown): string {
  const said = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr).trim() : "";
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const [, nameless] = /could not look up effective user ID (\d+)/.exec(said) ?? [];
  return nameless === undefined
    ? said.slice(0, 500) || code
    : `it needs a user with a name, and this system has none for uid ${nameless}; add one, as root with "useradd --system --uid ${nameless} postgres"`;
}

/** How programs of Postgres are run. Variables such as PGDATA or PGPORT of the surroundings must not reach the server. */
export function childSettings(place: ClusterPlace) {
  return { cwd: place.directory, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } };
}
