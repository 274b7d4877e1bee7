import { RM_CLASS_TABLE, TEMPLATE_ATTRIBUTE_ORDER } from "./rm-class-table.js";

/** One attribute of a reference model class. */
export interface RmAttribute {
  readonly name: string;
  /** Class of the value, of one item for lists. Primitives: STRING, BOOLEAN, INTEGER, LONG, DOUBLE, CHARACTER, BYTES. */
  readonly type: string;
  readonly isList: boolean;
  readonly isMandatory: boolean;
}

/** One class of the reference model with everything it inherits. */
export interface RmClass {
  readonly name: string;
  /** Super classes, nearest first. */
  readonly ancestors: readonly string[];
  readonly isAbstract: boolean;
  /** All attributes, inherited ones included, in the member order of canonical JSON (openehr-formats 21.2). */
  readonly attributes: readonly RmAttribute[];
  /** Those that become nodes of a template tree, in the order of openehr-formats 21.1. */
  readonly templateAttributes: readonly RmAttribute[];
}

interface OrderedAttributes {
  readonly leading: readonly RmAttribute[];
  readonly trailing: readonly RmAttribute[];
}

function parseAttribute(text: string): RmAttribute {
  const [declared = "", type = ""] = text.split(" ");
  return Object.freeze({
    name: declared.replace(/[?*]+$/, ""),
    type,
    isList: declared.endsWith("*"),
    isMandatory: !declared.includes("?"),
  });
}

function rowOf(name: string) {
  const row = RM_CLASS_TABLE[name];
  if (row === undefined) throw new Error(`The reference model table names the class ${name} but does not define it.`);
  return row;
}

function ancestorsOf(name: string): readonly string[] {
  const { parent } = rowOf(name);
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent)];
}

function orderedAttributes(name: string): OrderedAttributes {
  const row = rowOf(name);
  const inherited = row.parent === undefined ? { leading: [], trailing: [] } : orderedAttributes(row.parent);
  const own = row.attributes.map(parseAttribute);
  const ownNames = new Set(own.map((attribute) => attribute.name));
  const leading = inherited.leading.filter((attribute) => !ownNames.has(attribute.name));
  return {
    leading: row.ownFirst ? [...own, ...leading] : [...leading, ...own],
    trailing: [...inherited.trailing, ...(row.trailing ?? []).map(parseAttribute)],
  };
}

function describeClass(name: string): RmClass {
  const { leading, trailing } = orderedAttributes(name);
  const attributes = [...leading, ...trailing];
  const byName = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  const order = Object.hasOwn(TEMPLATE_ATTRIBUTE_ORDER, name) ? TEMPLATE_ATTRIBUTE_ORDER[name] : undefined;
  const templateAttributes = (order?.split(" ") ?? []).map((attributeName) => {
    const found = byName.get(attributeName);
    if (found === undefined) throw new Error(`The template order of ${name} names an unknown attribute.`);
    return found;
  });
  return Object.freeze({
    name,
    ancestors: Object.freeze(ancestorsOf(name)),
    isAbstract: rowOf(name).isAbstract === true,
    attributes: Object.freeze(attributes),
    templateAttributes: Object.freeze(templateAttributes),
  });
}

const CLASSES: ReadonlyMap<string, RmClass> = new Map(
  Object.keys(RM_CLASS_TABLE).map((name) => [name, describeClass(name)]),
);

const ATTRIBUTES: ReadonlyMap<string, ReadonlyMap<string, RmAttribute>> = new Map(
  [...CLASSES].map(([name, { attributes }]) => [
    name,
    new Map(attributes.map((attribute) => [attribute.name, attribute])),
  ]),
);

/** Of each class its own name and those of its ancestors. */
const KINDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...CLASSES].map(([name, { ancestors }]) => [name, new Set([name, ...ancestors])]),
);

/** The class name without generic parameter: `DV_INTERVAL` for `DV_INTERVAL<DV_QUANTITY>`. */
export function withoutGeneric(rmType: string): string {
  const bracket = rmType.indexOf("<");
  return bracket < 0 ? rmType : rmType.slice(0, bracket);
}

/** The parameter of a generic type: `DV_QUANTITY` for `DV_INTERVAL<DV_QUANTITY>`, undefined when there is none. */
export function genericParameter(rmType: string): string | undefined {
  const bracket = rmType.indexOf("<");
  return bracket > 0 && rmType.endsWith(">") ? rmType.slice(bracket + 1, -1) : undefined;
}

/** The class of that name (a generic parameter is ignored), or undefined when the reference model has none. */
export function rmClass(rmType: string): RmClass | undefined {
  // Nearly all names have no parameter: they are found without being taken apart.
  return CLASSES.get(rmType) ?? CLASSES.get(withoutGeneric(rmType));
}

/** Whether a class is another one or inherits from it; false for unknown classes. */
export function isSubclassOf(rmType: string, ancestor: string): boolean {
  const kinds = KINDS.get(rmType) ?? KINDS.get(withoutGeneric(rmType));
  return kinds === undefined ? withoutGeneric(rmType) === ancestor : kinds.has(ancestor);
}

/** Whether objects of the class have name, archetype_node_id and the other attributes of LOCATABLE. */
export function isLocatable(rmType: string): boolean {
  return isSubclassOf(rmType, "LOCATABLE");
}

/** Whether paths lead through objects of the class: every LOCATABLE, EVENT_CONTEXT, ISM_TRANSITION, INSTRUCTION_DETAILS. */
export function isPathable(rmType: string): boolean {
  return isSubclassOf(rmType, "PATHABLE");
}

/** Whether the class can be the value of an ELEMENT. */
export function isDataValue(rmType: string): boolean {
  return isSubclassOf(rmType, "DATA_VALUE");
}

/** All attributes of a class in canonical JSON member order (openehr-formats 21.2); empty for unknown classes. */
export function attributesOf(rmType: string): readonly RmAttribute[] {
  return rmClass(rmType)?.attributes ?? [];
}

/** Attributes that become template nodes, in the order of openehr-formats 21.1; empty for data values and unknown classes. */
export function templateAttributesOf(rmType: string): readonly RmAttribute[] {
  return rmClass(rmType)?.templateAttributes ?? [];
}

/** One attribute of a class by name, inherited ones included; undefined when the class has no such attribute. */
export function attribute(rmType: string, name: string): RmAttribute | undefined {
  return (ATTRIBUTES.get(rmType) ?? ATTRIBUTES.get(withoutGeneric(rmType)))?.get(name);
}

/** Names of the classes that are not abstract and are or inherit from `ancestor`, in table order. */
export function concreteSubclassesOf(ancestor: string): readonly string[] {
  return [...CLASSES.values()]
    .filter((candidate) => !candidate.isAbstract && isSubclassOf(candidate.name, ancestor))
    .map((candidate) => candidate.name);
}
