import { rubricOf } from "../rm/openehr-terminology.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateListEntry } from "../template/template.js";
import { codePhraseOf } from "./coded-attributes.js";
import { objectMember, textMember } from "./object-place.js";
import { NO_FINDINGS, type ValueCheck, type ValueFinding } from "./value-finding.js";

/**
 * What the inputs of a DV_CODED_TEXT or CODE_PHRASE demand (openehr-formats 19.5): terminology, code and label of a list, codes
 * of the template that have no label, the code system of a FHIR terminology. Undefined when they demand nothing. Labels may
 * be those of any language of the template: the reference only takes those of its default language.
 */
export function codedTextConstraint(inputs: readonly TemplateInput[]): ValueCheck | undefined {
  const input = inputs.find(({ type }) => type === "CODED_TEXT") ?? inputs.find(({ suffix }) => suffix === "code");
  if (input === undefined) return undefined;
  const terminology = demandedTerminology(input);
  const entries = new Map((input.list ?? []).map((entry) => [entry.value, entry]));
  const unlisted = new Set(input.unlistedCodes?.codes);
  const isClosed = input.listOpen !== true && entries.size + unlisted.size > 0;
  if (terminology === undefined && !isClosed) return undefined;
  const expected = [...entries.keys(), ...unlisted].join(", ");
  return (value) => {
    const found: ValueFinding[] = [];
    const given = terminologyOf(value);
    if (terminology !== undefined && given !== undefined && !isTerminology(given, terminology)) {
      found.push(wrongTerminology(terminology, given, value._type));
    }
    if (isClosed) {
      const code = textMember(codePhraseOf(value), "code_string");
      const entry = code === undefined ? undefined : entries.get(code);
      const wrong =
        entry !== undefined
          ? labelFinding(value, entry, terminology)
          : code !== undefined && unlisted.has(code)
            ? undefined
            : wrongCode(code, expected, value._type);
      if (wrong !== undefined) found.push(wrong);
    }
    return found.length === 0 ? NO_FINDINGS : found;
  };
}

/** The terminology that codes must be of: that of the list or of codes without label, or the code system of a FHIR terminology. */
function demandedTerminology({ terminology, list, unlistedCodes }: TemplateInput): string | undefined {
  if (terminology?.startsWith("//")) return codeSystemUrl(terminology);
  return list === undefined ? unlistedCodes?.terminology : terminology;
}

/** Terminology ids may name a version: `SNOMED-CT(2003)`. */
function isTerminology(given: string, expected: string): boolean {
  const withoutVersion = (id: string): string => id.replace(/\([^()]*\)$/, "");
  return given === expected || withoutVersion(given) === withoutVersion(expected);
}

function wrongCode(code: string | undefined, expected: string, rmType: string): ValueFinding {
  const found = code ?? "null";
  const message = `${phrasePath(rmType)}/code_string does not match any option. found: ${found}`;
  return { rule: "template-code", message, expected, found };
}

function labelFinding(
  value: RmObject,
  entry: TemplateListEntry,
  terminology: string | undefined,
): ValueFinding | undefined {
  const label = textMember(value, "value");
  if (entry.label === undefined || label === undefined || isLabelOf(entry, label, terminology)) return undefined;
  const message = `DV_CODED_TEXT/value does not match. expected: ${entry.label}; found: ${label}`;
  return { rule: "template-label", message, expected: entry.label, found: label };
}

function isLabelOf(entry: TemplateListEntry, label: string, terminology: string | undefined): boolean {
  if (entry.label === label) return true;
  for (const localized of entry.localizedLabels?.values() ?? []) if (localized === label) return true;
  return terminology === "openehr" && rubricOf(entry.value) === label;
}

/** The finding that a code is of another terminology than it has to be. */
export function wrongTerminology(expected: string, found: string, rmType: string): ValueFinding {
  const message = `${phrasePath(rmType)}/terminology_id does not match. expected: ${expected}; found: ${found}`;
  return { rule: "template-terminology", message, expected, found };
}

function phrasePath(rmType: string): string {
  return rmType === "CODE_PHRASE" ? rmType : `${rmType}/defining_code`;
}

/** The terminology id of a CODE_PHRASE or of the code of a DV_CODED_TEXT. */
export function terminologyOf(value: RmObject): string | undefined {
  return textMember(objectMember(codePhraseOf(value), "terminology_id"), "value");
}

/** The code system of a FHIR terminology text: `//fhir.hl7.org/CodeSystem?url=http://loinc.org`. Value sets are not resolved. */
export function codeSystemUrl(terminology: string | undefined): string | undefined {
  if (terminology === undefined || !terminology.startsWith("//")) return undefined;
  const question = terminology.indexOf("?");
  if (question < 0 || !/\/CodeSystem(\/|$)/.test(terminology.slice(0, question))) return undefined;
  return new URLSearchParams(terminology.slice(question + 1)).get("url") ?? undefined;
}
