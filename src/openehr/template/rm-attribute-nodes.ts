import { isLocatable, isPathable, type RmAttribute, templateAttributesOf, withoutGeneric } from "../rm/rm-classes.js";
import { NodeInProgress } from "./node-in-progress.js";
import { buildNodeId } from "./node-naming.js";
import { typeInputs } from "./type-inputs.js";

const NEVER_NODES = new Set(["value", "offset", "interval"]);
const NODES_OF_ELEMENT = new Set(["name", "feeder_audit", "null_flavour"]);

/**
 * The nodes that the reference model adds below a node of a class (openehr-formats 4.8): one per attribute that is
 * neither a structure of its own nor present already, with attribute nodes of their own for `context`,
 * `ism_transition` and `instruction_details`.
 * @param present attributes that have a node already
 */
export function rmAttributeNodes(rmType: string, present: ReadonlySet<string>): readonly NodeInProgress[] {
  return templateAttributesOf(rmType)
    .filter((attribute) => becomesNode(withoutGeneric(rmType), attribute) && !present.has(attribute.name))
    .map((attribute) => rmAttributeNode(attribute));
}

function becomesNode(rmClass: string, { name, type }: RmAttribute): boolean {
  if (NEVER_NODES.has(name) || isLocatable(type)) return false;
  return rmClass !== "ELEMENT" || NODES_OF_ELEMENT.has(name);
}

function rmAttributeNode({ name, type, isMandatory, isList }: RmAttribute): NodeInProgress {
  const node = new NodeInProgress(buildNodeId(name), name, type, name);
  node.isRmAttribute = true;
  node.min = isMandatory ? 1 : 0;
  node.max = isList ? -1 : 1;
  node.inputs = [...typeInputs(type)];
  if (hasAttributeNodes(type)) node.children = [...rmAttributeNodes(type, new Set())];
  return node;
}

/** Whether nodes of a class get attribute nodes: PATHABLE classes and DV_INTERVAL. */
export function hasAttributeNodes(rmType: string): boolean {
  return isPathable(rmType) || withoutGeneric(rmType) === "DV_INTERVAL";
}
