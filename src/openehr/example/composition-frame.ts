import { codePhrase } from "../building/coded-text.js";
import type { Skeleton } from "../building/skeleton.js";
import { codesOfCodeSet } from "../rm/openehr-code-sets.js";
import { isPathable } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
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
        return this.language;
      case "territory":
        return this.territory;
      case "encoding":
        return skeleton.encoding;
      case "subject":
        return fitting(skeleton.subject, program);
      case "category":
        return fitting(skeleton.category, program);
      case "composer":
        return { _type: "PARTY_SELF" };
      case "start_time":
      case "end_time":
      case "time":
      case "origin":
        return isPathable(owner._type) ? { ...this.now } : undefined;
      default:
        return undefined;
    }
  }
}

/** An object if one of the alternatives of an attribute takes it. */
export function fitting(object: RmObject | undefined, program: AttributeProgram | undefined): RmObject | undefined {
  const [group] = program?.groups.get("") ?? [];
  if (object === undefined || group === undefined) return object;
  const takes = fittingAlternatives(object, group.alternatives).some(
    (node) => (programOf(node).check?.(object) ?? []).length === 0,
  );
  return takes ? object : undefined;
}

/** Whether a composition is persistent: it has no context then. */
export function isPersistent({ category }: RmObject): boolean {
  const code = isRmObject(category) ? category.defining_code : undefined;
  return isRmObject(code) && textMember(code, "code_string") === PERSISTENT;
}
