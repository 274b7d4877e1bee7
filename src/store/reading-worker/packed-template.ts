import type { AqlSegment } from "../../openehr/rm/aql-path.js";
import type { Template, TemplateNode } from "../../openehr/template/template.js";

/** What a template says besides its nodes. */
export type TemplateHead = Omit<Template, "root">;

/**
 * A template node as it passes from one thread to another, in portions: without its surroundings, and with the last
 * segment of its path only.
 */
export interface PackedNode {
  /** Ordinal of the parent; -1 for the root. */
  readonly parent: number;
  readonly own: Omit<TemplateNode, "ordinal" | "parent" | "children" | "path"> & {
    readonly path: AqlSegment | undefined;
  };
}

/** All nodes of a template, each at the place that its ordinal says. */
export function packNodes({ root }: Template): readonly PackedNode[] {
  const packed: PackedNode[] = [];
  const pack = (node: TemplateNode): void => {
    const { ordinal: _ordinal, parent, children, path, ...own } = node;
    packed.push({ parent: parent?.ordinal ?? -1, own: { ...own, path: path.at(-1) } });
    for (const child of children) pack(child);
  };
  pack(root);
  return packed;
}

type NodeInTheMaking = { -readonly [Member in keyof TemplateNode]: TemplateNode[Member] } & {
  children: TemplateNode[];
};

/** Puts a template together from portions of its nodes, which come in their order. */
export class TemplateAssembly {
  readonly #head: TemplateHead;
  readonly #nodes: NodeInTheMaking[] = [];

  constructor(head: TemplateHead) {
    this.#head = head;
  }

  add(portion: readonly PackedNode[]): void {
    for (const { parent: parentOrdinal, own } of portion) {
      const parent = this.#nodes[parentOrdinal];
      const { path: segment } = own;
      const path = parent === undefined || segment === undefined ? [] : [...parent.path, Object.freeze(segment)];
      const node: NodeInTheMaking = {
        ordinal: this.#nodes.length,
        parent,
        children: [],
        ...own,
        path: Object.freeze(path),
        inputs: frozen(own.inputs),
      };
      if (own.proportionTypes !== undefined) frozen(own.proportionTypes);
      if (own.attributeConstraints !== undefined) frozen(own.attributeConstraints);
      if (own.slotAssertions !== undefined) frozen(own.slotAssertions);
      for (const alternatives of own.primitives?.values() ?? []) frozen(alternatives);
      parent?.children.push(node);
      this.#nodes.push(node);
    }
  }

  /** The template, immutable as the parser makes it. */
  finished(): Template {
    const [root] = this.#nodes;
    if (root === undefined) throw new TypeError("a template has at least its root");
    for (const node of this.#nodes) {
      Object.freeze(node.children);
      Object.freeze(node);
    }
    Object.freeze(this.#head.languages);
    return Object.freeze({ ...this.#head, root });
  }
}

/** Freezes plain data in depth; maps stay as they are and are handed out as read-only. */
function frozen<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null || data instanceof Map || Object.isFrozen(data)) return data;
  for (const member of Object.values(data)) frozen(member);
  return Object.freeze(data);
}
