import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";
import type { OpenEhrAccessor } from "../plan.js";

/** One occurrence of a template node in a composition. */
export interface Occurrence {
  readonly node: TemplateNode;
  readonly value: RmValue;
  /** 0-based position among the occurrences of the node below the same parent. */
  readonly index: number;
  readonly above: Occurrence | undefined;
}

/**
 * What a step sees of a composition: which occurrence each enclosing method has bound, and which occurrences conditions
 * have left. Immutable; narrowing gives a new scope. Occurrences are enumerated below the nearest bound ancestor, so that
 * nested lists stay nested and siblings do not leak into each other.
 */
export class OpenEhrScope {
  readonly #root: Occurrence;
  readonly #bound: ReadonlyMap<TemplateNode, Occurrence>;
  readonly #kept: ReadonlyMap<TemplateNode, ReadonlySet<RmValue>>;

  private constructor(
    root: Occurrence,
    bound: ReadonlyMap<TemplateNode, Occurrence>,
    kept: ReadonlyMap<TemplateNode, ReadonlySet<RmValue>>,
  ) {
    this.#root = root;
    this.#bound = bound;
    this.#kept = kept;
  }

  /** The scope of a whole composition. */
  static of(composition: RmObject, root: TemplateNode): OpenEhrScope {
    const occurrence: Occurrence = { node: root, value: composition, index: 0, above: undefined };
    return new OpenEhrScope(occurrence, new Map([[root, occurrence]]), new Map());
  }

  /** The scope inside one occurrence. Its ancestors are bound with it. */
  bind(occurrence: Occurrence): OpenEhrScope {
    const bound = new Map(this.#bound);
    for (let at: Occurrence | undefined = occurrence; at !== undefined; at = at.above) bound.set(at.node, at);
    return new OpenEhrScope(this.#root, bound, this.#kept);
  }

  /** The scope in which only these occurrences of a node are left. */
  keep(node: TemplateNode, occurrences: readonly Occurrence[]): OpenEhrScope {
    const kept = new Map(this.#kept);
    kept.set(node, new Set(occurrences.map((occurrence) => occurrence.value)));
    return new OpenEhrScope(this.#root, this.#bound, kept);
  }

  /** All occurrences of an accessor's node that this scope sees, in document order. */
  occurrences(accessor: Pick<OpenEhrAccessor, "chain">): readonly Occurrence[] {
    return this.occurrencesOf(accessor.chain);
  }

  /** All occurrences of the last node of a chain from the root. */
  occurrencesOf(chain: readonly TemplateNode[]): readonly Occurrence[] {
    let from = chain.length - 1;
    while (from > 0 && !this.#bound.has(chain[from] as TemplateNode)) from--;
    let reached: readonly Occurrence[] = [this.#bound.get(chain[from] as TemplateNode) ?? this.#root];
    for (let at = from + 1; at < chain.length && reached.length > 0; at++) {
      reached = this.#below(reached, chain[at] as TemplateNode);
    }
    return reached;
  }

  #below(above: readonly Occurrence[], node: TemplateNode): readonly Occurrence[] {
    const kept = this.#kept.get(node);
    const found: Occurrence[] = [];
    for (const parent of above) {
      let index = 0;
      for (const value of valuesAt(parent.value, node)) {
        if (kept === undefined || kept.has(value)) found.push({ node, value, index, above: parent });
        index++;
      }
    }
    return found;
  }
}

/** The values of an RM object that a template node describes. */
function valuesAt(object: RmValue, node: TemplateNode): readonly RmValue[] {
  if (!isRmObject(object)) return [];
  const value = object[node.attribute];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.filter((item) => isOccurrenceOf(item, node));
  return isOccurrenceOf(value, node) ? [value] : [];
}

function isOccurrenceOf(value: RmValue, node: TemplateNode): boolean {
  if (node.nodeId === undefined || !isRmObject(value)) return true;
  if (value.archetype_node_id !== node.nodeId) return false;
  const wantedName = node.path[node.path.length - 1]?.name;
  if (wantedName === undefined) return true;
  return isRmObject(value.name) && value.name.value === wantedName;
}

/** Index at the innermost repeatable node of an occurrence; -1 when nothing on its way repeats. */
export function innermostIndex(occurrence: Occurrence): number {
  for (let at: Occurrence | undefined = occurrence; at !== undefined; at = at.above) {
    if (isRepeatable(at.node)) return at.index;
  }
  return -1;
}
