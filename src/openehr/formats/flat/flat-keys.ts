import { Problem, type ProblemKind } from "../../../errors/problem.js";
import { type LeftOutReason, leftOutBecause } from "../../building/left-out.js";
import { type ExactNumber, isExactNumber, NumberText } from "../../json/number-text.js";
import { numberFromText, wholePart } from "../canonical-primitives.js";
import { jsonTypeOf } from "../json.js";
import { FLAT_NOT_AN_OBJECT, FLAT_PATH_DUPLICATE, FLAT_PATH_INVALID, FLAT_VALUE_INVALID } from "../problems.js";
import type { FlatFindings } from "./flat-findings.js";

/** Segments a path may have; real templates stay below 30. */
const MOST_SEGMENTS = 100;
/** Digits an index may have. */
const MOST_INDEX_DIGITS = 9;

/** Whether a value says anything. */
function holdsSomething(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}

interface FlatMember {
  readonly key: string;
  readonly value: unknown;
  isConsumed: boolean;
}

/** Attributes and segments that a reader has asked a place for, given or not. */
export interface AskedNames {
  readonly attributes: ReadonlySet<string>;
  readonly segments: ReadonlySet<string>;
}

class AskedNamesSoFar implements AskedNames {
  readonly attributes = new Set<string>();
  readonly segments = new Set<string>();
}

/**
 * The keys of a FLAT document below one occurrence of a segment: its attributes (`|code`, and the plain value, whose
 * attribute is empty) and the segments below it by name and index. Reading a value consumes its key; keys that nobody
 * has consumed in the end are unknown to the template.
 */
export class FlatKeys {
  /** As written in the document, up to this segment; without a leading name for the document itself. */
  readonly path: string;
  readonly #findings: FlatFindings;
  readonly #members = new Map<string, FlatMember>();
  readonly #children = new Map<string, Map<number, FlatKeys>>();
  readonly #asked: AskedNamesSoFar | undefined;

  constructor(path: string, findings: FlatFindings, isRecording = false) {
    this.path = path;
    this.#findings = findings;
    this.#asked = isRecording ? new AskedNamesSoFar() : undefined;
  }

  /** What was asked for so far; undefined unless the tree was made for recording that. */
  get asked(): AskedNames | undefined {
    return this.#asked;
  }

  /** Names of the segments below, without index, in document order. */
  get childNames(): Iterable<string> {
    return this.#children.keys();
  }

  /** Attributes given here, in document order; the plain value has the empty one. */
  get attributes(): Iterable<string> {
    return this.#members.keys();
  }

  /** Attributes given here with their values as they are, in document order; nothing is consumed. */
  *members(): Generator<readonly [attribute: string, value: unknown], void, undefined> {
    for (const [attribute, { value }] of this.#members) yield [attribute, value];
  }

  /** True when there is nothing here besides one attribute. */
  hasOnly(attribute: string): boolean {
    return this.#children.size === 0 && this.#members.size === 1 && this.#members.has(attribute);
  }

  has(attribute: string): boolean {
    this.#asked?.attributes.add(attribute);
    return this.#members.has(attribute);
  }

  hasChild(name: string): boolean {
    return this.#children.has(name);
  }

  /** The occurrence with index 0 of a segment below that cannot repeat. */
  child(name: string): FlatKeys | undefined {
    this.#asked?.segments.add(name);
    return this.#children.get(name)?.get(0);
  }

  /** All occurrences of a segment below, ascending by index. */
  occurrences(name: string): readonly (readonly [index: number, keys: FlatKeys])[] {
    this.#asked?.segments.add(name);
    const found = this.#children.get(name);
    return found === undefined ? [] : [...found].sort(([one], [other]) => one - other);
  }

  /** Whether an attribute is given on any key of this place or below it. */
  hasBelow(attribute: string): boolean {
    if (this.#members.has(attribute)) return true;
    for (const occurrences of this.#children.values()) {
      for (const keys of occurrences.values()) if (keys.hasBelow(attribute)) return true;
    }
    return false;
  }

  /** A text; numbers and booleans give their text. Undefined when absent, `null` or not a scalar (which is reported). */
  text(attribute = ""): string | undefined {
    const value = this.#scalar(attribute);
    return value === undefined ? undefined : String(value);
  }

  /** The text, or undefined when it is absent or blank. */
  filledText(attribute = ""): string | undefined {
    const text = this.text(attribute);
    return text === undefined || text.trim() === "" ? undefined : text;
  }

  /** A number; texts that hold one are accepted, the empty text counts as absent. */
  number(attribute = ""): ExactNumber | undefined {
    const value = this.#scalar(attribute);
    if (value === undefined || value === "") return undefined;
    const number = typeof value === "string" ? numberFromText(value) : value;
    if (isExactNumber(number) && Number.isFinite(number.valueOf())) return number;
    this.invalid(attribute, "must be a number", jsonTypeOf(value));
    return undefined;
  }

  /** A whole number; a fraction is cut off. */
  integer(attribute = ""): ExactNumber | undefined {
    const number = this.number(attribute);
    if (number === undefined) return undefined;
    const whole = wholePart(number);
    if (whole.valueOf() !== number.valueOf()) this.leaveOut(attribute, leftOutBecause.fraction);
    return whole;
  }

  /** A boolean; the texts `true`, `True`, `TRUE` and so on are accepted, the empty text counts as absent. */
  boolean(attribute = ""): boolean | undefined {
    const value = this.#scalar(attribute);
    if (value === undefined || value === "" || typeof value === "boolean") return value === "" ? undefined : value;
    if (value === "true" || value === "True" || value === "TRUE") return true;
    if (value === "false" || value === "False" || value === "FALSE") return false;
    this.invalid(attribute, "must be true or false", jsonTypeOf(value));
    return undefined;
  }

  /** Takes a key without using its value. */
  consume(attribute: string): void {
    const member = this.#members.get(attribute);
    if (member !== undefined) member.isConsumed = true;
  }

  /**
   * Takes a key, and notes that its value is not in the composition.
   * @param place where in the value it stands, when it is not the whole of it
   */
  leaveOut(attribute: string, reason: LeftOutReason, place = ""): void {
    const member = this.#members.get(attribute);
    if (member === undefined) return;
    member.isConsumed = true;
    if (holdsSomething(member.value)) this.#findings.leaveOut(`${member.key}${place}`, reason);
  }

  /** The same for all keys of this place and below it that nobody has taken. */
  leaveOutRest(reason: LeftOutReason): void {
    for (const [attribute, member] of this.#members) if (!member.isConsumed) this.leaveOut(attribute, reason);
    for (const occurrences of this.#children.values())
      for (const keys of occurrences.values()) keys.leaveOutRest(reason);
  }

  /** Reports a value that is there but cannot be used. */
  invalid(attribute: string, reason: string, valueType?: string, kind: ProblemKind = FLAT_VALUE_INVALID): void {
    const path = this.#members.get(attribute)?.key ?? (attribute === "" ? this.path : `${this.path}|${attribute}`);
    this.#findings.report(kind, path, `The value of "${path}" ${reason}.`, valueType);
  }

  /** Keys that were not consumed, here and below, as written. */
  *unconsumed(): Generator<string, void, undefined> {
    for (const member of this.#members.values()) if (!member.isConsumed) yield member.key;
    for (const occurrences of this.#children.values()) {
      for (const keys of occurrences.values()) yield* keys.unconsumed();
    }
  }

  #scalar(attribute: string): string | ExactNumber | boolean | undefined {
    this.#asked?.attributes.add(attribute);
    const member = this.#members.get(attribute);
    if (member === undefined) return undefined;
    member.isConsumed = true;
    const { value } = member;
    const given: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    switch (typeof given) {
      case "string":
      case "number":
      case "boolean":
        return given;
      default:
        if (given instanceof NumberText) return given;
        if (given !== null) this.invalid(attribute, "must be a text, a number or a boolean", jsonTypeOf(given));
        return undefined;
    }
  }

  /** Only for building the tree. */
  enter(name: string, index: number, path: string): FlatKeys {
    let occurrences = this.#children.get(name);
    if (occurrences === undefined) {
      occurrences = new Map();
      this.#children.set(name, occurrences);
    }
    let keys = occurrences.get(index);
    if (keys === undefined) {
      keys = new FlatKeys(path, this.#findings, this.#asked !== undefined);
      occurrences.set(index, keys);
    }
    return keys;
  }

  /** Only for building the tree. */
  add(attribute: string, key: string, value: unknown): void {
    const other = this.#members.get(attribute);
    if (other === undefined) this.#members.set(attribute, { key, value, isConsumed: false });
    else this.#findings.report(FLAT_PATH_DUPLICATE, key, `"${key}" and "${other.key}" are the same path.`);
  }
}

/**
 * Arranges the keys of a FLAT document as a tree in one pass (openehr-formats 7 and 22): work and memory are
 * proportional to the document.
 * @param isRecording whether every place keeps account of what it is asked for
 * @returns the document; its segments are the root names and `ctx`
 * @throws Problem `FLAT_NOT_AN_OBJECT`; keys that are no paths are reported to `findings`
 */
export function parseFlatKeys(document: unknown, findings: FlatFindings, isRecording = false): FlatKeys {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    const valueType = jsonTypeOf(document);
    throw new Problem(FLAT_NOT_AN_OBJECT, `A FLAT document is one JSON object, not ${valueType}.`, { valueType });
  }
  const root = new FlatKeys("", findings, isRecording);
  for (const [key, value] of Object.entries(document)) addKey(root, key, value, findings);
  return root;
}

function addKey(root: FlatKeys, key: string, value: unknown, findings: FlatFindings): void {
  let at = root;
  let start = 0;
  let attribute = "";
  for (let depth = 0; ; depth++) {
    const slash = key.indexOf("/", start);
    const end = slash < 0 ? key.length : slash;
    const segment = parseSegment(key.slice(start, end));
    if (segment === undefined || depth >= MOST_SEGMENTS) {
      const reason = segment === undefined ? "has an index that is not a number" : "has too many segments";
      findings.report(FLAT_PATH_INVALID, key, `The path "${key.slice(0, 200)}" ${reason}.`);
      return;
    }
    attribute = segment.attribute;
    if (slash >= 0 && attribute !== "") {
      // An attribute is only meaningful at the end; elsewhere it makes a name that no template has.
      at = at.enter(`${segment.name}|${attribute}`, segment.index, key.slice(0, end));
    } else {
      at = at.enter(segment.name, segment.index, key.slice(0, end - (attribute === "" ? 0 : attribute.length + 1)));
    }
    if (slash < 0) break;
    start = slash + 1;
  }
  at.add(attribute, key, value);
}

/** One segment of a FLAT path: `name:index|attribute`; a missing index is 0. */
export interface ParsedSegment {
  readonly name: string;
  readonly index: number;
  readonly attribute: string;
}

/** The parts of a segment, or undefined when its index is not a number. */
export function parseSegment(text: string): ParsedSegment | undefined {
  const bar = text.indexOf("|");
  const attribute = bar < 0 ? "" : text.slice(bar + 1);
  const named = bar < 0 ? text : text.slice(0, bar);
  const colon = named.indexOf(":");
  if (colon < 0) return { name: named, index: 0, attribute };
  const digits = named.slice(colon + 1);
  if (digits.length > MOST_INDEX_DIGITS || !/^\d+$/.test(digits)) return undefined;
  return { name: named.slice(0, colon), index: Number(digits), attribute };
}
