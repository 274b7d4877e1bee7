import { codesOfCodeSet, type OpenehrCodeSet, terminologyOfCodeSet } from "../rm/openehr-code-sets.js";
import { codesOfGroup, type OpenehrGroup } from "../rm/openehr-terminology.js";
import type { RmObject } from "../rm/rm-object.js";
import { objectMember, textMember } from "./object-place.js";

/** An attribute whose codes come from the openEHR terminology. */
export interface CodedAttribute {
  readonly attribute: string;
  /** Name of the invariant that demands it (openehr-formats 21.3). */
  readonly invariant: string;
  readonly codes: CodeSource;
}

export type CodeSource = { readonly group: OpenehrGroup } | { readonly codeSet: OpenehrCodeSet };

function ofGroup(attribute: string, invariant: string, group: OpenehrGroup): CodedAttribute {
  return { attribute, invariant, codes: { group } };
}

function ofCodeSet(attribute: string, invariant: string, codeSet: OpenehrCodeSet): CodedAttribute {
  return { attribute, invariant, codes: { codeSet } };
}

/** Attributes with codes of the openEHR terminology, by the class that declares them (openehr-formats 21.3). */
export const CODED_ATTRIBUTES: ReadonlyMap<string, readonly CodedAttribute[]> = new Map([
  [
    "COMPOSITION",
    [
      ofCodeSet("language", "Language_valid", "languages"),
      ofCodeSet("territory", "Territory_valid", "countries"),
      ofGroup("category", "Category_validity", "composition category"),
    ],
  ],
  [
    "ENTRY",
    [ofCodeSet("language", "Language_valid", "languages"), ofCodeSet("encoding", "Encoding_valid", "character sets")],
  ],
  ["EVENT_CONTEXT", [ofGroup("setting", "Setting_valid", "setting")]],
  [
    "ISM_TRANSITION",
    [
      ofGroup("current_state", "Current_state_valid", "instruction states"),
      ofGroup("transition", "Transition_valid", "instruction transitions"),
    ],
  ],
  ["INTERVAL_EVENT", [ofGroup("math_function", "Math_function_validity", "event math function")]],
  ["ELEMENT", [ofGroup("null_flavour", "Inv_null_flavour_valid", "null flavours")]],
  [
    "DV_TEXT",
    [ofCodeSet("language", "Language_valid", "languages"), ofCodeSet("encoding", "Encoding_valid", "character sets")],
  ],
  ["DV_ORDERED", [ofCodeSet("normal_status", "Normal_status_validity", "normal statuses")]],
  [
    "DV_ENCAPSULATED",
    [ofCodeSet("language", "Language_valid", "languages"), ofCodeSet("charset", "Charset_valid", "character sets")],
  ],
  [
    "DV_MULTIMEDIA",
    [
      ofCodeSet("media_type", "Media_type_valid", "media types"),
      ofCodeSet("compression_algorithm", "Compression_algorithm_valid", "compression algorithms"),
      ofCodeSet("integrity_check_algorithm", "Integrity_check_algorithm_validity", "integrity check algorithms"),
    ],
  ],
  ["PARTY_RELATED", [ofGroup("relationship", "Relationship_valid", "subject relationship")]],
  [
    "PARTICIPATION",
    [
      ofGroup("function", "Function_valid", "participation function"),
      ofGroup("mode", "Mode_valid", "participation mode"),
    ],
  ],
  ["TERM_MAPPING", [ofGroup("purpose", "Purpose_valid", "term mapping purpose")]],
]);

/**
 * Whether a CODE_PHRASE, or the code of a DV_CODED_TEXT, belongs to a group or code set: the code exists and the
 * terminology id, letter case aside, is its own. What has no code, or no terminology id, is not at fault here.
 */
export function hasCodeFrom(value: RmObject | undefined, source: CodeSource): boolean {
  const phrase = codePhraseOf(value);
  const code = textMember(phrase, "code_string");
  if (code === undefined) return true;
  const codes = "group" in source ? codesOfGroup(source.group) : codesOfCodeSet(source.codeSet);
  if (!codes.has(code)) return false;
  const terminology = textMember(objectMember(phrase, "terminology_id"), "value");
  const expected = "group" in source ? "openehr" : terminologyOfCodeSet(source.codeSet);
  return terminology === undefined || terminology.toLowerCase() === expected.toLowerCase();
}

/** The CODE_PHRASE itself or that of a DV_CODED_TEXT; undefined for texts without code. */
export function codePhraseOf(value: RmObject | undefined): RmObject | undefined {
  return value?._type === "CODE_PHRASE" ? value : objectMember(value, "defining_code");
}
