import { attributesOf, rmClass } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { CODED_ATTRIBUTES, type CodedAttribute, codePhraseOf, hasCodeFrom } from "./coded-attributes.js";
import { type ObjectPlace, objectMember, placeOf, placeText, ROOT_PLACE, textMember } from "./object-place.js";
import { type ValidationFinding, ValidationFindings } from "./validation-finding.js";

/** What came of a terminology check. */
export interface TerminologyCheck {
  readonly findings: readonly ValidationFinding[];
  /** How many ELEMENTs were looked at. */
  readonly elements: number;
}

/**
 * Checks the codes of an object and everything below it against the groups and code sets of the openEHR terminology
 * (openehr-formats 19.8), template or not: languages, territory, category, setting, null flavours, mathematical functions,
 * participation modes, relationships, character sets, media types, normal statuses, … The reference stops at the first
 * failure; this reports all of them, each with its path.
 */
export function checkTerminology(object: RmObject): TerminologyCheck {
  const check = new CodeCheck();
  check.object(object, ROOT_PLACE);
  return { findings: check.findings.all, elements: check.elements };
}

class CodeCheck {
  readonly findings = new ValidationFindings();
  elements = 0;

  object(object: RmObject, place: ObjectPlace): void {
    if (object._type === "ELEMENT") this.elements++;
    for (const coded of codedAttributesOf(object._type)) this.#code(object, coded, place);
    for (const { name } of attributesOf(object._type)) {
      const value = object[name];
      if (value !== undefined) this.#value(value, name, place);
    }
  }

  #value(value: RmValue, name: string, place: ObjectPlace): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (isRmObject(item)) this.object(item, placeOf(place, name, item, index + 1));
      }
    } else if (isRmObject(value)) this.object(value, placeOf(place, name, value));
  }

  #code(owner: RmObject, { attribute, codes }: CodedAttribute, place: ObjectPlace): void {
    const value = objectMember(owner, attribute);
    if (hasCodeFrom(value, codes)) return;
    const found = textMember(codePhraseOf(value), "code_string") ?? "";
    const expected = "group" in codes ? `group:${codes.group}` : `codeset:${codes.codeSet}`;
    this.findings.add({
      path: `${placeText(place)}/${attribute}`,
      rule: "terminology-code",
      message: `supplied code string [${found}] is not found in ${expected}`,
      expected,
      found,
    });
  }
}

const codedAttributes = new Map<string, readonly CodedAttribute[]>();

function codedAttributesOf(className: string): readonly CodedAttribute[] {
  let found = codedAttributes.get(className);
  if (found === undefined) {
    const described = rmClass(className);
    if (described === undefined) return [];
    found = [described.name, ...described.ancestors].flatMap((name) => CODED_ATTRIBUTES.get(name) ?? []);
    codedAttributes.set(className, found);
  }
  return found;
}
