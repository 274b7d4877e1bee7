import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";
import { repeatableChain } from "../../openehr/template/template-paths.js";

/**
 * Which occurrence of each repeatable template node a run FHIR → openEHR is writing into. Immutable; binding gives a new
 * one. Nodes that nothing has bound are at their first occurrence.
 */
export class OccurrenceIndexes {
  static readonly none = new OccurrenceIndexes(new Map());
  readonly #indexes: ReadonlyMap<TemplateNode, number>;

  private constructor(indexes: ReadonlyMap<TemplateNode, number>) {
    this.#indexes = indexes;
  }

  bind(node: TemplateNode, index: number): OccurrenceIndexes {
    return new OccurrenceIndexes(new Map(this.#indexes).set(node, index));
  }

  /** The innermost repeatable node on a chain that is not bound yet: the one that results of a step iterate. */
  innermostFree(chain: readonly TemplateNode[]): TemplateNode | undefined {
    for (let at = chain.length - 1; at >= 0; at--) {
      const node = chain[at] as TemplateNode;
      if (isRepeatable(node) && !this.#indexes.has(node)) return node;
    }
    return undefined;
  }

  /** Indexes for `CompositionDraft.at`. */
  of(node: TemplateNode): readonly number[] {
    return repeatableChain(node).map((repeatable) => this.#indexes.get(repeatable) ?? 0);
  }
}

/** What a step works in: the object its model was entered with, the enclosing method's element, and where it writes. */
export interface FhirPlace {
  readonly model: FhirNode;
  readonly enclosing: FhirNode;
  readonly indexes: OccurrenceIndexes;
}

/** The element that a path starts at. */
export function baseOf(base: "model" | "enclosing", place: Pick<FhirPlace, "model" | "enclosing">): FhirNode {
  return base === "model" ? place.model : place.enclosing;
}
