import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";

/** One occurrence of a template node in a composition. */
export interface Occurrence {
  readonly node: TemplateNode;
  readonly value: RmValue;
  /** 0-based position among the occurrences of the node below the same parent. */
  readonly index: number;
  readonly above: Occurrence | undefined;
}

const none: readonly Occurrence[] = [];

/**
 * What a step sees of a composition: which occurrence each enclosing method has bound, and which occurrences conditions
 * have left. Narrowing gives a new scope; none is ever changed. Occurrences are enumerated below the nearest bound
 * ancestor, so that nested lists stay nested and siblings do not leak into each other.
 */
export class OpenEhrScope {
  /** What was bound last, its ancestors with it; what `outer` has bound holds beside it. */
  readonly #bound: Occurrence;
  readonly #outer: OpenEhrScope | undefined;
  readonly #keptNode: TemplateNode | undefined;
  readonly #kept: ReadonlySet<RmValue> | undefined;
  /** Siblings look below the same ancestors again and again. */
  readonly #found = new Map<TemplateNode, readonly Occurrence[]>();
  /** Siblings that iterate the same node bind the same occurrences. */
  #inside: Map<Occurrence, OpenEhrScope> | undefined = undefined;

  private constructor(
    bound: Occurrence,
    outer: OpenEhrScope | undefined,
    keptNode?: TemplateNode,
    kept?: ReadonlySet<RmValue>,
  ) {
    this.#bound = bound;
    this.#outer = outer;
    this.#keptNode = keptNode;
    this.#kept = kept;
  }

  /** The scope of a whole composition. */
  static of(composition: RmObject, root: TemplateNode): OpenEhrScope {
    return new OpenEhrScope({ node: root, value: composition, index: 0, above: undefined }, undefined);
  }

  /** The scope inside one occurrence. Its ancestors are bound with it. */
  bind(occurrence: Occurrence): OpenEhrScope {
    if (occurrence === this.#bound) return this;
    let inside = this.#inside?.get(occurrence);
    if (inside === undefined) {
      inside = new OpenEhrScope(occurrence, this.#outsideOf(occurrence));
      this.#inside ??= new Map();
      this.#inside.set(occurrence, inside);
    }
    return inside;
  }

  /** What holds beside an occurrence: scopes that have only bound ancestors of it say nothing of their own. */
  #outsideOf(occurrence: Occurrence): OpenEhrScope | undefined {
    let scope: OpenEhrScope | undefined = this;
    while (scope !== undefined && scope.#keptNode === undefined && isWithin(occurrence, scope.#bound))
      scope = scope.#outer;
    return scope;
  }

  /** The scope in which only these occurrences of a node are left. */
  keep(node: TemplateNode, occurrences: readonly Occurrence[]): OpenEhrScope {
    return new OpenEhrScope(this.#bound, this, node, new Set(occurrences.map((occurrence) => occurrence.value)));
  }

  /** All occurrences of a template node that this scope sees, in document order. */
  occurrences(node: TemplateNode): readonly Occurrence[] {
    const known = this.#found.get(node);
    if (known !== undefined) return known;
    const found = this.#enumerate(node);
    this.#found.set(node, found);
    return found;
  }

  #enumerate(node: TemplateNode): readonly Occurrence[] {
    const bound = this.#boundOccurrence(node);
    if (bound !== undefined) return [bound];
    if (node.parent === undefined) return none;
    const parents = this.occurrences(node.parent);
    if (parents.length === 0) return none;
    const kept = this.#keptOf(node);
    const [only] = parents;
    if (only !== undefined && parents.length === 1 && valueBelow(only, node) === undefined) return none;
    const found: Occurrence[] = [];
    for (const above of parents) addOccurrences(above, node, kept, found);
    return found;
  }

  #boundOccurrence(node: TemplateNode): Occurrence | undefined {
    for (let scope: OpenEhrScope | undefined = this; scope !== undefined; scope = scope.#outer) {
      let at: Occurrence | undefined = scope.#bound;
      // What is above a node comes before it in the template.
      while (at !== undefined && at.node.ordinal > node.ordinal) at = at.above;
      if (at?.node === node) return at;
    }
    return undefined;
  }

  #keptOf(node: TemplateNode): ReadonlySet<RmValue> | undefined {
    for (let scope: OpenEhrScope | undefined = this; scope !== undefined; scope = scope.#outer) {
      if (scope.#keptNode === node) return scope.#kept;
    }
    return undefined;
  }
}

function isWithin(occurrence: Occurrence, other: Occurrence): boolean {
  for (let at: Occurrence | undefined = occurrence; at !== undefined; at = at.above) if (at === other) return true;
  return false;
}

function valueBelow({ value }: Occurrence, { attribute }: TemplateNode): RmValue | undefined {
  return isRmObject(value) ? value[attribute] : undefined;
}

/** The values of an RM object that a template node describes. */
function addOccurrences(
  above: Occurrence,
  node: TemplateNode,
  kept: ReadonlySet<RmValue> | undefined,
  found: Occurrence[],
): void {
  const value = valueBelow(above, node);
  if (value === undefined) return;
  if (!Array.isArray(value)) {
    if (isOccurrenceOf(value, node) && holdsAnything(value) && (kept === undefined || kept.has(value)))
      found.push({ node, value, index: 0, above });
    return;
  }
  let index = 0;
  for (const item of value) {
    if (!isOccurrenceOf(item, node)) continue;
    if ((kept === undefined || kept.has(item)) && holdsAnything(item)) found.push({ node, value: item, index, above });
    index++;
  }
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
