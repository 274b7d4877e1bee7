import type { RandomSource } from "../../../src/openehr/example/random-source.js";
import {
  concreteSubclassesOf,
  isSubclassOf,
  type RmAttribute,
  attribute as rmAttribute,
  rmClass,
} from "../../../src/openehr/rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../../../src/openehr/rm/rm-object.js";

/** Values whose form or code list is fixed, by class and attribute; the class may be a super class. */
const FIXED_TEXTS: readonly (readonly [owner: string, attribute: string, texts: readonly string[]])[] = [
  ["DV_DATE", "value", ["2020", "2020-02", "2020-02-29"]],
  ["DV_TIME", "value", ["10", "10:30", "10:30:15.25", "10:30:15Z", "23:59:59.0+05:30"]],
  ["DV_DATE_TIME", "value", ["2020-02-29T10", "2020-02-29T10:30:15.123456789", "2020-02-29T10:30:15.0-03:00"]],
  ["DV_DURATION", "value", ["P1Y", "P14M", "PT1H30M", "P1DT2H", "PT0S", "-P1D", "PT1.5S"]],
  ["DV_EHR_URI", "value", ["ehr://a/b", "ehr://system.example.org/1"]],
  ["DV_URI", "value", ["http://example.org/a?b=c#d", "urn:oid:1.2.3"]],
  ["DV_QUANTIFIED", "magnitude_status", ["=", "<", ">", "<=", ">=", "~"]],
  ["HIER_OBJECT_ID", "value", ["cc0a8bd3-0d3a-4a0b-8c2e-4e6a9a9a2f65", "1.2.840.113554"]],
  ["OBJECT_VERSION_ID", "value", ["cc0a8bd3-0d3a-4a0b-8c2e-4e6a9a9a2f65::a.system::1"]],
  ["PARTY_REF", "type", ["PARTY", "PARTY", "PARTY", "PERSON"]],
];

/** Coded attributes that take codes of the openEHR terminology only: code and rubric. */
const OPENEHR_CODES: ReadonlyMap<string, readonly (readonly [code: string, rubric: string])[]> = new Map([
  [
    "null_flavour",
    [
      ["253", "unknown"],
      ["271", "no information"],
      ["272", "masked"],
      ["273", "not applicable"],
    ],
  ],
  [
    "mode",
    [
      ["219", "physically present"],
      ["204", "telephone"],
    ],
  ],
  [
    "math_function",
    [
      ["146", "mean"],
      ["640", "actual"],
    ],
  ],
  ["purpose", [["669", "public health"]]],
  [
    "current_state",
    [
      ["532", "completed"],
      ["245", "active"],
    ],
  ],
]); // prettier-ignore

/** Code phrases whose terminology the reference model fixes. */
const CODE_SETS: ReadonlyMap<string, readonly [terminology: string, codes: readonly string[]]> = new Map([
  ["normal_status", ["openehr_normal_statuses", ["N", "H", "LL"]]],
  ["media_type", ["IANA_media-types", ["text/plain", "image/png"]]],
  ["compression_algorithm", ["openehr_compression_algorithms", ["gzip"]]],
  ["integrity_check_algorithm", ["openehr_integrity_check_algorithms", ["SHA-1"]]],
  ["charset", ["IANA_character-sets", ["UTF-8"]]],
  ["encoding", ["IANA_character-sets", ["UTF-8"]]],
  ["language", ["ISO_639-1", ["en", "de"]]],
]);

const TEXTS = ["a", "b c", " d ", "é😀", "1", "true", "a|b", "a/b:0", "line\nbreak", '"quoted"', "__proto__", "0.10"];

/** Attributes that template or parent determine, which stay as they are. */
const LEFT_ALONE = new Set(["archetype_details", "archetype_node_id", "name", "content", "items", "rows", "item"]);
/** Levels of objects added below one of the composition. */
const DEEPEST = 3;

export interface EnrichmentOptions {
  /** Share of absent optional attributes that are added. */
  readonly share: number;
  /** Says which attributes to add; all by default. */
  readonly adds?: (owner: string, attribute: string) => boolean;
}

/**
 * A copy of a composition with optional attributes of the reference model added all over: uids, links, feeder audits,
 * participations, mappings, reference ranges, accuracies, providers, workflow ids, null flavours in place of values. Only
 * structures stay what the template says; values are of the right class and form, not always valid.
 */
export function enrichedComposition(composition: RmObject, random: RandomSource, options: EnrichmentOptions): RmObject {
  return new Enrichment(random, options).object(structuredClone(composition));
}

class Enrichment {
  readonly #random: RandomSource;
  readonly #options: EnrichmentOptions;

  constructor(random: RandomSource, options: EnrichmentOptions) {
    this.#random = random;
    this.#options = options;
  }

  object(object: RmObject): RmObject {
    for (const value of Object.values(object)) {
      for (const item of Array.isArray(value) ? value : [value]) if (isRmObject(item)) this.object(item);
    }
    if (object._type === "ELEMENT" && object.value !== undefined && this.#isAdded("ELEMENT", "null_flavour")) {
      delete object.value;
      object.null_flavour = this.#value("ELEMENT", "null_flavour", "DV_CODED_TEXT", 0);
      if (this.#random.chance(0.5)) object.null_reason = this.#value("ELEMENT", "null_reason", "DV_TEXT", 0);
    }
    this.#add(object, 0);
    const ordered: RmObject = { _type: object._type };
    for (const { name } of rmClass(object._type)?.attributes ?? []) {
      const value = object[name];
      delete object[name];
      if (value !== undefined) ordered[name] = value;
    }
    return Object.assign(object, ordered);
  }

  #isAdded(owner: string, name: string): boolean {
    return (this.#options.adds?.(owner, name) ?? true) && this.#random.chance(this.#options.share);
  }

  #add(object: RmObject, depth: number): void {
    for (const attribute of rmClass(object._type)?.attributes ?? []) {
      const { name, type, isMandatory } = attribute;
      const isStructure = isSubclassOf(type, "LOCATABLE") || isSubclassOf(type, "PATHABLE");
      if (object[name] !== undefined || isMandatory || isStructure || LEFT_ALONE.has(name)) continue;
      if (object._type === "ELEMENT" && (name === "value" || name.startsWith("null_"))) continue;
      if (object._type === "DV_INTERVAL" || !this.#isAdded(object._type, name)) continue;
      object[name] = this.#attribute(object, attribute, depth);
    }
  }

  #attribute(owner: RmObject, { name, type, isList }: RmAttribute, depth: number): RmValue {
    if (name === "normal_range") return this.#range(owner._type, depth);
    if (name === "other_reference_ranges") {
      const meaning = this.#value("REFERENCE_RANGE", "meaning", "DV_TEXT", depth + 1);
      return [{ _type: "REFERENCE_RANGE", range: this.#range(owner._type, depth), meaning }];
    }
    if (!isList) return this.#value(owner._type, name, type, depth);
    const items = this.#random.integer(1, 2);
    return Array.from({ length: items }, () => this.#value(owner._type, name, type, depth) as RmObject);
  }

  #range(boundType: string, depth: number): RmObject {
    const bound = (): RmValue => this.#value("DV_INTERVAL", "lower", boundType, depth + 2);
    const isOpen = this.#random.chance(0.3);
    return {
      _type: "DV_INTERVAL",
      lower: bound(),
      ...(isOpen ? {} : { upper: bound() }),
      lower_unbounded: false,
      upper_unbounded: isOpen,
      lower_included: this.#random.chance(0.5),
      upper_included: !isOpen,
    };
  }

  #value(owner: string, name: string, type: string, depth: number): RmValue {
    if (rmClass(type) === undefined) return this.#primitive(owner, name, type);
    const openehr = OPENEHR_CODES.get(name);
    if (openehr !== undefined && type === "DV_CODED_TEXT") {
      const [code, rubric] = this.#random.pick(openehr) ?? ["", ""];
      return { _type: "DV_CODED_TEXT", value: rubric, defining_code: codePhrase("openehr", code) };
    }
    const codeSet = CODE_SETS.get(name);
    if (codeSet !== undefined && type === "CODE_PHRASE") {
      return codePhrase(codeSet[0], this.#random.pick(codeSet[1]) ?? "");
    }
    const className = this.#random.pick(concreteSubclassesOf(type)) ?? type;
    const object: RmObject = { _type: className };
    for (const attribute of rmClass(className)?.attributes ?? []) {
      const isDeep = rmClass(attribute.type) !== undefined && depth >= DEEPEST;
      const isStructure = isSubclassOf(attribute.type, "LOCATABLE");
      const isOptional = !attribute.isMandatory && (isDeep || isStructure || !this.#isAdded(className, attribute.name));
      if (isOptional || rmAttribute(className, attribute.name) === undefined) continue;
      object[attribute.name] = this.#attribute(object, attribute, depth + 1);
    }
    return object;
  }

  #primitive(owner: string, name: string, type: string): RmValue {
    const fixed = FIXED_TEXTS.find(([fixedOwner, attribute]) => attribute === name && isSubclassOf(owner, fixedOwner));
    if (fixed !== undefined) return this.#random.pick(fixed[2]) ?? "";
    switch (type) {
      case "BOOLEAN":
        return this.#random.chance(0.5);
      case "INTEGER":
      case "LONG":
        return name === "type" ? this.#random.integer(0, 4) : this.#random.integer(0, 1000);
      case "DOUBLE":
        return this.#random.integer(1, 100_000) / (this.#random.pick([1, 10, 1000]) ?? 1);
      case "BYTES":
        return Buffer.from(this.#random.pick(TEXTS) ?? "").toString("base64");
      case "CHARACTER":
        return this.#random.pick(["=", "<", ">", "?"]) ?? "=";
      default:
        return this.#text(owner);
    }
  }

  /** Units and the like have no blanks around them: XML takes those for layout. */
  #text(owner: string): string {
    const text = this.#random.pick(TEXTS) ?? "";
    return isSubclassOf(owner, "DV_ORDERED") ? text.trim() : text;
  }
}

function codePhrase(terminology: string, code: string): RmObject {
  return {
    _type: "CODE_PHRASE",
    terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
    code_string: code,
  };
}
