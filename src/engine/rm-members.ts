import { isExactNumber } from "../openehr/json/number-text.js";
import { attribute, concreteSubclassesOf, rmClass } from "../openehr/rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../openehr/rm/rm-object.js";

/** An attribute of the reference model that a path goes on into where templates have no nodes: `name` of a party. */
export interface RmMember {
  /** The class that has the attribute; never an abstract one. */
  readonly owner: string;
  readonly name: string;
  /** Class of the value, of one item for lists; primitives in capitals. */
  readonly type: string;
  readonly isList: boolean;
  /** Of a list only the items whose attribute of that name has that text. */
  readonly having?: { readonly name: string; readonly text: string };
}

/**
 * The attributes that names lead through from a class; undefined when the reference model has no such way. An abstract
 * class stands for its first concrete one that has the attribute: the name of a PARTY_PROXY is that of a PARTY_IDENTIFIED.
 */
export function rmMembers(rmType: string, names: readonly string[]): readonly RmMember[] | undefined {
  const members: RmMember[] = [];
  let type = rmType;
  for (const name of names) {
    const member = rmMember(type, name);
    if (member === undefined) return undefined;
    members.push(member);
    type = member.type;
  }
  return members;
}

function rmMember(rmType: string, name: string): RmMember | undefined {
  for (const owner of ownersOf(rmType)) {
    const found = attribute(owner, name);
    if (found !== undefined) return { owner, name, type: found.type, isList: found.isList };
  }
  return undefined;
}

function ownersOf(rmType: string): readonly string[] {
  const found = rmClass(rmType);
  if (found === undefined) return [];
  if (!found.isAbstract) return [found.name];
  // A PARTY_SELF that refers to somebody is rare; what is said of a party is said of an identified one.
  return rmType === "PARTY_PROXY" ? ["PARTY_IDENTIFIED", "PARTY_RELATED"] : concreteSubclassesOf(rmType);
}

/** All values that members lead to from a value, through every item of lists; none where one is missing. */
export function valuesAt(value: RmValue | undefined, members: readonly RmMember[]): readonly RmValue[] {
  let found: readonly RmValue[] = value === undefined ? [] : [value];
  for (const { name, having } of members) {
    found = found
      .flatMap((holder) => (isObject(holder) ? (holder[name] ?? []) : []))
      .filter((item) => having === undefined || textAt(item, having.name) === having.text);
  }
  return found;
}

/** Also an object that canonical JSON writes without its class: ARCHETYPED, HISTORY. */
function isObject(value: RmValue): value is RmObject {
  return typeof value === "object" && !Array.isArray(value) && !isExactNumber(value);
}

function textAt(item: RmValue, name: string): string | undefined {
  const text = isRmObject(item) ? item[name] : undefined;
  const value = isRmObject(text) ? text.value : text;
  return typeof value === "string" ? value : undefined;
}

/**
 * A copy of an object in which a value stands where members lead. A list at their end grows by it; one on the way is
 * entered at its first item.
 * @param before what stands there so far; an object of a class without the member gives way to one that has it
 */
export function withValueAt(before: RmValue | undefined, members: readonly RmMember[], value: RmValue): RmValue {
  const [member, ...rest] = members;
  if (member === undefined) return value;
  const { owner, name, isList } = member;
  const kept: RmObject =
    isRmObject(before) && attribute(before._type, name) !== undefined
      ? before
      : { ...(isRmObject(before) && before), _type: owner };
  const old = kept[name];
  if (!isList) return { ...kept, [name]: withValueAt(old, rest, value) };
  const items = Array.isArray(old) ? old : [];
  const [first, ...others] = items;
  const grown = rest.length === 0 ? [...items, value] : [withValueAt(first, rest, value), ...others];
  return { ...kept, [name]: grown };
}
