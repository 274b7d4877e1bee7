import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";
import { repeatableChain } from "../../openehr/template/template-paths.js";
import type { FhirBase } from "../plan.js";

/**
 * Which occurrence of each repeatable template node a run FHIR → openEHR is writing into. Immutable; binding gives a new
 * one. Nodes that nothing has bound are at their first occurrence.
 */
export class OccurrenceIndexes {
  static readonly none = new OccurrenceIndexes(undefined, 0, undefined);
  readonly #node: TemplateNode | undefined;
  readonly #index: number;
  readonly #outer: OccurrenceIndexes | undefined;

  private constructor(node: TemplateNode | undefined, index: number, outer: OccurrenceIndexes | undefined) {
    this.#node = node;
    this.#index = index;
    this.#outer = outer;
  }

  bind(node: TemplateNode, index: number): OccurrenceIndexes {
    return new OccurrenceIndexes(node, index, this);
  }

  /** Binds a node and with it what it stands in: what nothing has bound there is at its first occurrence. */
  bindWithin(node: TemplateNode, index: number): OccurrenceIndexes {
    let indexes: OccurrenceIndexes = this;
    for (const one of repeatableChain(node)) {
      if (one !== node && this.#boundIndex(one) === undefined) indexes = indexes.bind(one, 0);
    }
    return indexes.bind(node, index);
  }

  /**
   * Where a step of a splitting model writes: below the split node in its occurrence, in the same occurrence of what repeats
   * around it, and elsewhere in the same occurrence of what repeats there (engine-behaviour 7.3).
   */
  inSplit(split: TemplateNode, occurrence: number, chain: readonly TemplateNode[] | undefined): OccurrenceIndexes {
    const [outermost] = repeatableChain(split);
    if (chain === undefined || (outermost !== undefined && chain.includes(outermost)))
      return this.bindWithin(split, occurrence);
    const free = this.innermostFree(chain);
    return free === undefined ? this.bind(split, occurrence) : this.bind(split, occurrence).bind(free, occurrence);
  }

  /** The innermost repeatable node on a chain that is not bound yet: the one that results of a step iterate. */
  innermostFree(chain: readonly TemplateNode[]): TemplateNode | undefined {
    for (let at = chain.length - 1; at >= 0; at--) {
      const node = chain[at] as TemplateNode;
      if (isRepeatable(node) && this.#boundIndex(node) === undefined) return node;
    }
    return undefined;
  }

  /** The outermost repeatable node on a chain, of those that count, that is not bound yet. */
  outermostFree(chain: readonly TemplateNode[], counts: (node: TemplateNode) => boolean): TemplateNode | undefined {
    return chain.find((node) => isRepeatable(node) && counts(node) && this.#boundIndex(node) === undefined);
  }

  /** The index of each repeatable node on the way to a node, outermost first. */
  of(node: TemplateNode): readonly number[] {
    return repeatableChain(node).map((one) => this.indexOf(one));
  }

  /** The index of a repeatable node, for `CompositionDraft.occurrence`. */
  indexOf(node: TemplateNode): number {
    return this.#boundIndex(node) ?? 0;
  }

  #boundIndex(node: TemplateNode): number | undefined {
    for (let scope: OccurrenceIndexes | undefined = this; scope !== undefined; scope = scope.#outer) {
      if (scope.#node === node) return scope.#index;
    }
    return undefined;
  }
}

/** What a step works in: the object its model was entered with, the enclosing method's element, and where it writes. */
export class FhirPlace {
  readonly model: FhirNode;
  readonly enclosing: FhirNode;
  readonly indexes: OccurrenceIndexes;
  /** The place of the enclosing method. */
  readonly outer: FhirPlace | undefined;

  constructor(model: FhirNode, enclosing: FhirNode, indexes: OccurrenceIndexes, outer: FhirPlace | undefined) {
    this.outer = outer;
    this.model = model;
    this.enclosing = enclosing;
    this.indexes = indexes;
  }
}

/** The objects that paths start at. */
export type FhirObjects = Pick<FhirPlace, "model" | "enclosing" | "outer">;

/** The element that a path starts at. */
export function baseOf(base: FhirBase, place: FhirObjects): FhirNode {
  if (base === "model") return place.model;
  let at = place;
  for (let up = base === "enclosing" ? 0 : base; up > 0; up--) at = at.outer ?? at;
  return at.enclosing;
}
