import { rubricOf } from "../rm/openehr-terminology.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateListEntry } from "../template/template.js";
import { codePhraseOf } from "./coded-attributes.js";
import { objectMember, textMember } from "./object-place.js";
import { NO_FINDINGS, type ValueCheck, type ValueFinding } from "./value-finding.js";

/**
 * What the input of a coded text demands (openehr-formats 19.5): terminology, code and label of its list, or the code system
 * of a FHIR terminology. Undefined when it demands nothing. Labels may be those of any language of the template: the reference
 * only takes those of its default language.
 */
export function codedTextConstraint(inputs: readonly TemplateInput[]): ValueCheck | undefined {
  const list = inputs.find(({ type }) => type === "CODED_TEXT");
  if (list !== undefined) return listConstraint(list);
  const system = inputs.map(({ terminology }) => codeSystemUrl(terminology)).find((url) => url !== undefined);
  if (system === undefined) return undefined;
  return (value) => {
    const found = terminologyOf(value);
    return found === system ? NO_FINDINGS : [wrongTerminology(system, found)];
  };
}

function listConstraint({ terminology, list, listOpen }: TemplateInput): ValueCheck | undefined {
  const entries = new Map((list ?? []).map((entry) => [entry.value, entry]));
  const isClosed = listOpen !== true && entries.size > 0;
  if (terminology === undefined && !isClosed) return undefined;
  return (value) => {
    const found: ValueFinding[] = [];
    const given = terminologyOf(value);
    if (terminology !== undefined && given !== undefined && given !== terminology) {
      found.push(wrongTerminology(terminology, given));
    }
    if (isClosed) {
      const wrong = entryFinding(value, entries, terminology);
      if (wrong !== undefined) found.push(wrong);
    }
    return found.length === 0 ? NO_FINDINGS : found;
  };
}

function entryFinding(
  value: RmObject,
  entries: ReadonlyMap<string, TemplateListEntry>,
  terminology: string | undefined,
): ValueFinding | undefined {
  const code = textMember(codePhraseOf(value), "code_string");
  const entry = code === undefined ? undefined : entries.get(code);
  if (entry === undefined) {
    const found = code ?? "null";
    const message = `DV_CODED_TEXT/defining_code/code_string does not match any option. found: ${found}`;
    return { rule: "template-code", message, expected: [...entries.keys()].join(", "), found };
  }
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

function wrongTerminology(expected: string, found: string | undefined): ValueFinding {
  const shown = found ?? "null";
  const message = `DV_CODED_TEXT/defining_code/terminology_id does not match. expected: ${expected}; found: ${shown}`;
  return { rule: "template-terminology", message, expected, ...(found === undefined ? {} : { found }) };
}

function terminologyOf(value: RmObject): string | undefined {
  return textMember(objectMember(codePhraseOf(value), "terminology_id"), "value");
}

/** The code system of a FHIR terminology text: `//fhir.hl7.org/CodeSystem?url=http://loinc.org`. Value sets are not resolved. */
export function codeSystemUrl(terminology: string | undefined): string | undefined {
  if (terminology === undefined || !terminology.startsWith("//")) return undefined;
  const question = terminology.indexOf("?");
  if (question < 0 || !/\/CodeSystem(\/|$)/.test(terminology.slice(0, question))) return undefined;
  return new URLSearchParams(terminology.slice(question + 1)).get("url") ?? undefined;
}
