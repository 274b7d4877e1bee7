import { OPENEHR_CODE_SETS } from "./openehr-code-sets.generated.js";

/** Name of a code set that openEHR takes over from elsewhere or defines beside its groups: `languages`, `media types`, … */
export type OpenehrCodeSet = keyof typeof OPENEHR_CODE_SETS;

const CODES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(OPENEHR_CODE_SETS).map(([name, { codes }]) => [
    name,
    new Set(codes.flatMap((line) => line.split(" "))),
  ]),
);

/** The codes of a code set, in the order of the terminology (openehr-formats 21.3); letter case counts. */
export function codesOfCodeSet(codeSet: OpenehrCodeSet): ReadonlySet<string> {
  return CODES.get(codeSet) ?? new Set();
}

/** The terminology id that goes with the codes of a code set: `ISO_639-1` for languages. */
export function terminologyOfCodeSet(codeSet: OpenehrCodeSet): string {
  return OPENEHR_CODE_SETS[codeSet].terminology;
}
