import { rmClass } from "../rm/rm-classes.js";

/** A class that structures are made of, with its attributes by position: the order in which canonical JSON writes them. */
export interface StructureClass {
  readonly name: string;
  /** Names of the attributes. */
  readonly names: readonly string[];
  /** Class of the value of each, of one item for lists. */
  readonly types: readonly string[];
  /** Position of each attribute by name. */
  readonly at: Readonly<Record<string, number | undefined>>;
  /** Attributes of which at least one has to be there, else the structure means nothing (openehr-formats 12.6). */
  readonly needed: readonly number[];
}

/** Structures that mean nothing without their parts. */
const NEEDED: ReadonlyMap<string, readonly string[]> = new Map([
  ["ELEMENT", ["value", "null_flavour"]],
  ["CLUSTER", ["items"]],
  ["ITEM_TREE", ["items"]],
  ["ITEM_LIST", ["items"]],
  ["ITEM_SINGLE", ["item"]],
  ["ITEM_TABLE", ["rows"]],
  ["HISTORY", ["events", "summary"]],
]);

const known = new Map<string, StructureClass>();

/** The class of that name; one that the reference model does not have has no attributes. */
export function structureClass(name: string): StructureClass {
  let found = known.get(name);
  if (found === undefined) {
    const attributes = rmClass(name)?.attributes ?? [];
    const at = Object.fromEntries(attributes.map((attribute, position) => [attribute.name, position]));
    found = {
      name,
      // As the engine keeps the names of members, which makes it quick to write them.
      names: Object.keys(at),
      types: attributes.map(({ type }) => type),
      at,
      needed: (NEEDED.get(name) ?? []).flatMap((attribute) => at[attribute] ?? []),
    };
    // Names that the reference model does not have come from templates and are not kept.
    if (attributes.length > 0) known.set(name, found);
  }
  return found;
}
