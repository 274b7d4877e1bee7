import fc from "fast-check";
import { concreteSubclassesOf, isSubclassOf, type RmAttribute, rmClass } from "../../../src/openehr/rm/rm-classes.js";
import type { RmObject, RmValue } from "../../../src/openehr/rm/rm-object.js";

/** Texts in normal form that dates, times and durations take. */
const TEMPORAL_TEXTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["DV_DATE", ["2020", "2020-02", "2020-02-29"]],
  ["DV_TIME", ["10", "10:30", "10:30:15.25", "10:30:15Z", "23:59:59.0+05:30"]],
  ["DV_DATE_TIME", ["2020", "2020-02-29T10", "2020-02-29T10:30:15.123456789", "2020-02-29T10:30:15.0-03:00"]],
  ["DV_DURATION", ["P1Y", "P14M", "PT1H30M", "P1DT2H", "PT0S", "-P1D", "PT1.5S"]],
]);

/** Levels of objects below the root; deeper ones are left out, mandatory or not. */
const DEEPEST = 4;

/**
 * Any object of a class of the reference model, as readers give it: mandatory attributes and some of the optional ones,
 * down to a few levels.
 * @param text what its texts may be
 */
export function randomRmObject(className: string, text: fc.Arbitrary<string>): fc.Arbitrary<RmObject> {
  return objectOf(className, text, 0);
}

/** Names of all classes that have objects. */
export const CONCRETE_CLASSES: readonly string[] = [
  "PATHABLE",
  "DATA_VALUE",
  "OBJECT_REF",
  "OBJECT_ID",
  "PARTY_PROXY",
  "CODE_PHRASE",
  "TERM_MAPPING",
  "REFERENCE_RANGE",
  "ARCHETYPED",
  "LINK",
  "FEEDER_AUDIT",
  "PARTICIPATION",
].flatMap(concreteSubclassesOf);

function objectOf(className: string, text: fc.Arbitrary<string>, depth: number): fc.Arbitrary<RmObject> {
  const described = rmClass(className);
  if (described === undefined) throw new Error(`The reference model has no class ${className}.`);
  const attributes = described.attributes.flatMap((attribute) => {
    const value = attributeValue(className, attribute, text, depth);
    return value === undefined ? [] : [{ attribute, value }];
  });
  return fc
    .tuple(
      ...attributes.map(({ attribute, value }) =>
        attribute.isMandatory ? value : fc.option(value, { nil: undefined, freq: 1 }),
      ),
    )
    .map((values) => {
      const object: RmObject = { _type: className };
      for (const [at, { attribute }] of attributes.entries()) {
        const value = values[at];
        if (value !== undefined) object[attribute.name] = value;
      }
      return object;
    });
}

function attributeValue(
  owner: string,
  { name, type, isList }: RmAttribute,
  text: fc.Arbitrary<string>,
  depth: number,
): fc.Arbitrary<RmValue> | undefined {
  if (rmClass(type) === undefined) return primitive(owner, name, type, text);
  if (depth >= DEEPEST) return undefined;
  const object = fc
    .constantFrom(...concreteSubclassesOf(type))
    .chain((className): fc.Arbitrary<RmValue> => objectOf(className, text, depth + 1));
  return isList ? fc.array(object, { minLength: 1, maxLength: 2 }) : object;
}

function primitive(owner: string, name: string, type: string, text: fc.Arbitrary<string>): fc.Arbitrary<RmValue> {
  const temporal = name === "value" ? TEMPORAL_TEXTS.get(owner) : undefined;
  if (temporal !== undefined) return fc.constantFrom(...temporal);
  switch (type) {
    case "BOOLEAN":
      return fc.boolean();
    case "INTEGER":
    case "LONG":
      return fc.maxSafeInteger();
    case "DOUBLE":
      // As text, -0 is 0.
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
    case "BYTES":
      return fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString("base64"));
    case "CHARACTER":
      return fc.constantFrom("=", "<", ">", "?");
    default:
      // Units and the like have no blanks around them.
      return isSubclassOf(owner, "DV_ORDERED") ? text.map((each) => each.trim()) : text;
  }
}
