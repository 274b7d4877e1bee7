import type { SourcePosition } from "../../errors/source-position.js";
import type { Condition, MappingMethod } from "../../fhirconnect/syntax/tree.js";
import type { Template, TemplateNode } from "../../openehr/template/template.js";
import type { OpenEhrAccessor, OpenEhrCondition } from "../plan.js";
import type { Semantics } from "../semantics.js";
import type { Findings } from "./findings.js";
import { OpenEhrPaths } from "./openehr-path.js";
import { fullOpenEhrPath, type Place } from "./place.js";

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
              "This path runs through nodes of the template that are not below each other; nothing is ever found there.",
            ];
      this.#findings.report("warning", code as string, message as string, place, position, text);
      return undefined;
    }
    if (!accessor.complete) {
      const reached = `${accessor.node.name} (${accessor.node.rmType})`;
      const message = `The template "${this.#template.templateId}" has only the beginning of this path, up to ${reached}.`;
      this.#findings.report("note", "MAPPING_OPENEHR_PATH_CUT", message, place, position, text);
    }
    return written?.value.trim() === "$reference" ? { ...accessor, isReference: true } : accessor;
  }

  /** Conditions whose root the template does not have say nothing and are left out, with a warning. */
  conditions(place: Place, conditions: readonly Condition[]): readonly OpenEhrCondition[] {
    return conditions.flatMap((condition) => this.#condition(place, condition) ?? []);
  }

  #condition(place: Place, condition: Condition): OpenEhrCondition | undefined {
    const rootText = fullOpenEhrPath(place, condition.targetRoot.value);
    const root = rootText === undefined ? undefined : this.#paths.resolve(rootText);
    if (rootText === undefined || root === undefined || root.unreachable) {
      const { position, value } = condition.targetRoot;
      const message = "The template does not have the path of this condition; the condition has no effect.";
      this.#findings.report("warning", "MAPPING_OPENEHR_PATH_UNKNOWN", message, place, position, value);
      return undefined;
    }
    const attributes = condition.targetAttributes
      .map((attribute) => this.#paths.resolve(`${rootText}/${attribute.value}`))
      .filter((attribute) => attribute !== undefined);
    return {
      root,
      attributes: attributes.length === 0 ? [root] : attributes,
      operator: condition.operator.value,
      criteria: condition.criteria.map((criterion) => criterion.value),
    };
  }

  /** The repeatable node whose occurrences a hierarchy path splits; undefined when its last visible node cannot repeat. */
  splitNode(place: Place, path: string, position: SourcePosition): TemplateNode | undefined {
    const text = fullOpenEhrPath(place, path);
    const accessor = text === undefined ? undefined : this.#paths.resolve(text);
    if (accessor?.complete === true) return accessor.repeats;
    const message = "The template lacks the path of this hierarchy; nothing is split.";
    this.#findings.report("warning", "MAPPING_OPENEHR_PATH_UNKNOWN", message, place, position, path);
    return undefined;
  }
}
