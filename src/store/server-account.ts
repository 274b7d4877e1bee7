import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Capabilities of Linux with which a process enters directories closed to its user (capabilities(7)). */
export type SearchCapability = "dac_read_search" | "dac_override";

/** The account under which the database server runs. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Given to its programs; only where they have to pass a directory that is closed to the account. */
  readonly capability?: SearchCapability;
}

/**
 * Postgres refuses to run as root. Gives the account to run it as instead: the owner of an existing cluster, else
 * `postgres`, else `nobody`. Undefined when this process is not root: then the server runs as the process does.
 */
export function serverAccount(
  clusterOwner: { readonly uid: number; readonly gid: number } | undefined,
): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (clusterOwner !== undefined && clusterOwner.uid !== 0) {
    return { name: `uid ${clusterOwner.uid}`, uid: clusterOwner.uid, gid: clusterOwner.gid };
  }
  return accountNamed("postgres") ?? accountNamed("nobody") ?? { name: "nobody", uid: 65_534, gid: 65_534 };
}

function accountNamed(name: string): Account | undefined {
  const line = readPasswd()
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? "").split(":").map(Number);
  return uid === undefined || gid === undefined || !(uid > 0) ? undefined : { name, uid, gid };
}

function readPasswd(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
}

/** True when the account (undefined: this process) may enter the directory and every one above it. */
export function isReachable(directory: string, account: Account | undefined): boolean {
  return unreachableDirectory(directory, account) === undefined;
}

/** The highest directory on the way to `directory` that the account may not enter; undefined when there is none. */
export function unreachableDirectory(directory: string, account: Account | undefined): string | undefined {
  const parent = dirname(directory);
  const above = parent === directory ? undefined : unreachableDirectory(parent, account);
  if (above !== undefined) return above;
  return mayEnter(directory, account) ? undefined : directory;
}

function mayEnter(directory: string, account: Account | undefined): boolean {
  try {
    if (account === undefined) {
      accessSync(directory, constants.X_OK);
      return true;
    }
    return account.capability !== undefined || (permissionsOf(account, directory) & 0o1) !== 0;
  } catch {
    return false;
  }
}

/** True when the account (undefined: this process) may read and execute the file, provided that it can reach it. */
export function mayExecute(file: string, account: Account | undefined): boolean {
  try {
    if (account === undefined) {
      accessSync(file, constants.R_OK | constants.X_OK);
      return true;
    }
    // No search capability replaces the permission to execute a file.
    return (permissionsOf(account, file) & 0o5) === 0o5;
  } catch {
    return false;
  }
}

/** The three bits of the mode that are meant for the account: 4 read, 2 write, 1 execute or enter. */
function permissionsOf(account: Account, path: string): number {
  const { uid, gid, mode } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return (mode >> shift) & 0o7;
}
