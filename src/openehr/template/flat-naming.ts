import type { FlatNames, FlatSegment, FlatStep, FlatTarget } from "./flat-names.js";
import { elementValues, flatVisibility } from "./flat-visibility.js";
import { isRepeatable, type Template, type TemplateNode } from "./template.js";
import { nodeIdentifier } from "./template-paths.js";

interface StepInProgress extends FlatStep {
  readonly children: Map<string, FlatStep>;
}

/** Spellings that are accepted besides the name of a step. They never take a name away from another node. */
interface AcceptedSpelling {
  readonly under: StepInProgress;
  readonly name: string;
  readonly step: FlatStep;
}

/**
 * Names every visible node of a template for FLAT (openehr-formats 8): the base id, then a number from 2 on when
 * another node under the same visible parent came earlier in template order with that name. Prefer `flatNames`, which
 * does this once per template.
 */
export function buildFlatNames(template: Template): FlatNames {
  return new FlatNaming(template.root).names();
}

class FlatNaming {
  readonly #root: TemplateNode;
  readonly #steps = new Map<TemplateNode, FlatStep>();
  readonly #spellings: AcceptedSpelling[] = [];
  /** Per visible parent and base id, the last number given. */
  readonly #numbers = new Map<StepInProgress, Map<string, number>>();

  constructor(root: TemplateNode) {
    this.#root = root;
  }

  names(): FlatNames {
    const root = this.#step(this.#root.baseId, undefined, this.#root, [{ node: this.#root, element: undefined }]);
    this.#steps.set(this.#root, root);
    this.#nameChildren(this.#root, root);
    for (const { under, name, step } of this.#spellings) if (!under.children.has(name)) under.children.set(name, step);
    return { root, steps: this.#steps };
  }

  #nameChildren(node: TemplateNode, under: StepInProgress): void {
    for (const child of node.children) {
      const visibility = flatVisibility(child);
      switch (visibility) {
        case "hidden":
          break;
        case "structure":
          this.#nameChildren(child, under);
          break;
        case "segment": {
          const step = this.#add(under, child, [{ node: child, element: undefined }]);
          this.#nameChildren(child, step);
          break;
        }
        case "value":
          this.#nameElement(child, under);
          break;
        default:
          visibility satisfies never;
      }
    }
  }

  /** An ELEMENT lends its name and its index to its value; what is below the value hangs below that step. */
  #nameElement(element: TemplateNode, under: StepInProgress): void {
    const [first, ...others] = elementValues(element).map((node): FlatTarget => ({ node, element }));
    if (first === undefined) return;
    const step = this.#add(under, element, [first, ...others]);
    for (const { node } of step.targets) {
      this.#steps.set(node, step);
      this.#nameChildren(node, step);
    }
  }

  #add(under: StepInProgress, node: TemplateNode, targets: FlatStep["targets"]): StepInProgress {
    const name = this.#freeName(under, node.baseId);
    const step = this.#step(name, under, node, targets);
    under.children.set(name, step);
    this.#steps.set(node, step);
    this.#acceptSpellings(under, node, step);
    return step;
  }

  #freeName(under: StepInProgress, baseId: string): string {
    const numbers = this.#numbers.get(under) ?? new Map<string, number>();
    this.#numbers.set(under, numbers);
    let number = (numbers.get(baseId) ?? 0) + 1;
    while (under.children.has(number === 1 ? baseId : `${baseId}${number}`)) number++;
    numbers.set(baseId, number);
    return number === 1 ? baseId : `${baseId}${number}`;
  }

  #step(
    name: string,
    parent: StepInProgress | undefined,
    node: TemplateNode,
    targets: FlatStep["targets"],
  ): StepInProgress {
    const segment: FlatSegment = { name, node: isRepeatable(node) ? node : undefined };
    const segments = parent === undefined ? [segment] : [...parent.segments, segment];
    return { name, parent, segments, targets, children: new Map() };
  }

  /**
   * Accepted besides the written name: the id the node has among its siblings, which other systems publish after an
   * unpublished slot of the same name (`test_result2`), and `interval_of_quantity_value` for
   * `interval<dv_quantity>_value` (openehr-formats 20.2, 23 and 25).
   */
  #acceptSpellings(under: StepInProgress, node: TemplateNode, step: FlatStep): void {
    const published = nodeIdentifier(node);
    if (published !== step.name) this.#spellings.push({ under, name: published, step });
    const generic = /^interval<(?:dv_)?([a-z_]+)>_value$/.exec(node.baseId)?.[1];
    if (generic !== undefined) this.#spellings.push({ under, name: `interval_of_${generic}_value`, step });
  }
}
