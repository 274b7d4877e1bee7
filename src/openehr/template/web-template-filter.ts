import { attribute as rmAttribute, withoutGeneric } from "../rm/rm-classes.js";
import { ALWAYS_HIDDEN, elementValues, flatVisibility } from "./flat-visibility.js";
import type { Template, TemplateInput, TemplateNode } from "./template.js";

/** A node of the raw tree that is published, and what publishing makes of it. */
export interface FilteredNode {
  readonly source: TemplateNode;
  /** A data value that the template names for its ELEMENT, and not one of the values that any ELEMENT takes. */
  readonly isConstrainedValue: boolean;
  /** The name is one for people, and not only that of an attribute. */
  readonly hasLocalizedName: boolean;
  readonly min: number;
  readonly max: number;
  readonly inputs: readonly TemplateInput[];
  readonly children: readonly FilteredNode[];
}

/** Optional RM attributes that are published all the same, by class of their parent (openehr-formats 5, 2). */
const PUBLISHED_OPTIONAL_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ["COMPOSITION", ["context"]],
  ["ACTIVITY", ["timing"]],
  ["INSTRUCTION", ["expiry_time"]],
  ["ISM_TRANSITION", ["transition"]],
]);

/**
 * Reduces the raw tree of a template to what is published (openehr-formats 5): structural nodes, slots and optional RM
 * attributes disappear, their children move up in place; an ELEMENT with one value is published as its value.
 */
export function filterTemplate(template: Template): FilteredNode {
  const { root, languages } = template;
  const filter = new TemplateFilter(languages.includes("en"));
  return filter.published(root, filter.children(root));
}

class TemplateFilter {
  readonly #hasEnglish: boolean;

  constructor(hasEnglish: boolean) {
    this.#hasEnglish = hasEnglish;
  }

  /** The published nodes a node stands for: itself, or its children where it is left out. */
  #nodes(node: TemplateNode): readonly FilteredNode[] {
    const children = this.children(node);
    if (isLeftOut(node)) return children;
    const [only] = children;
    if (node.rmType === "ELEMENT" && only !== undefined && children.length === 1) {
      return [{ ...only, min: node.min, max: node.max }];
    }
    return [this.published(node, children)];
  }

  children(node: TemplateNode): readonly FilteredNode[] {
    if (node.rmType === "ELEMENT") return this.#elementChildren(node);
    return publishedOrder(node).flatMap((child) => this.#nodes(child));
  }

  /** A DV_CODED_TEXT and a DV_TEXT alone are published as one coded text that takes other texts as well. */
  #elementChildren(element: TemplateNode): readonly FilteredNode[] {
    const values = elementValues(element);
    const [coded] = values;
    if (values.length !== 2 || coded?.rmType !== "DV_CODED_TEXT") {
      const isConstrained = element.attributeConstraints?.some(({ attribute }) => attribute === "value") ?? false;
      return element.children
        .flatMap((child) => this.#nodes(child))
        .map((child) => ({ ...child, isConstrainedValue: isConstrained && child.source.attribute !== "name" }));
    }
    const inputs = this.#inputs(coded).map((input) => (input.suffix === "code" ? { ...input, listOpen: true } : input));
    return [{ ...this.published(coded, []), inputs: [...inputs, { suffix: "other", type: "TEXT" }] }];
  }

  published(node: TemplateNode, children: readonly FilteredNode[]): FilteredNode {
    const { min } = node;
    // The reference publishes the maximum of these two from their minimum (openehr-formats 20.2, 17).
    const max = isJoinedTransitionPart(node) ? min : node.max;
    const hasLocalizedName = !node.isRmAttribute && !isJoinedTransition(node) && !isJoinedTransitionPart(node);
    const inputs = this.#inputs(node);
    return { source: node, isConstrainedValue: false, hasLocalizedName, min, max, inputs, children };
  }

  #inputs({ rmType, inputs }: TemplateNode): readonly TemplateInput[] {
    if (rmType === "DV_ORDINAL") return inputs.map(withoutTerminology);
    if (rmType !== "DV_CODED_TEXT" || this.#hasEnglish) return inputs;
    return inputs.map((input) => (input.terminology === "openehr" ? withoutEnglish(input) : input));
  }
}

/** The joined ISM_TRANSITION of an ACTION stands for the original ones and comes last (openehr-formats 5). */
function publishedOrder(node: TemplateNode): readonly TemplateNode[] {
  if (node.rmType !== "ACTION") return node.children;
  const transition = node.children.find(({ rmType }) => rmType === "ISM_TRANSITION");
  const others = node.children.filter(({ rmType }) => rmType !== "ISM_TRANSITION");
  return transition === undefined ? others : [...others, transition];
}

function isLeftOut(node: TemplateNode): boolean {
  const { parent, nodeId, attribute, rmType } = node;
  if (node.isArchetypeSlot) return true;
  if (parent === undefined) return false;
  if (nodeId === undefined) {
    if (rmType === "CODE_PHRASE" && parent.rmType === "DV_CODED_TEXT") return true;
    if (attribute === "value" || isJoinedTransitionPart(node)) return false;
    if (ALWAYS_HIDDEN.has(attribute)) return true;
    if (PUBLISHED_OPTIONAL_ATTRIBUTES.get(withoutGeneric(parent.rmType))?.includes(attribute)) return false;
    return node.min === 0 && rmAttribute(parent.rmType, attribute) !== undefined;
  }
  return flatVisibility(node) === "structure";
}

/** The ISM_TRANSITION that stands for all those a template constrains; they follow it. */
function isJoinedTransition({ rmType, isRmAttribute, parent }: TemplateNode): boolean {
  return rmType === "ISM_TRANSITION" && !isRmAttribute && parent?.rmType === "ACTION";
}

function isJoinedTransitionPart({ parent, attribute, isRmAttribute }: TemplateNode): boolean {
  if (isRmAttribute || parent === undefined || !isJoinedTransition(parent)) return false;
  return attribute === "careflow_step" || attribute === "current_state";
}

function withoutTerminology(input: TemplateInput): TemplateInput {
  const { terminology: _terminology, ...others } = input;
  return others;
}

function withoutEnglish(input: TemplateInput): TemplateInput {
  const { list } = input;
  if (list === undefined) return input;
  return {
    ...input,
    list: list.map((entry) => {
      const labels = new Map(entry.localizedLabels);
      labels.delete("en");
      return { ...entry, localizedLabels: labels };
    }),
  };
}
