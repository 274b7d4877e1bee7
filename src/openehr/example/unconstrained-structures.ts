import { attributesOf, isPathable, type RmAttribute } from "../rm/rm-classes.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import type { CompositionFrame } from "./composition-frame.js";
import { siteOf, type ValueExamples } from "./value-examples.js";

/** What stands in for classes that templates leave open. */
const USUAL_CLASSES: ReadonlyMap<string, string> = new Map([
  ["EVENT", "POINT_EVENT"],
  ["ITEM_STRUCTURE", "ITEM_TREE"],
  ["ITEM", "ELEMENT"],
  ["CONTENT_ITEM", "EVALUATION"],
  ["CARE_ENTRY", "EVALUATION"],
  ["ENTRY", "EVALUATION"],
]);
/** Lists that the reference model or one of its invariants wants something in. */
const NEVER_EMPTY = new Set(["CLUSTER.items", "HISTORY.events"]);
const SLOT_CLASSES: ReadonlyMap<string, string> = new Map([["ITEM", "CLUSTER"]]);

/** The class of an example where a template names an abstract one. */
export function usualClass(declared: string): string {
  return USUAL_CLASSES.get(declared) ?? declared;
}

/** Whether a list must not be missing. */
export function isNeverEmpty(owner: RmObject, { name }: RmAttribute): boolean {
  return NEVER_EMPTY.has(`${owner._type}.${name}`);
}

/**
 * A structure for which the template has no node: what the reference model demands of its class, and nothing else.
 * @param slot the open slot it fills, which wants the root of an archetype
 */
export function unconstrainedStructure(
  declared: string,
  slot: TemplateNode | undefined,
  values: ValueExamples,
  frame: CompositionFrame,
): RmObject {
  const className =
    slot === undefined ? usualClass(declared) : usualClass(SLOT_CLASSES.get(slot.rmType) ?? slot.rmType);
  const nodeId = slot === undefined ? "at0001" : `openEHR-EHR-${className}.example.v1`;
  const name = slot === undefined ? "Example" : (slot.path.at(-1)?.name ?? slot.name);
  const object: RmObject = { _type: className };
  for (const attribute of attributesOf(className)) {
    const value = attributeValue(object, attribute, name, nodeId, values, frame);
    if (value !== undefined) object[attribute.name] = value;
  }
  return object;
}

function attributeValue(
  owner: RmObject,
  attribute: RmAttribute,
  name: string,
  nodeId: string,
  values: ValueExamples,
  frame: CompositionFrame,
): RmValue | undefined {
  switch (attribute.name) {
    case "name":
      return { _type: "DV_TEXT", value: name };
    case "archetype_node_id":
      return nodeId;
    case "archetype_details":
      if (nodeId.startsWith("at")) return undefined;
      return { _type: "ARCHETYPED", archetype_id: { _type: "ARCHETYPE_ID", value: nodeId }, rm_version: "1.0.4" };
    case "language":
      return frame.language;
    case "subject":
      return { _type: "PARTY_SELF" };
    default:
      break;
  }
  const isValueOfElement = owner._type === "ELEMENT" && attribute.name === "value";
  if (!attribute.isMandatory && !isValueOfElement && !isNeverEmpty(owner, attribute)) return undefined;
  const value = isPathable(attribute.type)
    ? unconstrainedStructure(attribute.type, undefined, values, frame)
    : (frame.value(owner, attribute.name, {}) ?? values.value(siteOf(owner._type, attribute)));
  return attribute.isList ? [value] : value;
}
