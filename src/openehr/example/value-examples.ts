import {
  attributesOf,
  concreteSubclassesOf,
  genericParameter,
  type RmAttribute,
  rmClass,
  withoutGeneric,
} from "../rm/rm-classes.js";
import type { RmObject, RmPrimitive, RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { compareOrdered } from "../validation/ordered-value.js";
import { codedTextExample, codePhraseExample } from "./coded-examples.js";
import { isTakenBy } from "./composition-frame.js";
import type { ExampleChoices } from "./example-choices.js";
import { withExtras } from "./extra-attributes.js";
import { satisfyPrimitives } from "./primitive-examples.js";
import { countExample, ordinalExample, proportionExample, quantityExample } from "./quantity-examples.js";
import { giveTemplateParts } from "./template-parts.js";
import { durationExample, temporalExample } from "./temporal-examples.js";

/** Classes that examples take where a template leaves the class open. */
const USUAL_CLASSES: ReadonlyMap<string, readonly string[]> = new Map([
  ["PARTY_PROXY", ["PARTY_IDENTIFIED", "PARTY_SELF", "PARTY_RELATED"]],
  ["DATA_VALUE", ["DV_TEXT"]],
  ["DV_ORDERED", ["DV_QUANTITY"]],
  ["DV_ENCAPSULATED", ["DV_PARSABLE"]],
  ["UID_BASED_ID", ["HIER_OBJECT_ID"]],
  ["OBJECT_ID", ["GENERIC_ID"]],
]);
const ANY_INTERVAL = ["DV_QUANTITY", "DV_COUNT", "DV_DATE_TIME", "DV_DATE", "DV_TIME", "DV_DURATION"];
const TEXT = "Lorem ipsum";
const WORDS = ["dolor", "sit amet", "consectetur", "Ärger & Größe", 'a "quoted" <text>', "два", "naïve", "1|2/3:4"];

/** Where an example value is wanted. */
export interface ValueSite {
  /** Class that has the attribute. */
  readonly owner: string;
  readonly attribute: string;
  /** Class that the reference model or the template names, generic parameter included. */
  readonly rmType: string;
  readonly node: TemplateNode | undefined;
  /** Position among siblings, for taking alternatives by turns. */
  readonly turn: number;
}

/** Writes data values and whatever else has no template nodes of its own below. */
export class ValueExamples {
  readonly #choices: ExampleChoices;
  readonly #now: string;

  constructor(choices: ExampleChoices, now: string) {
    this.#choices = choices;
    this.#now = now;
  }

  /** A value for a place, as the template wants it there. */
  value(site: ValueSite): RmValue {
    if (rmClass(site.rmType) === undefined) return this.#primitive(site);
    const object = this.#object({ ...site, rmType: this.#concreteClass(site) });
    if (site.node !== undefined) {
      giveTemplateParts(object, site.node, site.turn, this.#choices, (part) => this.value(part));
      satisfyPrimitives(object, site.node, this.#choices, this.#now);
    }
    return withExtras(object, site, this.#choices, (extra) => this.value(extra));
  }

  /** A text that stands for any text. */
  text(): string {
    if (this.#choices.extent !== "random") return TEXT;
    return `${TEXT} ${this.#choices.random.pick(WORDS) ?? ""} ${this.#choices.random.integer(0, 999)}`;
  }

  #concreteClass({ rmType, turn }: ValueSite): string {
    const className = withoutGeneric(rmType);
    if (rmClass(className)?.isAbstract !== true) return rmType;
    const usual = USUAL_CLASSES.get(className) ?? concreteSubclassesOf(className);
    return this.#choices.alternative(usual, turn) ?? className;
  }

  #primitive({ attribute, rmType, node }: ValueSite): RmPrimitive {
    switch (rmType) {
      case "BOOLEAN":
        return true;
      case "INTEGER":
      case "LONG":
        return 1;
      case "DOUBLE":
        return 1.5;
      case "CHARACTER":
        return "=";
      case "BYTES":
        return "RXhhbXBsZQ==";
      default:
        if (attribute === "action_archetype_id") return "/.*/";
        return node?.inputs[0]?.list?.[0]?.value ?? this.text();
    }
  }

  #object(site: ValueSite): RmObject {
    const { node, owner, attribute, rmType, turn } = site;
    const choices = this.#choices;
    switch (withoutGeneric(rmType)) {
      case "DV_TEXT":
        return { _type: "DV_TEXT", value: this.#listedText(node) ?? this.text() };
      case "DV_CODED_TEXT":
        return codedTextExample(node, owner, attribute, choices, turn);
      case "CODE_PHRASE":
        return codePhraseExample(node, owner, attribute, choices);
      case "DV_QUANTITY":
        return quantityExample(node, choices, turn);
      case "DV_COUNT":
        return countExample(node, choices);
      case "DV_PROPORTION":
        return proportionExample(node, choices, turn);
      case "DV_ORDINAL":
      case "DV_SCALE":
        return ordinalExample(rmType === "DV_SCALE" ? "DV_SCALE" : "DV_ORDINAL", node, choices, turn);
      case "DV_BOOLEAN": {
        const listed = node?.inputs[0]?.list?.[0]?.value;
        const value =
          listed === undefined ? choices.extent !== "random" || choices.random.chance(0.5) : listed === "true";
        return { _type: "DV_BOOLEAN", value };
      }
      case "DV_DATE":
      case "DV_TIME":
      case "DV_DATE_TIME": {
        const type = rmType as "DV_DATE" | "DV_TIME" | "DV_DATE_TIME";
        return { _type: type, value: temporalExample(type, node?.primitives?.get("value")?.[0], this.#now, choices) };
      }
      case "DV_DURATION":
        return { _type: "DV_DURATION", value: durationExample(node, choices) };
      case "DV_INTERVAL":
        return this.#interval(site);
      case "DV_STATE":
        return {
          _type: "DV_STATE",
          value: codedTextExample(node, owner, attribute, choices, turn),
          is_terminal: false,
        };
      case "DV_URI":
        return { _type: "DV_URI", value: this.#listedText(node) ?? "https://example.org/" };
      case "DV_EHR_URI":
        return { _type: "DV_EHR_URI", value: this.#listedText(node) ?? "ehr://example.org/1" };
      case "DV_PARSABLE": {
        const isTiming = attribute === "timing";
        return { _type: "DV_PARSABLE", value: isTiming ? "R1" : TEXT, formalism: isTiming ? "timing" : "text/plain" };
      }
      case "DV_MULTIMEDIA":
        return {
          _type: "DV_MULTIMEDIA",
          uri: { _type: "DV_URI", value: "https://example.org/image.png" },
          media_type: codePhraseExample(undefined, "DV_MULTIMEDIA", "media_type", choices),
          size: 1024,
        };
      case "DV_IDENTIFIER":
        return { _type: "DV_IDENTIFIER", issuer: "Issuer", assigner: "Assigner", id: "1234", type: "Example" };
      case "PARTY_IDENTIFIED":
        return { _type: "PARTY_IDENTIFIED", name: "Example party" };
      case "PARTY_RELATED": {
        const relationship = node?.children.find((child) => child.attribute === "relationship");
        const coded = codedTextExample(relationship, "PARTY_RELATED", "relationship", choices);
        return { _type: "PARTY_RELATED", name: "Example party", relationship: coded };
      }
      case "PARTY_SELF":
        return { _type: "PARTY_SELF" };
      case "OBJECT_REF":
      case "PARTY_REF":
        return { _type: rmType, namespace: "local", type: "PARTY", id: this.#genericId() };
      case "LOCATABLE_REF":
        return {
          _type: "LOCATABLE_REF",
          namespace: "local",
          type: "INSTRUCTION",
          id: { _type: "HIER_OBJECT_ID", value: "00000000-0000-0000-0000-000000000001" },
          path: "/content",
        };
      case "HIER_OBJECT_ID":
        return { _type: "HIER_OBJECT_ID", value: "00000000-0000-0000-0000-000000000002" };
      default:
        return this.#mandatoryAttributes(rmType, site);
    }
  }

  #genericId(): RmObject {
    return { _type: "GENERIC_ID", value: "1234", scheme: "example" };
  }

  #listedText(node: TemplateNode | undefined): string | undefined {
    return this.#choices.alternative(node?.inputs[0]?.list ?? [], 0)?.value;
  }

  #interval(site: ValueSite): RmObject {
    const { node, rmType, turn } = site;
    const nodeOf = (attribute: "lower" | "upper"): TemplateNode | undefined =>
      node?.children.find((each) => each.attribute === attribute && !each.isRmAttribute);
    const bound = (attribute: "lower" | "upper"): RmObject => {
      const child = nodeOf(attribute);
      const type = child?.rmType ?? genericParameter(rmType) ?? this.#choices.alternative(ANY_INTERVAL, turn);
      const limit = this.value({ owner: "DV_INTERVAL", attribute, rmType: type ?? "DV_QUANTITY", node: child, turn });
      return limit as RmObject;
    };
    const allows = (attribute: "lower" | "upper", limit: RmObject): boolean => {
      const child = nodeOf(attribute);
      return child === undefined || isTakenBy(child, limit);
    };
    const [first, second] = [bound("lower"), bound("upper")];
    const isOpen = this.#choices.includesExtra();
    const flags = { lower_unbounded: false, upper_unbounded: isOpen, lower_included: true, upper_included: !isOpen };
    const pairs = [
      [first, second],
      [second, first],
      [first, first],
      [second, second],
    ] as const;
    const limits = pairs.find(
      ([lower, upper]) => (compareOrdered(lower, upper) ?? 1) <= 0 && allows("lower", lower) && allows("upper", upper),
    );
    if (isOpen || limits === undefined) {
      return { _type: "DV_INTERVAL", lower: first, ...flags, upper_unbounded: true, upper_included: false };
    }
    return { _type: "DV_INTERVAL", lower: limits[0], upper: limits[1], ...flags };
  }

  /** An object of a class without a rule of its own: what the reference model demands, and nothing else. */
  #mandatoryAttributes(rmType: string, { turn }: ValueSite): RmObject {
    const object: RmObject = { _type: withoutGeneric(rmType) };
    for (const attribute of attributesOf(rmType)) {
      if (!attribute.isMandatory) continue;
      const value = this.value(siteOf(object._type, attribute, turn));
      object[attribute.name] = attribute.isList ? [value] : value;
    }
    return object;
  }
}

/** The place of an attribute for which the template has no node. */
export function siteOf(owner: string, { name, type }: RmAttribute, turn = 0): ValueSite {
  return { owner, attribute: name, rmType: type, node: undefined, turn };
}
