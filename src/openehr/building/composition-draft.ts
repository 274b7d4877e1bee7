import { isRmObject, type RmObject, type RmPrimitive } from "../rm/rm-object.js";
import { isRepeatable, type Template, type TemplateNode } from "../template/template.js";
import { ancestorChain } from "../template/template-paths.js";
import type { CompositionContextDefaults } from "./context-defaults.js";

/**
 * A composition in the making: occurrences of template nodes, created lazily as values arrive, in whatever order they
 * arrive. FLAT documents and mappings both write drafts; `completeComposition` turns a draft into a composition with
 * names, node ids, archetype details and defaults, `writeFlat` into a FLAT document without them.
 */
export class CompositionDraft {
  readonly template: Template;
  readonly root: DraftNode;
  /** What fills places that nothing was written to; given by the `ctx/` shortcuts of FLAT. */
  contextDefaults: CompositionContextDefaults = {};
  /** The occurrence that was found last and those above it, by depth: what is written next is mostly near. */
  readonly #recent: DraftNode[] = [];
  #recentCount = 1;

  /** @param root an occurrence of the template's root, for a draft whose occurrences do more than keep values */
  constructor(template: Template, root: DraftNode = new DraftNode(template.root, 0)) {
    this.template = template;
    this.root = root;
    this.#recent.push(root);
  }

  /**
   * The occurrence of `node` with the given indexes, created together with its ancestors when missing.
   * @param indexes one 0-based index per repeatable node on the way from the root to `node` (both included), outermost
   *   first; missing ones count as 0.
   */
  at(node: TemplateNode, indexes: readonly number[] = []): DraftNode {
    const chain = ancestorChain(node);
    let occurrence = this.root;
    let used = isRepeatable(this.template.root) ? 1 : 0;
    for (let depth = 1; depth < chain.length; depth++) {
      const step = chain[depth] as TemplateNode;
      const index = isRepeatable(step) ? (indexes[used++] ?? 0) : 0;
      occurrence = occurrence.child(step, index);
    }
    return occurrence;
  }

  /**
   * As {@link at}, for callers that know the index of each repeatable node.
   * @param indexOf the 0-based index of a repeatable node on the way
   */
  occurrence(node: TemplateNode, indexes: { indexOf(repeatable: TemplateNode): number }): DraftNode {
    const chain = ancestorChain(node);
    const recent = this.#recent;
    let occurrence = this.root;
    for (let depth = 1; depth < chain.length; depth++) {
      const step = chain[depth] as TemplateNode;
      const index = isRepeatable(step) ? indexes.indexOf(step) : 0;
      const last = depth < this.#recentCount ? recent[depth] : undefined;
      if (last !== undefined && last.node === step && last.index === index) {
        occurrence = last;
        continue;
      }
      occurrence = occurrence.child(step, index);
      recent[depth] = occurrence;
      // What was below the other one is not below this one.
      this.#recentCount = depth + 1;
    }
    return occurrence;
  }

  /** True as long as nothing was written. */
  get isEmpty(): boolean {
    return !this.root.hasValue;
  }
}

/** The occurrences of one node below one parent, ascending by index; indexes may have gaps. */
export interface OccurrenceGroup {
  readonly node: TemplateNode;
  readonly occurrences: readonly DraftNode[];
}

const noChildren: readonly DraftNode[] = [];

/** One occurrence of a template node. */
export class DraftNode {
  readonly node: TemplateNode;
  readonly index: number;
  /** Made with the first occurrence below: values have none. */
  #children: DraftNode[] | undefined = undefined;
  /**
   * For data values and RM attributes: what has been written so far, in canonical shape but possibly partial (a coded
   * text with only its code). Set through {@link DraftNode.merge} so that later writes add to or replace earlier ones
   * attribute by attribute.
   *
   * For LOCATABLEs and other structures: attributes for which the template tree has no node (`uid` of an ELEMENT,
   * `width` and `math_function` of an EVENT), with the concrete class as `_type`.
   */
  value: RmObject | RmPrimitive | undefined;

  constructor(node: TemplateNode, index: number) {
    this.node = node;
    this.index = index;
  }

  /** Occurrences below this one: of one node after the other in template order, those of one node ascending by index. */
  get children(): readonly DraftNode[] {
    return this.#children ?? noChildren;
  }

  /** The same, per template node. */
  get groups(): readonly OccurrenceGroup[] {
    const groups: { readonly node: TemplateNode; readonly occurrences: DraftNode[] }[] = [];
    for (const child of this.children) {
      const last = groups.at(-1);
      if (last?.node === child.node) last.occurrences.push(child);
      else groups.push({ node: child.node, occurrences: [child] });
    }
    return groups;
  }

  /** The occurrences of one node below this one; empty when there are none. */
  occurrencesOf(node: TemplateNode): readonly DraftNode[] {
    return this.children.filter((child) => child.node === node);
  }

  /** The child occurrence with that index, created when missing. */
  child(node: TemplateNode, index: number): DraftNode {
    const children = this.#children;
    if (children === undefined) {
      const first = this.make(node, index);
      // A list that begins with one takes less room than one that begins empty: most occurrences have one or two below them.
      this.#children = [first];
      return first;
    }
    let at = children.length;
    // Values mostly come in template order, and a node has few children.
    while (at > 0 && isBehind(children[at - 1] as DraftNode, node, index)) at--;
    const before = children[at - 1];
    if (before !== undefined && before.node === node && before.index === index) return before;
    const created = this.make(node, index);
    if (at === children.length) children.push(created);
    else children.splice(at, 0, created);
    return created;
  }

  /** A new occurrence, of the same kind as this one. */
  protected make(node: TemplateNode, index: number): DraftNode {
    return new DraftNode(node, index);
  }

  /** True when a value was written here or anywhere below. */
  get hasValue(): boolean {
    if (this.value !== undefined) return true;
    return this.children.some((child) => child.hasValue);
  }

  /**
   * Writes a (partial) value: attributes of `written` replace those of the value so far, attributes it does not have
   * stay; nested objects are merged the same way, primitives and lists replaced. A different `_type` wins but keeps
   * the attributes already there.
   */
  merge(written: RmObject | RmPrimitive): void {
    this.value = mergeValue(this.value, written);
  }
}

function isBehind(child: DraftNode, node: TemplateNode, index: number): boolean {
  return child.node === node ? child.index > index : child.node.ordinal > node.ordinal;
}

function mergeValue(
  before: RmObject | RmPrimitive | undefined,
  written: RmObject | RmPrimitive,
): RmObject | RmPrimitive {
  if (!isRmObject(before) || !isRmObject(written)) return written;
  const merged: RmObject = { ...before };
  for (const attribute in written) {
    const value = written[attribute];
    if (value === undefined) continue;
    const old = before[attribute];
    merged[attribute] = isRmObject(value) && isRmObject(old) ? mergeValue(old, value) : value;
  }
  return merged;
}
