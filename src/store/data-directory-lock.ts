import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../errors/problem.js";
import { STORE_DATA_DIRECTORY_IN_USE } from "./problems.js";
import { startMark } from "./process-identity.js";

const ATTEMPTS = 10;

/**
 * Claims a directory for this process with the file `owner`: process number and start. A claim of a process that no
 * longer lives is taken over. Gives the function that ends the claim. Throws a Problem `STORE_DATA_DIRECTORY_IN_USE`
 * when a living process, this one included, holds it.
 */
export function claimDirectory(directory: string): () => void {
  const file = join(directory, "owner");
  const claim = JSON.stringify({ pid: process.pid, started: startMark(process.pid), claim: randomUUID() });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, claim);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (claimed(draft, file)) return () => release(file, claim);
      const present = readQuietly(file);
      if (present === undefined) continue;
      const owner = livingOwner(present);
      if (owner !== undefined) throw inUse(directory, owner);
      setAside(file, present);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw inUse(directory, undefined);
}

/** A hard link appears whole or not at all, and never replaces a file. */
function claimed(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Takes a dead claim out of the way. When somebody has replaced it meanwhile, theirs is put back. */
function setAside(file: string, dead: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readQuietly(aside) !== dead) claimed(aside, file);
  rmSync(aside, { force: true });
}

function livingOwner(claim: string): number | undefined {
  try {
    const { pid, started } = JSON.parse(claim) as { readonly pid?: unknown; readonly started?: unknown };
    return typeof pid === "number" && startMark(pid) === started && started !== undefined ? pid : undefined;
  } catch {
    return undefined;
  }
}

function release(file: string, claim: string): void {
  if (readQuietly(file) === claim) rmSync(file, { force: true });
}

function readQuietly(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function inUse(directory: string, pid: number | undefined): Problem {
  const who = pid === undefined ? "another process" : `process ${pid}`;
  return new Problem(STORE_DATA_DIRECTORY_IN_USE, `The data directory ${directory} is in use by ${who}.`);
}
