import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { CaseResult } from "./results.js";

/** Line width of the project's formatter, so that the written file is the formatted one. */
const lineWidth = 120;

/** Reads the ids of the cases that pass; throws when the file is not a list of texts without repetition. */
export function readFloor(file: string): string[] {
  const ids = z.array(z.string().min(1)).safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!ids.success) throw new Error(`${file} is not a list of case ids`);
  if (new Set(ids.data).size !== ids.data.length) throw new Error(`${file} names a case twice`);
  return ids.data;
}

/** The floor with the ids of the cases that pass now. It only grows: an id that fails stays. */
export function raisedFloor(floor: readonly string[], results: readonly CaseResult[]): string[] {
  const passing = results.filter(({ difference }) => difference === undefined).map(({ id }) => id);
  return [...new Set([...floor, ...passing])].sort();
}

/** Writes the floor, one id a line unless all fit into one. */
export function writeFloor(file: string, floor: readonly string[]): void {
  const oneLine = `[${floor.map((id) => JSON.stringify(id)).join(", ")}]`;
  writeFileSync(file, `${oneLine.length <= lineWidth ? oneLine : JSON.stringify(floor, undefined, 2)}\n`);
}

/** A case of the floor that does not pass any more. */
export interface FloorBreach {
  readonly id: string;
  readonly reason: string;
}

/** The ids of the floor below a prefix that fail, or that no case of the run has. */
export function floorBreaches(floor: readonly string[], results: readonly CaseResult[], prefix: string): FloorBreach[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  return floor
    .filter((id) => id.startsWith(prefix))
    .flatMap((id) => {
      const result = byId.get(id);
      if (result === undefined) return [{ id, reason: "missing: no case of the manifest has this id" }];
      return result.difference === undefined ? [] : [{ id, reason: result.difference }];
    });
}
