import type { SourcePosition } from "../../errors/source-position.js";
import { quoted } from "../../fhirconnect/syntax/nearest-name.js";
import type { Condition, Direction, Located, MappingMethod } from "../../fhirconnect/syntax/tree.js";
import { isRepeatable, type Template, type TemplateNode } from "../../openehr/template/template.js";
import type { OpenEhrAccessor, OpenEhrCondition } from "../plan.js";
import type { Semantics } from "../semantics.js";
import type { JoinedPart } from "./concatenation.js";
import type { Findings } from "./findings.js";
import { OpenEhrPaths } from "./openehr-path.js";
import { beyondComposition, fullOpenEhrPath, type Place } from "./place.js";

/** Compiles the openEHR ends and conditions of methods against a template. */
export class OpenEhrAccessors {
  readonly #template: Template;
  readonly #paths: OpenEhrPaths;
  readonly #findings: Findings;

  constructor(template: Template, semantics: Semantics, findings: Findings) {
    this.#template = template;
    this.#paths = new OpenEhrPaths(template, semantics);
    this.#findings = findings;
  }

  /** @param text the method's full path; undefined when it has none */
  accessor(place: Place, method: MappingMethod, text: string | undefined): OpenEhrAccessor | undefined {
    if (text === undefined) return undefined;
    const written = method.with?.openehr;
    const position = written?.position ?? method.position;
    if (this.#climbsOut(place, text, position)) return undefined;
    const accessor = this.#paths.resolve(text);
    if (accessor === undefined || accessor.unreachable) {
      const [code, message] =
        accessor === undefined
          ? [
              "MAPPING_OPENEHR_PATH_UNKNOWN",
              "The template has no node at the start of this path; the method maps nothing.",
            ]
          : [
              "MAPPING_OPENEHR_PATH_UNREACHABLE",
              "This path leads to an open slot, or runs through nodes of the template that are not below each other; nothing is ever found there.",
            ];
      this.#findings.report("warning", code as string, message as string, place, position, text);
      return undefined;
    }
    if (!accessor.complete) this.#reportCut(place, accessor, position, text);
    return written?.value.trim() === "$reference" ? { ...accessor, isReference: true } : accessor;
  }

  /** Several paths joined with `&`; they can be read, but a text that is written cannot be taken apart again. */
  joined(
    place: Place,
    method: MappingMethod,
    first: OpenEhrAccessor | undefined,
    parts: readonly JoinedPart[],
    direction: Direction | undefined,
  ): OpenEhrAccessor | undefined {
    const position = method.with?.openehr?.position ?? method.position;
    if (direction !== "openehr->fhir") {
      const message =
        "A text cannot be taken apart for several openEHR paths that `&` joins. Write `unidirectional: openehr->fhir`.";
      this.#findings.report(
        "error",
        "MAPPING_JOINED_PATHS_WRITTEN",
        message,
        place,
        position,
        method.with?.openehr?.value,
      );
      return undefined;
    }
    if (first === undefined) return undefined;
    const found = parts.flatMap((part) =>
      "literal" in part ? part.literal : (this.accessor(place, method, fullOpenEhrPath(place, part.path)) ?? []),
    );
    const each = innermostCommon(found.filter((part) => typeof part !== "string")) ?? this.#template.root;
    for (const part of found) if (typeof part !== "string") this.#reportFurtherValues(place, part, each, position);
    return { ...first, joined: { parts: found, each } };
  }

  /** One text has room for one value of each part. */
  #reportFurtherValues(place: Place, part: OpenEhrAccessor, each: TemplateNode, position: SourcePosition): void {
    const repeating = part.chain.slice(part.chain.indexOf(each) + 1).find(isRepeatable);
    if (repeating === undefined) return;
    const message =
      `"${repeating.name}" may occur more than once in this template, and a joined text takes its first occurrence only. ` +
      "Join the paths in a method below one that iterates it.";
    this.#findings.report("warning", "MAPPING_JOINED_PART_REPEATS", message, place, position, part.text);
  }

  /** Conditions whose root the template does not have say nothing and are left out, with a warning. */
  conditions(place: Place, conditions: readonly Condition[]): readonly OpenEhrCondition[] {
    return conditions.flatMap((condition) => this.#condition(place, condition) ?? []);
  }

  #condition(place: Place, condition: Condition): OpenEhrCondition | undefined {
    const rootText = fullOpenEhrPath(place, condition.targetRoot.value);
    if (this.#climbsOut(place, rootText, condition.targetRoot.position)) return undefined;
    const root = rootText === undefined ? undefined : this.#paths.resolve(rootText);
    if (rootText === undefined || root === undefined || root.unreachable) {
      const { position, value } = condition.targetRoot;
      const message = "The template does not have the path of this condition; the condition has no effect.";
      this.#findings.report("warning", "MAPPING_OPENEHR_PATH_UNKNOWN", message, place, position, value);
      return undefined;
    }
    const attributes = condition.targetAttributes.flatMap(
      (attribute) => this.#attribute(place, root, rootText, attribute) ?? [],
    );
    return {
      root,
      attributes: condition.targetAttributes.length === 0 ? [root] : attributes,
      operator: condition.operator.value,
      criteria: condition.criteria.map((criterion) => criterion.value),
    };
  }

  #reportCut(place: Place, { node, text: accessed }: OpenEhrAccessor, position: SourcePosition, text: string): void {
    const reached = `${node.name} (${node.rmType})`;
    const unknown = this.#paths.unknownEnd(accessed);
    if (unknown !== undefined) {
      const message = `openEHR has no ${quoted(unknown)} below ${reached}: the path ends there.`;
      this.#findings.report("warning", "MAPPING_RM_ATTRIBUTE_UNKNOWN", message, place, position, text);
      return;
    }
    const message = `The template "${this.#template.templateId}" has only the beginning of this path, up to ${reached}.`;
    this.#findings.report("note", "MAPPING_OPENEHR_PATH_CUT", message, place, position, text);
  }

  #climbsOut(place: Place, text: string | undefined, position: SourcePosition): boolean {
    if (text !== beyondComposition) return false;
    const message = "The path climbs out of the composition: there are more `../` than enclosing steps.";
    this.#findings.report("error", "MAPPING_PARENT_BEYOND_START", message, place, position);
    return true;
  }

  /** Undefined for an attribute of which the template has nothing below the root: no occurrence has a value there. */
  #attribute(
    place: Place,
    root: OpenEhrAccessor,
    rootText: string,
    { value, position }: Located<string>,
  ): OpenEhrAccessor | undefined {
    const attribute = this.#paths.resolve(`${rootText}/${value}`);
    const isThere =
      attribute !== undefined && !attribute.unreachable && (attribute.complete || attribute.node !== root.node);
    if (isThere && !attribute.complete) this.#reportCut(place, attribute, position, value);
    if (isThere) return attribute;
    const message = "The template does not have this attribute below the root of the condition; it never has a value.";
    this.#findings.report("warning", "MAPPING_OPENEHR_PATH_UNKNOWN", message, place, position, value);
    return undefined;
  }

  /** The node that a full path means; undefined when it leads nowhere. */
  nodeAt(text: string): TemplateNode | undefined {
    const accessor = this.#paths.resolve(text);
    return accessor?.unreachable === true ? undefined : accessor?.node;
  }

  /** The node at a full path, when it can occur more than once. */
  repeatingNode(text: string): TemplateNode | undefined {
    const node = this.#paths.resolve(text)?.node;
    return node !== undefined && isRepeatable(node) ? node : undefined;
  }

  /** The end of a path that a hierarchy names; undefined, with a warning, when the template lacks it. */
  hierarchyEnd(place: Place, path: string, position: SourcePosition): OpenEhrAccessor | undefined {
    const text = fullOpenEhrPath(place, path);
    const accessor = text === undefined ? undefined : this.#paths.resolve(text);
    if (accessor?.complete === true) return accessor;
    const message = "The template lacks the path of this hierarchy; nothing is split.";
    this.#findings.report("warning", "MAPPING_OPENEHR_PATH_UNKNOWN", message, place, position, path);
    return undefined;
  }

  /** A value that tells occurrences of a hierarchy apart; undefined, with a warning, when the template lacks it. */
  uniqueValue(place: Place, { value, position }: Located<string>): OpenEhrAccessor | undefined {
    const text = fullOpenEhrPath(place, value);
    const accessor = text === undefined ? undefined : this.#paths.resolve(text);
    if (accessor?.complete === true && !accessor.unreachable) return accessor;
    const message = "The template lacks this path of `unique`; it tells no occurrences apart.";
    this.#findings.report("warning", "MAPPING_OPENEHR_PATH_UNKNOWN", message, place, position, value);
    return undefined;
  }
}

/** The innermost repeating node that all paths run through; undefined when none does. */
function innermostCommon(accessors: readonly OpenEhrAccessor[]): TemplateNode | undefined {
  const [first, ...others] = accessors;
  return first?.chain.findLast((node) => isRepeatable(node) && others.every(({ chain }) => chain.includes(node)));
}
