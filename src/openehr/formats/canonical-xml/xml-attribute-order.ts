import { type RmAttribute, type RmClass, attribute as rmAttribute, rmClass } from "../../rm/rm-classes.js";

/**
 * The order in which canonical XML has the attributes that a class adds to its super classes (openehr-formats 16).
 * Classes that are not listed have them in the order of canonical JSON.
 */
const OWN_ATTRIBUTES: Readonly<Record<string, string>> = {
  LOCATABLE: "name uid links archetype_details feeder_audit",
  EHR_STATUS: "subject is_queryable is_modifiable other_details",
  FOLDER: "folders items details",
  ENTRY: "language encoding subject provider other_participations workflow_id",
  OBSERVATION: "data state",
  HISTORY: "origin period duration events summary",
  EVENT: "time data state",
  DV_ORDERED: "normal_range other_reference_ranges normal_status",
  DV_QUANTITY: "magnitude units precision units_system units_display_name",
  DV_ORDINAL: "value symbol",
  DV_SCALE: "value symbol",
  DV_INTERVAL: "lower upper lower_included upper_included lower_unbounded upper_unbounded",
  REFERENCE_RANGE: "meaning range",
  OBJECT_REF: "id namespace type",
};

/** The attribute that LOCATABLEs have as an XML attribute and not as an element. */
export const NODE_ID_ATTRIBUTE = "archetype_node_id";

const known = new Map<string, readonly RmAttribute[]>();

/**
 * The attributes of a class that are elements of canonical XML, in their order: those of super classes first
 * (openehr-formats 16). Empty for unknown classes.
 */
export function xmlAttributesOf(rmType: string): readonly RmAttribute[] {
  const found = rmClass(rmType);
  if (found === undefined) return [];
  let attributes = known.get(found.name);
  if (attributes === undefined) {
    attributes = orderedAttributes(found);
    known.set(found.name, attributes);
  }
  return attributes;
}

function orderedAttributes(rmType: RmClass): readonly RmAttribute[] {
  const names = new Set<string>();
  for (const name of [...rmType.ancestors].reverse().concat(rmType.name)) {
    for (const attribute of ownAttributes(name)) names.add(attribute);
  }
  names.delete(NODE_ID_ATTRIBUTE);
  return [...names].flatMap((name) => rmAttribute(rmType.name, name) ?? []);
}

/** Those the table lists, else those the class has and its parent has not. */
function ownAttributes(name: string): readonly string[] {
  if (Object.hasOwn(OWN_ATTRIBUTES, name)) return OWN_ATTRIBUTES[name]?.split(" ") ?? [];
  const described = rmClass(name);
  const [parent] = described?.ancestors ?? [];
  return (described?.attributes ?? [])
    .map((each) => each.name)
    .filter((each) => parent === undefined || rmAttribute(parent, each) === undefined);
}
