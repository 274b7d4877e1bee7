import type { FhirVersion } from "../fhir/schema/fhir-schema.js";
import type { StructureFinding } from "../fhir/structure/check-structure.js";
import { type LeftOutReason, leftOutBecause, type OnLeftOut } from "../openehr/building/left-out.js";
import { warningText } from "./warning-text.js";

/** Places that are named one by one; a header is no place for thousands. */
const MOST_NAMED = 20;
/** Length of what they are named by: many a proxy takes no more than 4 KiB of headers. */
const MOST_CHARACTERS = 1500;

/**
 * Text of a `Warning` header (RFC 7234, 5.5.7) that says what a conversion could not carry over, or undefined when that is
 * nothing. Paths name attributes and nodes, never values.
 */
export function leftOutWarning(format: string, paths: readonly string[]): string | undefined {
  return warningOf(`${format} has no place for`, paths);
}

/** Gathers what stands in an input and is not taken over, for `Warning` headers. */
export class LeftOutNotes {
  readonly #paths = new Map<LeftOutReason, string[]>();

  /** Notes one path; for whoever reads the input. */
  readonly note: OnLeftOut = (path, reason = leftOutBecause.noAttribute) => {
    const paths = this.#paths.get(reason);
    if (paths === undefined) this.#paths.set(reason, [path]);
    else paths.push(path);
  };

  /** The headers, one for each reason. */
  warnings(): readonly string[] {
    return [...this.#paths]
      .map(([reason, paths]) => warningOf(`${reason}, not taken over:`, paths))
      .filter((warning) => warning !== undefined);
  }
}

/** The same of what a version of FHIR does not have, and of what it has in another shape. */
export function structureWarnings(version: FhirVersion, findings: readonly StructureFinding[]): readonly string[] {
  const named = (kind: StructureFinding["kind"]): readonly string[] =>
    findings.filter((finding) => finding.kind === kind).map(structureText);
  return [
    warningOf(`FHIR ${version} has no element called so, not read and not mapped:`, named("unknown")),
    warningOf(`FHIR ${version} asks for another shape, perhaps not read and not mapped:`, named("shape")),
  ].filter((warning) => warning !== undefined);
}

/** The place of a finding, with what is wrong there. */
export function structureText({ path, detail }: StructureFinding): string {
  return detail === undefined ? path : `${path} (${detail})`;
}

function warningOf(saying: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const named: string[] = [];
  let characters = 0;
  for (const name of names) {
    characters += name.length;
    if (named.length === MOST_NAMED || (named.length > 0 && characters > MOST_CHARACTERS)) break;
    named.push(name.slice(0, MOST_CHARACTERS));
  }
  const more = names.length > named.length ? ` and ${names.length - named.length} more` : "";
  return `199 causeway ${warningText(`${saying} ${named.join(", ")}${more}`)}`;
}
