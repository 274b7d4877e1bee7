import { isSubclassOf, attribute as rmAttribute } from "../rm/rm-classes.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import type { ExampleChoices } from "./example-choices.js";
import type { ValueSite } from "./value-examples.js";

/** Optional attributes of data values that random examples show now and then, by the class that declares them. */
const EXTRA_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ["DV_TEXT", ["mappings", "language", "formatting"]],
  ["DV_ORDERED", ["normal_range", "other_reference_ranges"]],
  ["DV_QUANTIFIED", ["magnitude_status"]],
  ["DV_AMOUNT", ["accuracy"]],
  ["DV_TEMPORAL", ["accuracy"]],
  ["DV_MULTIMEDIA", ["alternate_text"]],
  ["PARTY_IDENTIFIED", ["identifiers", "external_ref"]],
  ["PARTICIPATION", ["mode"]],
]);
const MAGNITUDE_STATUSES = ["=", "<", ">", "<=", ">=", "~"];
/** Attributes inside of which no extras are shown, so that examples stay finite. */
const PLAIN_INSIDE = new Set([...EXTRA_ATTRIBUTES.values()].flat().concat("name", "lower", "upper", "symbol"));

/**
 * Adds some optional attributes to a value, in random examples only: mappings, reference ranges, accuracy, identifiers. The
 * value stays valid.
 */
export function withExtras(
  object: RmObject,
  site: ValueSite,
  choices: ExampleChoices,
  value: (site: ValueSite) => RmValue,
): RmObject {
  if (choices.extent !== "random" || PLAIN_INSIDE.has(site.attribute)) return object;
  for (const [className, attributes] of EXTRA_ATTRIBUTES) {
    if (!isSubclassOf(object._type, className)) continue;
    for (const attribute of attributes) {
      if (object[attribute] !== undefined || !choices.includesExtra()) continue;
      const extra = extraValue(object, attribute, choices, value);
      if (extra !== undefined) object[attribute] = extra;
    }
  }
  return object;
}

function extraValue(
  object: RmObject,
  attribute: string,
  choices: ExampleChoices,
  value: (site: ValueSite) => RmValue,
): RmValue | undefined {
  const described = rmAttribute(object._type, attribute);
  switch (attribute) {
    case "normal_range":
      return rangeAround(object);
    case "other_reference_ranges": {
      const meaning: RmObject = { _type: "DV_TEXT", value: "critical" };
      return [{ _type: "REFERENCE_RANGE", range: rangeAround(object), meaning }];
    }
    case "magnitude_status":
      return choices.random.pick(MAGNITUDE_STATUSES);
    case "accuracy":
      return described?.type === "DOUBLE" ? 0.5 : { _type: "DV_DURATION", value: "PT1H" };
    case "formatting":
      return "plain";
    default: {
      if (described === undefined) return undefined;
      const { name, type, isList } = described;
      const extra = value({ owner: object._type, attribute: name, rmType: type, node: undefined, turn: 0 });
      return isList ? [extra] : extra;
    }
  }
}

/** The interval of just the value itself. */
function rangeAround(object: RmObject): RmObject {
  const bound: RmObject = { _type: object._type };
  for (const [name, member] of Object.entries(object)) {
    const isOfValue = !["_type", "normal_range", "other_reference_ranges", "magnitude_status", "accuracy"].includes(
      name,
    );
    if (isOfValue && member !== undefined) bound[name] = member;
  }
  return {
    _type: "DV_INTERVAL",
    lower: bound,
    upper: { ...bound },
    lower_unbounded: false,
    upper_unbounded: false,
    lower_included: true,
    upper_included: true,
  };
}
