import { readFileSync } from "node:fs";
import { z } from "zod";
import type { FloorBreach } from "./floor.js";
import type { CaseResult } from "./results.js";

/** Why a case that the reference does not run itself differs here, by case id. */
export type InactiveCases = ReadonlyMap<string, string>;

/** Reads the lines; throws when the file is not an object of texts. */
export function readInactiveCases(file: string): InactiveCases {
  const lines = z.record(z.string(), z.string().min(1)).safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!lines.success) throw new Error(`${file} does not give a text to each case id`);
  return new Map(Object.entries(lines.data));
}

/**
 * What is wrong with the inactive cases below a prefix: each has to pass and be on the floor, or to fail and have a line
 * that says why. A case of the floor that fails is a breach of the floor and not named again.
 */
export function inactiveBreaches(
  lines: InactiveCases,
  floor: readonly string[],
  results: readonly CaseResult[],
  prefix: string,
): FloorBreach[] {
  const onFloor = new Set(floor);
  const inactive = results.filter(({ active }) => !active);
  const known = new Set(inactive.map(({ id }) => id));
  const unknown = [...lines.keys()]
    .filter((id) => id.startsWith(prefix) && !known.has(id))
    .map((id) => ({ id, reason: "has a line, but the manifest has no inactive case of this id" }));
  const judged = inactive.flatMap(({ id, difference }): FloorBreach[] => {
    const explained = lines.has(id);
    if (difference === undefined && explained) return [{ id, reason: "passes: take its line out, raise the floor" }];
    if (difference === undefined && !onFloor.has(id)) return [{ id, reason: "passes: raise the floor" }];
    if (difference !== undefined && !explained && !onFloor.has(id))
      return [{ id, reason: `neither passes nor has a line that says why: ${difference}` }];
    return [];
  });
  return [...unknown, ...judged];
}
