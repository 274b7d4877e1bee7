import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import type { ScopeNode, ScopeNodes } from "./scope-nodes.js";

/** One occurrence of a template node in a composition. */
export class Occurrence {
  readonly node: ScopeNode;
  readonly value: RmValue;
  /** 0-based position among the occurrences of the node below the same parent. */
  readonly index: number;
  readonly above: Occurrence | undefined;

  constructor(node: ScopeNode, value: RmValue, index: number, above: Occurrence | undefined) {
    this.node = node;
    this.value = value;
    this.index = index;
    this.above = above;
  }
}

const none: readonly Occurrence[] = [];

/** The values of a node that conditions have left. */
interface Kept {
  readonly node: ScopeNode;
  readonly values: ReadonlySet<RmValue>;
}

/**
 * What a step sees of a composition: which occurrence each enclosing method has bound, and which occurrences conditions
 * have left. Narrowing gives a new scope; none is ever changed. Occurrences are enumerated below the nearest bound
 * ancestor, so that nested lists stay nested and siblings do not leak into each other.
 */
export class OpenEhrScope {
  /** The scope that this one narrows: what it sees beside the nodes of this one is seen here, too. */
  readonly #outer: OpenEhrScope | undefined;
  /** The number of the node that is narrowed; those below it follow. */
  readonly #first: number;
  /** By number from there: what was bound, was left by conditions or has been looked up. */
  readonly #found: (readonly Occurrence[] | undefined)[];
  /** What conditions have left; of the same node the last counts. */
  readonly #kept: readonly Kept[];
  /** Siblings that iterate the same node bind the same occurrences. */
  #inside: Map<Occurrence, OpenEhrScope> | undefined = undefined;

  private constructor(outer: OpenEhrScope | undefined, { number, end }: ScopeNode, kept: readonly Kept[]) {
    this.#outer = outer;
    this.#first = number;
    this.#found = new Array<readonly Occurrence[] | undefined>(end - number).fill(undefined);
    this.#kept = kept;
  }

  /** The scope of a whole composition. */
  static of(composition: RmObject, { root }: ScopeNodes): OpenEhrScope {
    const whole = new OpenEhrScope(undefined, root, []);
    whole.#found[0] = [new Occurrence(root, composition, 0, undefined)];
    return whole;
  }

  /** The scope inside one occurrence. Its ancestors are bound with it. */
  bind(occurrence: Occurrence): OpenEhrScope {
    const known = this.#inside?.get(occurrence);
    if (known !== undefined) return known;
    const top = this.#topmostUnbound(occurrence);
    if (top === undefined) return this;
    const inside = new OpenEhrScope(this, top.node, this.#kept);
    for (let at: Occurrence | undefined = occurrence; at !== undefined; at = at === top ? undefined : at.above)
      inside.#found[at.node.number - inside.#first] = [at];
    this.#inside ??= new Map();
    this.#inside.set(occurrence, inside);
    return inside;
  }

  /** The outermost of an occurrence and those above it beside which the scope sees others. */
  #topmostUnbound(occurrence: Occurrence): Occurrence | undefined {
    let top: Occurrence | undefined;
    for (let at: Occurrence | undefined = occurrence; at !== undefined; at = at.above) {
      const seen = this.occurrences(at.node);
      if (seen.length !== 1 || seen[0] !== at) top = at;
    }
    return top;
  }

  /** The scope in which only these occurrences of a node are left. */
  keep(node: ScopeNode, occurrences: readonly Occurrence[]): OpenEhrScope {
    const seen = this.occurrences(node);
    if (seen.length === occurrences.length && seen.every((one, at) => one === occurrences[at])) return this;
    const values = new Set(occurrences.map((occurrence) => occurrence.value));
    const narrowed = new OpenEhrScope(this, node, [...this.#kept, { node, values }]);
    narrowed.#found[0] = occurrences;
    return narrowed;
  }

  /** All occurrences of a node that this scope sees, in document order. */
  occurrences(node: ScopeNode): readonly Occurrence[] {
    const at = node.number - this.#first;
    if (at < 0 || at >= this.#found.length) return this.#outer?.occurrences(node) ?? none;
    const known = this.#found[at];
    if (known !== undefined) return known;
    const found = this.#enumerate(node);
    this.#found[at] = found;
    return found;
  }

  #enumerate(node: ScopeNode): readonly Occurrence[] {
    if (node.parent === undefined) return none;
    const parents = this.occurrences(node.parent);
    if (parents.length === 0) return none;
    const kept = this.#kept.length === 0 ? undefined : this.#kept.findLast((one) => one.node === node)?.values;
    if (parents.length === 1) return occurrencesBelow(parents[0] as Occurrence, node, kept) ?? none;
    return parents.flatMap((above) => occurrencesBelow(above, node, kept) ?? none);
  }
}

/** The values of an RM object that a template node describes; undefined when there are none. */
function occurrencesBelow(
  above: Occurrence,
  node: ScopeNode,
  kept: ReadonlySet<RmValue> | undefined,
): Occurrence[] | undefined {
  const holder = above.value;
  const value = typeof holder === "object" && !Array.isArray(holder) ? (holder as RmObject)[node.attribute] : undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    const isThere = isOccurrenceOf(value, node) && holdsAnything(value) && (kept === undefined || kept.has(value));
    return isThere ? [new Occurrence(node, value, 0, above)] : undefined;
  }
  let found: Occurrence[] | undefined;
  let index = 0;
  for (const item of value) {
    if (!isOccurrenceOf(item, node)) continue;
    if ((kept === undefined || kept.has(item)) && holdsAnything(item)) {
      const occurrence = new Occurrence(node, item, index, above);
      if (found === undefined) found = [occurrence];
      else found.push(occurrence);
    }
    index++;
  }
  return found;
}

/**
 * Whether an occurrence says anything: an ELEMENT without value and null flavour, a CLUSTER or SECTION of nothing but such, a
 * PARTY_SELF that refers to nobody is as good as absent, as it has no key in FLAT (engine-behaviour 6.1, openehr-formats 13).
 */
function holdsAnything(value: RmValue): boolean {
  if (!isRmObject(value)) return true;
  switch (value._type) {
    case "ELEMENT":
      return value.value !== undefined || value.null_flavour !== undefined;
    case "PARTY_SELF":
      return value.external_ref !== undefined;
    case "CLUSTER":
    case "SECTION":
      return Array.isArray(value.items) && value.items.some(holdsAnything);
    default:
      return true;
  }
}

function isOccurrenceOf(value: RmValue, { nodeId, name }: ScopeNode): boolean {
  if (nodeId === undefined || typeof value !== "object") return true;
  // A HISTORY may be without `_type`, as canonical JSON has it.
  const locatable = value as RmObject;
  if (locatable.archetype_node_id !== nodeId) return false;
  return name === undefined || (isRmObject(locatable.name) && locatable.name.value === name);
}

/** Index at the innermost repeatable node of an occurrence; -1 when nothing on its way repeats. */
export function innermostIndex(occurrence: Occurrence): number {
  for (let at: Occurrence | undefined = occurrence; at !== undefined; at = at.above) {
    if (at.node.isRepeatable) return at.index;
  }
  return -1;
}
