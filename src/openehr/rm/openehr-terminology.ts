import { OPENEHR_RUBRICS, RUBRIC_LANGUAGES } from "./openehr-rubrics.generated.js";
import { OPENEHR_GROUPS } from "./openehr-terminology-groups.js";

/** Name of a group of the openEHR terminology. */
export type OpenehrGroup = keyof typeof OPENEHR_GROUPS;

const GROUPS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(OPENEHR_GROUPS).map(([group, rubrics]) => [group, new Map(Object.entries(rubrics))]),
);

const CODES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  [...GROUPS].map(([group, rubrics]) => [
    group,
    new Map([...rubrics].map(([code, rubric]) => [rubric.toLowerCase(), code])),
  ]),
);

/** The group whose codes an RM attribute takes (openehr-formats 4.6). */
const GROUP_OF_ATTRIBUTE: ReadonlyMap<string, OpenehrGroup> = new Map([
  ["lifecycle_state", "version lifecycle state"],
  ["category", "composition category"],
  ["setting", "setting"],
  ["current_state", "instruction states"],
  ["transition", "instruction transitions"],
  ["null_flavour", "null flavours"],
  ["mode", "participation mode"],
  ["function", "participation function"],
  ["relationship", "subject relationship"],
  ["property", "property"],
  ["math_function", "event math function"],
  ["purpose", "term mapping purpose"],
]);

/** State that a transition of an instruction leads to, by code (openehr-formats 21.4). */
export const STATE_AFTER_TRANSITION: ReadonlyMap<string, string> = new Map([
  ["535", "526"],
  ["536", "526"],
  ["537", "527"],
  ["538", "526"],
  ["166", "528"],
  ["542", "527"],
  ["539", "529"],
  ["534", "529"],
  ["540", "245"],
  ["541", "532"],
  ["543", "245"],
  ["544", "530"],
  ["545", "530"],
  ["546", "245"],
  ["547", "531"],
  ["548", "532"],
  ["549", "533"],
  ["550", "531"],
  ["551", "532"],
  ["552", "528"],
]);

/** The group of the openEHR terminology whose codes an RM attribute takes; undefined when it has none. */
export function groupOfAttribute(attribute: string): OpenehrGroup | undefined {
  return GROUP_OF_ATTRIBUTE.get(attribute);
}

/** Codes and English rubrics of a group, in the order of the terminology. */
export function codesOfGroup(group: OpenehrGroup): ReadonlyMap<string, string> {
  return GROUPS.get(group) ?? new Map();
}

/**
 * The English rubric of a code, undefined when the group does not have it.
 * @param group any group when left out; the first that has the code decides
 */
export function rubricOf(code: string, group?: OpenehrGroup): string | undefined {
  if (group !== undefined) return GROUPS.get(group)?.get(code);
  for (const rubrics of GROUPS.values()) {
    const rubric = rubrics.get(code);
    if (rubric !== undefined) return rubric;
  }
  return undefined;
}

/**
 * The rubric of a code in a language. The terminology is published in English, Spanish, Japanese and Portuguese; in all
 * other languages the English rubric stands (openehr-formats 4.6). Undefined when the group does not have the code.
 * @param group any group when left out; the first that has the code decides
 */
export function localizedRubricOf(code: string, group: OpenehrGroup | undefined, language: string): string | undefined {
  const position = (RUBRIC_LANGUAGES as readonly string[]).indexOf(language);
  if (position < 0) return rubricOf(code, group);
  const found = group ?? [...GROUPS].find(([, rubrics]) => rubrics.has(code))?.[0];
  const rubrics = found === undefined ? undefined : OPENEHR_RUBRICS[found];
  return rubrics !== undefined && Object.hasOwn(rubrics, code) ? rubrics[code]?.[position] : undefined;
}

/** The code of an English rubric, letter case ignored; undefined when the group does not have it. */
export function codeOfRubric(rubric: string, group: OpenehrGroup): string | undefined {
  return CODES.get(group)?.get(rubric.toLowerCase());
}
