import { attributesOf, isPathable, isSubclassOf, type RmAttribute } from "../rm/rm-classes.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import type { SlotProgram } from "../validation/slot-program.js";
import type { CompositionFrame } from "./composition-frame.js";
import { ExampleChoices } from "./example-choices.js";
import { expressionExample } from "./expression-examples.js";
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

/** Of objects that no template node stands for. */
const NOTHING_OF_TEMPLATE = { category: undefined, subject: undefined, encoding: undefined };

const SHORTEST = new ExampleChoices("minimal", 0);

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
  slot: SlotProgram | undefined,
  values: ValueExamples,
  frame: CompositionFrame,
): RmObject {
  const nodeId = slot === undefined ? "at0001" : archetypeIdFor(slot);
  const className = slot === undefined ? usualClass(declared) : (classNamedIn(nodeId) ?? usualClass(declared));
  const name = slot === undefined ? "Example" : (slot.node.path.at(-1)?.name ?? slot.node.name);
  const object: RmObject = { _type: className };
  for (const attribute of attributesOf(className)) {
    const value = attributeValue(object, attribute, name, nodeId, values, frame);
    if (value !== undefined) object[attribute.name] = value;
  }
  return object;
}

/** An archetype that a slot admits: made up, or one that its assertions name. */
function archetypeIdFor({ node, admits }: SlotProgram): string {
  const usual = usualClass(SLOT_CLASSES.get(node.rmType) ?? node.rmType);
  const named = (node.slotAssertions?.includes ?? []).map((source) => expressionExample(source, SHORTEST));
  const candidates = [`openEHR-EHR-${usual}.example.v1`, ...named];
  const admitted = candidates.find((id) => {
    const type = id === undefined ? undefined : classNamedIn(id);
    return id !== undefined && type !== undefined && isSubclassOf(type, node.rmType) && admits(id);
  });
  return admitted ?? `openEHR-EHR-${usual}.example.v1`;
}

function classNamedIn(archetypeId: string): string | undefined {
  return /^openEHR-EHR-([A-Z_]+)\./.exec(archetypeId)?.[1];
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
    : (frame.value(owner, attribute.name, NOTHING_OF_TEMPLATE) ?? values.value(siteOf(owner._type, attribute)));
  return attribute.isList ? [value] : value;
}
