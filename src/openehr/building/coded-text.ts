import { codeOfRubric, codesOfGroup, type OpenehrGroup, rubricOf } from "../rm/openehr-terminology.js";
import type { RmObject } from "../rm/rm-object.js";

/** A complete DV_CODED_TEXT. */
export function codedText(terminology: string, code: string, value: string): RmObject {
  return { _type: "DV_CODED_TEXT", value, defining_code: codePhrase(terminology, code) };
}

/** A CODE_PHRASE; the terminology is left out where it is not known. */
export function codePhrase(terminology: string | undefined, code: string): RmObject {
  if (terminology === undefined) return { _type: "CODE_PHRASE", code_string: code };
  return {
    _type: "CODE_PHRASE",
    terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
    code_string: code,
  };
}

/** A DV_CODED_TEXT of the openEHR terminology with its English rubric. */
export function openehrCodedText(group: OpenehrGroup, code: string): RmObject {
  return codedText("openehr", code, rubricOf(code, group) ?? code);
}

/**
 * The DV_CODED_TEXT that a text means in a group of the openEHR terminology, given as code or as rubric; undefined when
 * the group has neither.
 */
export function openehrCodedTextFrom(group: OpenehrGroup, codeOrRubric: string): RmObject | undefined {
  const code = codesOfGroup(group).has(codeOrRubric) ? codeOrRubric : codeOfRubric(codeOrRubric, group);
  return code === undefined ? undefined : openehrCodedText(group, code);
}
