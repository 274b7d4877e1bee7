import { asMemberName } from "../rm/member-name.js";
import { concreteSubclassesOf, type RmAttribute, type RmClass, rmClass } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";

/** How objects of a class are read and written, worked out once. */
export class ClassReading {
  readonly rmClass: RmClass;
  /** Whether the text of its values has a normal form. */
  readonly isTemporal: boolean;
  /** Whether objects have more members when they are read or written than they may come with. */
  readonly isCompleted: boolean;
  #attributes: ReadonlyMap<string, AttributeReading> | undefined = undefined;
  #inOrder: readonly AttributeReading[] | undefined = undefined;

  constructor(concrete: RmClass) {
    this.rmClass = concrete;
    this.isTemporal = TEMPORAL.has(concrete.name);
    this.isCompleted = concrete.name === "DV_INTERVAL";
  }

  /** Its attributes by name, in the order of the class. */
  get attributes(): ReadonlyMap<string, AttributeReading> {
    // Classes refer to each other in circles, so this waits until it is asked for.
    this.#attributes ??= new Map(
      this.rmClass.attributes.map((attribute) => [attribute.name, new AttributeReading(attribute)]),
    );
    return this.#attributes;
  }

  /** The same in the order of the class. */
  get inOrder(): readonly AttributeReading[] {
    this.#inOrder ??= [...this.attributes.values()];
    return this.#inOrder;
  }
}

const TEMPORAL = new Set(["DV_DATE", "DV_TIME", "DV_DATE_TIME", "DV_DURATION"]);

const OF_TEMPLATE = new Set(["name", "archetype_details", "language", "encoding", "subject", "category"]);

/** How an attribute of a class is read. */
export class AttributeReading {
  readonly attribute: RmAttribute;
  readonly name: string;
  readonly holdsObjects: boolean;
  /** Takes any text as it is. */
  readonly isText: boolean;
  /** Whether it is mostly the template that says what stands here. */
  readonly isOfTemplate: boolean;
  #accepted: ReadonlyMap<string, ClassReading> | undefined = undefined;
  #last: ClassReading | undefined = undefined;

  constructor(attribute: RmAttribute) {
    this.attribute = attribute;
    this.name = asMemberName(attribute.name);
    this.holdsObjects = rmClass(attribute.type) !== undefined;
    this.isOfTemplate = OF_TEMPLATE.has(attribute.name);
    this.isText = !this.holdsObjects && !attribute.isList && attribute.type === "STRING";
  }

  /** The class of that name, if it may stand here; mostly it is the one that stood here last. */
  acceptedClass(name: string): ClassReading | undefined {
    if (this.#last?.rmClass.name === name) return this.#last;
    const found = this.accepted.get(name);
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** For objects: the classes that may stand here, by name. */
  get accepted(): ReadonlyMap<string, ClassReading> {
    this.#accepted ??= this.holdsObjects ? acceptedAs(this.attribute.type) : new Map();
    return this.#accepted;
  }
}

const readings = new Map<string, ClassReading>();

/** How objects of a class are read; undefined for names that the reference model does not have. */
export function classReading(name: string): ClassReading | undefined {
  const known = readings.get(name);
  if (known !== undefined) return known;
  const concrete = rmClass(name);
  if (concrete === undefined) return undefined;
  const reading = readings.get(concrete.name) ?? new ClassReading(concrete);
  readings.set(concrete.name, reading);
  return reading;
}

const acceptedByType = new Map<string, ReadonlyMap<string, ClassReading>>();

/** The concrete classes whose objects may stand where a class is declared, by name. */
export function acceptedAs(declaredType: string): ReadonlyMap<string, ClassReading> {
  let accepted = acceptedByType.get(declaredType);
  if (accepted === undefined) {
    const classes = concreteSubclassesOf(declaredType).map((name) => classReading(name));
    accepted = new Map(classes.flatMap((one) => (one === undefined ? [] : [[one.rmClass.name, one]])));
    acceptedByType.set(declaredType, accepted);
  }
  return accepted;
}

/**
 * What the members of an object are to its class: `disordered` when they are not `_type` and then nothing but attributes of
 * the class in its order, `texts` when they are and all of them are texts that are taken as they are, else `ordered`.
 */
export type MemberOrder = "disordered" | "ordered" | "texts";

/** See {@link MemberOrder}. What has to be completed is disordered. */
export function memberOrder(members: Record<string, unknown>, reading: ClassReading): MemberOrder {
  if (members._type !== reading.rmClass.name || reading.isCompleted) return "disordered";
  const { inOrder } = reading;
  let at = -1;
  let order: MemberOrder = "texts";
  for (const name in members) {
    if (at < 0) {
      if (name !== "_type") return "disordered";
      at = 0;
      continue;
    }
    at = positionOf(name, inOrder, at);
    const attribute = inOrder[at++];
    if (attribute === undefined) return "disordered";
    if (order === "texts" && !(attribute.isText && typeof members[name] === "string")) order = "ordered";
  }
  return order;
}

/** Where the attribute of that name stands at or behind a position; the number of attributes when it does not. */
export function positionOf(name: string, inOrder: readonly AttributeReading[], from: number): number {
  let at = from;
  while (at < inOrder.length && inOrder[at]?.name !== name) at++;
  return at;
}

/** Gives an interval the flags it lacks: bounded, bounds included. */
export function completeIntervalFlags(interval: RmObject): void {
  interval.lower_unbounded ??= false;
  interval.upper_unbounded ??= false;
  interval.lower_included ??= true;
  interval.upper_included ??= true;
}
