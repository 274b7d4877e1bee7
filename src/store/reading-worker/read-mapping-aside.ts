import type { Diagnostic } from "../../errors/diagnostic.js";
import { inOneSlice } from "../../event-loop/slices.js";
import { type MappingReading, readMapping } from "../../fhirconnect/syntax/read-mapping.js";
import { type CheckedMapping, checkedMapping, takeMapping } from "../intake.js";
import { type MissingModelsCheck, missingModelsOf } from "../missing-models.js";
import type { StoredMappingKind } from "../stored.js";
import { haveWorkers, mappingAside } from "./aside.js";

/** Texts that are read here: in a millisecond, in five when they are the first ones. */
const SHORT_TEXT = 2000;

/** Whether so many characters are enough to be read aside. */
export function areReadAside(characters: number): boolean {
  return characters > SHORT_TEXT && haveWorkers();
}

/** Reads a mapping file as `readMapping` does, without holding up the event loop. */
export async function readMappingAside(content: string, file: string): Promise<MappingReading> {
  const here = () => inOneSlice(() => readMapping(content, { file }));
  if (!areReadAside(content.length)) return here();
  return mappingAside(here, async (seat) => {
    return (await seat.ask({ kind: "mapping", text: { content, file } }, "mapping")).reading;
  });
}

/** Checks an uploaded mapping file as `takeMapping` does, without holding up the event loop; rejects as it throws. */
export async function takeMappingAside(
  content: string,
  kinds: readonly StoredMappingKind[],
  file?: string,
): Promise<CheckedMapping> {
  const here = () => inOneSlice(() => checkedMapping(takeMapping(content, kinds, file)));
  if (!areReadAside(content.length)) return here();
  return mappingAside(here, async (seat) => {
    return (await seat.ask({ kind: "take-mapping", text: { content, file }, kinds }, "taken")).taken;
  });
}

/** Looks for missing models as `missingModelsOf` does, without holding up the event loop; rejects as it throws. */
export async function findMissingModelsAside(check: MissingModelsCheck): Promise<readonly Diagnostic[]> {
  const here = () => inOneSlice(() => missingModelsOf(check));
  const characters = check.stored.reduce((sum, { content }) => sum + content.length, check.context.length);
  if (!areReadAside(characters)) return here();
  return mappingAside(here, async (seat) => {
    return (await seat.ask({ kind: "missing-models", check }, "missing")).missing;
  });
}
