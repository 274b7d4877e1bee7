import { attribute as rmAttribute, withoutGeneric } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import type { DraftNode } from "./composition-draft.js";

const attributeNodes = new WeakMap<TemplateNode, ReadonlyMap<string, TemplateNode>>();

/** The nodes of RM attributes below a node (openehr-formats 4.8), by attribute name; choices give the first one. */
function attributeNodesOf(node: TemplateNode): ReadonlyMap<string, TemplateNode> {
  let nodes = attributeNodes.get(node);
  if (nodes === undefined) {
    const found = new Map<string, TemplateNode>();
    for (const child of node.children) {
      if (child.nodeId === undefined && !found.has(child.attribute)) found.set(child.attribute, child);
    }
    nodes = found;
    attributeNodes.set(node, nodes);
  }
  return nodes;
}

/** The template node of an RM attribute that is not a LOCATABLE, or undefined when the tree has none. */
export function attributeNode(node: TemplateNode, attribute: string): TemplateNode | undefined {
  return attributeNodesOf(node).get(attribute);
}

/**
 * Writes an RM attribute of an occurrence: on the template node of the attribute where the tree has one, otherwise into
 * the value of the owner itself.
 * @param values one per item for attributes that are lists, otherwise just one
 */
export function writeAttribute(
  owner: DraftNode,
  ownerType: string,
  attribute: string,
  values: readonly RmValue[],
  isList: boolean,
): void {
  const [first] = values;
  if (first === undefined) return;
  const node = attributeNode(owner.node, attribute);
  if (node === undefined || values.some((value) => Array.isArray(value))) {
    owner.merge({ _type: ownerType, [attribute]: isList ? [...values] : first });
    return;
  }
  for (const [index, value] of values.entries()) {
    if (!Array.isArray(value)) owner.child(node, index).merge(value);
  }
}

/**
 * What a draft holds for an RM attribute of an occurrence, wherever it was written: on nodes of the attribute or in the
 * value of the owner. Values may be partial.
 */
export function attributeValues(owner: DraftNode, attribute: string): readonly RmValue[] {
  const found: RmValue[] = [];
  for (const child of owner.children) {
    if (child.node.attribute !== attribute) continue;
    const value = valueWithBelow(child);
    if (value !== undefined) found.push(value);
  }
  const own = isRmObject(owner.value) ? owner.value[attribute] : undefined;
  return own === undefined ? found : found.concat(own);
}

/**
 * A value as it was written so far, together with what was written on the nodes below it: the bounds of an interval, the
 * relationship of a party, the parts of INSTRUCTION_DETAILS. Parts that are lists give their first item only when the
 * class takes a single one.
 */
export function valueWithBelow(occurrence: DraftNode): RmObject | RmPrimitive | undefined {
  let { value } = occurrence;
  if (occurrence.children.length === 0) return value;
  for (const { node, occurrences } of occurrence.groups) {
    const below = occurrences.map(valueWithBelow).filter((each) => each !== undefined);
    const [first] = below;
    if (first === undefined || (value !== undefined && !isRmObject(value))) continue;
    const type = value !== undefined ? value._type : withoutGeneric(occurrence.node.rmType);
    const isList = rmAttribute(type, node.attribute)?.isList === true;
    value = { _type: type, ...value, [node.attribute]: isList ? below : first };
  }
  return value;
}
