import { isSubclassOf, attribute as rmAttribute, withoutGeneric } from "../rm/rm-classes.js";
import type { TemplateNode } from "./template.js";
import { nodeIdentifier } from "./template-paths.js";

/**
 * How a node shows in FLAT paths (openehr-formats 8): as a segment of its own, through its value (an ELEMENT whose
 * value is written under its name), only through its children (structure), or not at all together with everything
 * below it.
 */
export type FlatVisibility = "segment" | "value" | "structure" | "hidden";

/** RM attributes that neither FLAT nor the web template shows, mandatory or not. */
export const ALWAYS_HIDDEN: ReadonlySet<string> = new Set([
  "name",
  "archetype_node_id",
  "origin",
  "media_type",
  "upper_included",
  "lower_included",
  "upper_unbounded",
  "lower_unbounded",
]);

/** Optional RM attributes that FLAT shows all the same, by class of their parent. */
const SHOWN_OPTIONAL_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ["COMPOSITION", ["context"]],
  ["ACTIVITY", ["timing"]],
  ["INSTRUCTION", ["expiry_time"]],
  ["ISM_TRANSITION", ["transition", "careflow_step"]],
  ["INTERVAL_EVENT", ["width", "math_function"]],
  ["DV_INTERVAL", ["lower", "upper"]],
]);

const STRUCTURE_CLASSES = new Set(["HISTORY", "ITEM_TREE", "ITEM_LIST", "ITEM_SINGLE", "ITEM_TABLE", "ITEM_STRUCTURE"]);

/**
 * Decides how a node shows in FLAT. Optional RM attributes are hidden: FLAT writes them with an underscore, as the
 * format defines them for the class. Only true attribute nodes count as such, never a LOCATABLE or a data value that
 * happens to have the name of an attribute.
 */
export function flatVisibility(node: TemplateNode): FlatVisibility {
  const { parent } = node;
  if (node.isArchetypeSlot) return "hidden";
  if (parent === undefined) return "segment";
  if (isHiddenAttribute(node, parent)) return "hidden";
  if (node.rmType === "ISM_TRANSITION" && nodeIdentifier(node) !== "ism_transition") return "hidden";
  if (STRUCTURE_CLASSES.has(node.rmType) || isNamedLikeAttribute(node, parent)) return "structure";
  if (isSubclassOf(node.rmType, "EVENT")) return isOnlyEvent(node, parent) ? "structure" : "segment";
  if (node.rmType === "ELEMENT") return elementValues(node).length > 0 ? "value" : "segment";
  if (node.rmType === "CODE_PHRASE" && parent.rmType === "DV_CODED_TEXT") return "hidden";
  return "segment";
}

/**
 * The nodes that stand for an ELEMENT in FLAT: its only value, or its DV_CODED_TEXT and DV_TEXT when it takes just
 * these two (the coded text first). Empty when the ELEMENT has a segment of its own.
 */
export function elementValues(element: TemplateNode): readonly TemplateNode[] {
  const single = element.children.filter((child) => child.baseId === "value");
  if (single.length > 0) return single;
  const values = element.children.filter(
    ({ attribute }) => attribute !== "name" && attribute !== "null_flavour" && attribute !== "feeder_audit",
  );
  const coded = values.find(({ rmType }) => rmType === "DV_CODED_TEXT");
  const text = values.find(({ rmType }) => rmType === "DV_TEXT");
  return values.length === 2 && coded !== undefined && text !== undefined ? [coded, text] : [];
}

function isHiddenAttribute(node: TemplateNode, parent: TemplateNode): boolean {
  const { attribute } = node;
  if (node.nodeId !== undefined || attribute === "value") return false;
  if (ALWAYS_HIDDEN.has(attribute)) return true;
  if (SHOWN_OPTIONAL_ATTRIBUTES.get(withoutGeneric(parent.rmType))?.includes(attribute)) return false;
  return node.min <= 0 && rmAttribute(parent.rmType, attribute) !== undefined;
}

/**
 * The format leaves out whatever has the name of an RM attribute, for example a CLUSTER "name". That is followed where
 * nothing gets lost: not for ELEMENTs, nor for nodes that need an index.
 */
function isNamedLikeAttribute({ nodeId, name, rmType, min, max }: TemplateNode, parent: TemplateNode): boolean {
  if (nodeId === undefined || rmType === "ELEMENT" || max !== 1) return false;
  return ALWAYS_HIDDEN.has(name) || (min <= 0 && rmAttribute(parent.rmType, name) !== undefined);
}

/** Alternatives at one path (a point or an interval event) count as one event. */
function isOnlyEvent(node: TemplateNode, parent: TemplateNode): boolean {
  if (node.max !== 1) return false;
  return parent.children.every(
    (sibling) => !isSubclassOf(sibling.rmType, "EVENT") || sibling.isArchetypeSlot || standAtOnePath(sibling, node),
  );
}

function standAtOnePath(one: TemplateNode, other: TemplateNode): boolean {
  const oneEnd = one.path.at(-1);
  const otherEnd = other.path.at(-1);
  return (
    oneEnd?.attribute === otherEnd?.attribute && oneEnd?.nodeId === otherEnd?.nodeId && oneEnd?.name === otherEnd?.name
  );
}
