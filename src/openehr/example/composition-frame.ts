import { codePhrase } from "../building/coded-text.js";
import type { Skeleton } from "../building/skeleton.js";
import { codesOfCodeSet } from "../rm/openehr-code-sets.js";
import { isPathable } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { Template, TemplateNode } from "../template/template.js";
import { fittingAlternatives } from "../validation/class-fit.js";
import { textMember } from "../validation/object-place.js";
import { type AttributeProgram, programOf } from "../validation/template-program.js";

const PERSISTENT = "431";

/** What is the same all over a composition: language, territory, time. */
export class CompositionFrame {
  readonly now: RmObject;
  readonly language: RmObject;
  readonly territory: RmObject;

  constructor({ defaultLanguage }: Template, now: string, territory: string | undefined) {
    const languages = codesOfCodeSet("languages");
    const language = [defaultLanguage, defaultLanguage.toLowerCase(), defaultLanguage.slice(0, 2)].find((each) =>
      languages.has(each),
    );
    const country = defaultLanguage.slice(-2).toUpperCase();
    this.now = { _type: "DV_DATE_TIME", value: now };
    this.language = codePhrase("ISO_639-1", language ?? "en");
    this.territory = codePhrase("ISO_3166-1", territory ?? (codesOfCodeSet("countries").has(country) ? country : "GB"));
  }

  /**
   * The value of an attribute that is known without asking its node: from the frame, or from the skeleton that the template
   * has for the object. Undefined for all others, and where the template wants something else.
   */
  value(
    owner: RmObject,
    attribute: string,
    skeleton: Pick<Skeleton, "category" | "encoding" | "subject">,
    program?: AttributeProgram,
  ): RmValue | undefined {
    switch (attribute) {
      case "language":
        return fitting(this.language, program);
      case "territory":
        return fitting(this.territory, program);
      case "encoding":
        return fitting(skeleton.encoding, program);
      case "subject":
        return fitting(skeleton.subject, program);
      case "category":
        return fitting(skeleton.category, program);
      case "composer":
        return fitting({ _type: "PARTY_SELF" }, program);
      case "start_time":
      case "end_time":
      case "time":
      case "origin":
        return isPathable(owner._type) ? fitting({ ...this.now }, program) : undefined;
      default:
        return undefined;
    }
  }
}

/** An object if one of the alternatives of an attribute takes it. */
export function fitting(object: RmObject | undefined, program: AttributeProgram | undefined): RmObject | undefined {
  const [group] = program?.groups.get("") ?? [];
  if (object === undefined || group === undefined) return object;
  return fittingAlternatives(object, group.alternatives).some((node) => isTakenBy(node, object)) ? object : undefined;
}

/** Whether an object of the class of a node keeps to what the template says there. */
export function isTakenBy(node: TemplateNode, object: RmObject): boolean {
  const { check, primitives } = programOf(node);
  return (check?.(object) ?? []).length === 0 && primitives.every((each) => each.check(object).length === 0);
}

/** Whether a composition is persistent: it has no context then. */
export function isPersistent({ category }: RmObject): boolean {
  const code = isRmObject(category) ? category.defining_code : undefined;
  return isRmObject(code) && textMember(code, "code_string") === PERSISTENT;
}
