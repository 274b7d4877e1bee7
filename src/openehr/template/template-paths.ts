import type { AqlPath, AqlSegment } from "../rm/aql-path.js";
import { isRepeatable, type Template, type TemplateNode } from "./template.js";

/**
 * Whether a path step selects a node among its siblings: same attribute, same node id and same runtime name, where the
 * step names them. A step without node id or name leaves it open.
 */
export function matchesSegment(node: TemplateNode, segment: AqlSegment): boolean {
  return (
    node.attribute === segment.attribute &&
    (segment.nodeId === undefined || node.nodeId === segment.nodeId) &&
    (segment.name === undefined || node.name === segment.name)
  );
}

/**
 * The children of a node that stand under an attribute, in template order: several for lists and for choices.
 * @param nodeId at-code or archetype id; any when left out
 * @param name runtime name; any when left out
 */
export function childrenAt(
  node: TemplateNode,
  attribute: string,
  nodeId?: string,
  name?: string,
): readonly TemplateNode[] {
  return node.children.filter(
    (child) =>
      child.attribute === attribute &&
      (nodeId === undefined || child.nodeId === nodeId) &&
      (name === undefined || child.name === name),
  );
}

/**
 * All nodes a path leads to from a node, in template order; empty when there is none. Predicates that the path leaves
 * out are open, so `/data/events/time` finds the time of every event; an empty path is the node itself.
 */
export function nodesAt(from: TemplateNode, path: AqlPath): readonly TemplateNode[] {
  let reached: readonly TemplateNode[] = [from];
  for (const segment of path) {
    const next: TemplateNode[] = [];
    for (const node of reached) {
      for (const child of node.children) if (matchesSegment(child, segment)) next.push(child);
    }
    if (next.length === 0) return [];
    reached = next;
  }
  return reached;
}

/** The first node in template order that a path from the root leads to, or undefined; see {@link nodesAt}. */
export function nodeAt(template: Template, path: AqlPath): TemplateNode | undefined {
  return nodesAt(template.root, path)[0];
}

/** All nodes below a node, parents before children, in template order; the node itself is not among them. */
export function* descendants(node: TemplateNode): Generator<TemplateNode, void, undefined> {
  for (const child of node.children) {
    yield child;
    yield* descendants(child);
  }
}

const repeatableChains = new WeakMap<TemplateNode, readonly TemplateNode[]>();

/**
 * The nodes that may repeat on the way from the root to a node, both included, outermost first: the order in which
 * `CompositionDraft.at` takes its indexes.
 */
export function repeatableChain(node: TemplateNode): readonly TemplateNode[] {
  let chain = repeatableChains.get(node);
  if (chain === undefined) {
    const above = node.parent === undefined ? [] : repeatableChain(node.parent);
    chain = isRepeatable(node) ? [...above, node] : above;
    repeatableChains.set(node, chain);
  }
  return chain;
}

const ancestorChains = new WeakMap<TemplateNode, readonly TemplateNode[]>();

/** The nodes from the root to a node, both included. */
export function ancestorChain(node: TemplateNode): readonly TemplateNode[] {
  let chain = ancestorChains.get(node);
  if (chain === undefined) {
    chain = node.parent === undefined ? [node] : [...ancestorChain(node.parent), node];
    ancestorChains.set(node, chain);
  }
  return chain;
}

/** The id of a node with its uniqueness number: `dv_text2` (openehr-formats 1). */
export function nodeIdentifier(node: TemplateNode): string {
  return node.idNumber === undefined ? node.baseId : `${node.baseId}${node.idNumber}`;
}
