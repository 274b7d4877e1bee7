import { isLocatable, isSubclassOf } from "../../rm/rm-classes.js";
import type { FlatNames } from "../../template/flat-names.js";
import type { TemplateNode } from "../../template/template.js";

const events = new WeakMap<TemplateNode, TemplateNode | null>();

/**
 * The event whose attributes FLAT writes at the path of a node: the node itself when it is an event, or the only event
 * below it, which has no segment of its own (openehr-formats 8).
 */
export function collapsedEvent(names: FlatNames, node: TemplateNode): TemplateNode | undefined {
  if (isSubclassOf(node.rmType, "EVENT")) return node;
  let event = events.get(node);
  if (event === undefined) {
    event = firstEventBelow(names, node) ?? null;
    events.set(node, event);
  }
  return event ?? undefined;
}

function firstEventBelow(names: FlatNames, node: TemplateNode): TemplateNode | undefined {
  for (const child of node.children) {
    if (names.steps.has(child) || child.isArchetypeSlot || !isLocatable(child.rmType)) continue;
    if (isSubclassOf(child.rmType, "EVENT")) return child;
    const event = firstEventBelow(names, child);
    if (event !== undefined) return event;
  }
  return undefined;
}
