import { isExactNumber } from "../json/number-text.js";
import { isSubclassOf, type RmAttribute, type RmClass, rmClass } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { normalTemporal } from "../rm/temporal-types.js";
import { type ObjectPlace, placeOf, placeText, ROOT_PLACE } from "./object-place.js";
import { invariantsOf } from "./rm-invariants.js";
import { reportUnknownAttribute } from "./unknown-members.js";
import { type ValidationFinding, ValidationFindings } from "./validation-finding.js";

/**
 * Checks any object of the reference model against the reference model alone (openehr-formats 19.1 and 21.3): mandatory
 * attributes, classes of attributes, dates and times, invariants. Works on the tree in place and never throws for what it
 * finds there.
 * @returns findings in the order of the document, objects before their parts; empty when there are none. They may hold
 *   clinical values, see {@link ValidationFinding}.
 */
export function validateRmObject(object: RmObject): readonly ValidationFinding[] {
  const findings = new ValidationFindings();
  checkRmObject(object, findings);
  return findings.all;
}

/** Does what {@link validateRmObject} does, adding to findings. */
export function checkRmObject(object: RmObject, findings: ValidationFindings): void {
  new RmValidation(findings).object(object, ROOT_PLACE);
}

class RmValidation {
  readonly #findings: ValidationFindings;

  constructor(findings: ValidationFindings) {
    this.#findings = findings;
  }

  object(object: RmObject, place: ObjectPlace): void {
    const described = rmClass(object._type);
    if (described === undefined) {
      this.#typeFinding(place, `The reference model has no class ${object._type.slice(0, 80)}`);
      return;
    }
    for (const { name, holds, isOfInterval } of invariantsOf(described.name)) {
      if (holds(object)) continue;
      const type = isOfInterval === true ? "INTERVAL" : described.name;
      this.#findings.add({
        path: isOfInterval === true ? `${placeText(place)}/interval` : placeText(place),
        rule: `rm-invariant:${name}`,
        message: `Invariant ${name} failed on type ${type}`,
      });
    }
    this.#unknownAttributes(object, described, place);
    if (typeof object.value === "string") this.#temporal(object, object.value, place);
    for (const attribute of described.attributes) {
      if (this.#findings.isFull) return;
      this.#attribute(object, attribute, place);
    }
  }

  #unknownAttributes(object: RmObject, described: RmClass, place: ObjectPlace): void {
    const { name: className } = described;
    const known = namesOf(described);
    for (const name in object) {
      if (known.has(name) || object[name] === undefined) continue;
      reportUnknownAttribute(name, className, placeText(place), this.#findings);
    }
  }

  #attribute(owner: RmObject, attribute: RmAttribute, place: ObjectPlace): void {
    const value = owner[attribute.name];
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (isEmpty) {
      // Flags are never missing: those of intervals have defaults (openehr-formats 15.1).
      if (attribute.isMandatory && attribute.type !== "BOOLEAN") this.#missing(owner, attribute, place);
    } else if (attribute.isList && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        this.#value(item, owner, attribute, placeOf(place, attribute.name, item, index + 1));
      }
    } else this.#value(value, owner, attribute, placeOf(place, attribute.name, value));
  }

  #missing({ _type: type }: RmObject, { name, isList }: RmAttribute, place: ObjectPlace): void {
    const path = `${placeText(place)}/${name}`;
    this.#findings.add(
      isList
        ? { path, rule: "rm-cardinality", message: "Attribute does not match cardinality 1..*", expected: "1..*" }
        : {
            path,
            rule: "rm-existence",
            message: `Attribute ${name} of class ${type} does not match existence 1..1`,
            expected: "1..1",
          },
    );
  }

  #value(value: RmValue, owner: RmObject, { name, type }: RmAttribute, place: ObjectPlace): void {
    if (rmClass(type) !== undefined) {
      if (isRmObject(value)) {
        if (rmClass(value._type) === undefined || isSubclassOf(value._type, type)) this.object(value, place);
        else this.#wrongType(owner, name, type, value._type, place);
      } else this.#wrongType(owner, name, type, typeOf(value), place);
    } else if (!isPrimitive(value, type)) this.#wrongType(owner, name, type, typeOf(value), place);
  }

  #wrongType(owner: RmObject, name: string, expected: string, found: string, place: ObjectPlace): void {
    const message = `Attribute ${name} of class ${owner._type} must be of type ${expected} but is of type ${found}`;
    this.#typeFinding(place, message, expected, found);
  }

  #typeFinding(place: ObjectPlace, message: string, expected?: string, found?: string): void {
    const types = expected === undefined || found === undefined ? {} : { expected, found };
    this.#findings.add({ path: placeText(place), rule: "rm-type", message, ...types });
  }

  /** Readers refuse texts that are no dates; compositions put together otherwise may hold them. */
  #temporal({ _type: type }: RmObject, text: string, place: ObjectPlace): void {
    const normal = normalTemporal(type, text);
    if (normal === undefined || "text" in normal) return;
    const message = `The value of ${type} ${normal.reason}`;
    this.#findings.add({ path: `${placeText(place)}/value`, rule: "rm-temporal", message });
  }
}

const namesByClass = new WeakMap<RmClass, ReadonlySet<string>>();

/** The members that an object of a class may have. */
function namesOf(described: RmClass): ReadonlySet<string> {
  let names = namesByClass.get(described);
  if (names === undefined) {
    names = new Set(["_type", ...described.attributes.map(({ name }) => name)]);
    namesByClass.set(described, names);
  }
  return names;
}

function isPrimitive(value: RmValue, type: string): boolean {
  switch (type) {
    case "BOOLEAN":
      return typeof value === "boolean";
    case "INTEGER":
    case "LONG":
      return isExactNumber(value) && Number.isInteger(value.valueOf());
    case "DOUBLE":
      return isExactNumber(value);
    default:
      return typeof value === "string";
  }
}

function typeOf(value: RmValue): string {
  if (Array.isArray(value)) return "list";
  if (isExactNumber(value)) return "number";
  return isRmObject(value) ? value._type : typeof value;
}
