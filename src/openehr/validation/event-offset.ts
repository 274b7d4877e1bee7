import { normalDuration } from "../rm/duration-text.js";
import { isSubclassOf } from "../rm/rm-classes.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import { type CalendarOffset, instantOf, plusOffset } from "../rm/temporal-text.js";
import type { TemplateInput, TemplateNode, TemplateRange } from "../template/template.js";
import { approximateSeconds, durationLetters } from "./duration-seconds.js";
import { objectMember, textMember } from "./object-place.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

/** A date-time to the second, with an offset from UTC or without one. */
const TO_THE_SECOND = /T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/** Beyond this calendars end; longer offsets count by the average length of a year. */
const MOST_YEARS = 5000;

/** The time of an event and the origin of its HISTORY, where one can be counted from the other. */
interface Distance {
  readonly origin: string;
  readonly time: bigint;
  readonly nanoseconds: bigint;
}

/**
 * Undefined when the distance is not certain: a time less exact than a second, or only one of the two with an offset from
 * UTC.
 */
function distanceOf(event: RmObject, history: RmObject): Distance | undefined {
  const origin = textMember(objectMember(history, "origin"), "value") ?? "";
  const time = textMember(objectMember(event, "time"), "value") ?? "";
  const [ofOrigin, ofTime] = [TO_THE_SECOND.exec(origin), TO_THE_SECOND.exec(time)];
  if (ofOrigin === null || ofTime === null || (ofOrigin[1] === undefined) !== (ofTime[1] === undefined)) {
    return undefined;
  }
  const [from, to] = [instantOf(origin), instantOf(time)];
  return from === undefined || to === undefined ? undefined : { origin, time: to, nanoseconds: to - from };
}

/**
 * The invariant of EVENT on `offset`, which follows from the time of the event and the origin of its HISTORY: nothing is
 * read from it, but a document that has it must not contradict itself.
 * @param written the `offset` of the document
 * @returns what is wrong with it, undefined when it agrees or nobody can tell
 */
export function writtenOffsetFinding(
  written: string,
  event: RmObject,
  history: RmObject,
): { readonly expected: string; readonly found: string } | undefined {
  const distance = isSubclassOf(event._type, "EVENT") ? distanceOf(event, history) : undefined;
  if (distance === undefined) return undefined;
  const offset = calendarOffset(written);
  if (offset !== undefined && compared(distance, offset, isNegative(written)) === 0) return undefined;
  return { expected: textOf(distance), found: written.slice(0, 80) };
}

/**
 * What a template demands of the `offset` of an event: its ranges are held against the distance of the event from the origin.
 * @param nodes the nodes of the attribute `offset`; any of them may hold
 */
export function offsetFindings(
  event: RmObject,
  history: RmObject,
  nodes: readonly TemplateNode[],
): readonly ValueFinding[] {
  const alternatives = nodes.flatMap((node) => [...(node.primitives?.get("value") ?? [])]);
  const distance = alternatives.length === 0 ? undefined : distanceOf(event, history);
  if (distance === undefined) return NO_FINDINGS;
  const broken = alternatives.map((alternative) => brokenBounds(distance, alternative));
  return broken.some((findings) => findings.length === 0) ? NO_FINDINGS : (broken[0] ?? NO_FINDINGS);
}

function brokenBounds(distance: Distance, { validation }: TemplateInput): readonly ValueFinding[] {
  const found = textOf(distance);
  return boundsOf(validation?.range)
    .filter(({ operator, text }) => !isOnSide(distance, operator, text))
    .map(({ operator, text }) => ({
      rule: "template-value",
      message: `The value ${found} must be ${operator} ${text}`,
      expected: `${operator} ${text}`,
      found,
    }));
}

interface OffsetBound {
  readonly operator: ">=" | ">" | "<=" | "<";
  readonly text: string;
}

function boundsOf(range: TemplateRange | undefined): readonly OffsetBound[] {
  const bounds: OffsetBound[] = [];
  if (typeof range?.min === "string") bounds.push({ operator: range.minOp ?? ">=", text: range.min.trim() });
  if (typeof range?.max === "string") bounds.push({ operator: range.maxOp ?? "<=", text: range.max.trim() });
  return bounds;
}

function isOnSide(distance: Distance, operator: OffsetBound["operator"], bound: string): boolean {
  const offset = calendarOffset(bound);
  if (offset === undefined) return true;
  const sign = compared(distance, offset, isNegative(bound));
  if (sign === 0) return operator === ">=" || operator === "<=";
  return operator.startsWith(">") === sign > 0;
}

/** Whether a distance is longer than an offset, shorter, or the same; years and months count from the origin on. */
function compared({ origin, time, nanoseconds }: Distance, offset: CalendarOffset, negative: boolean): number {
  const { years, months, days, seconds } = offset;
  const exact = BigInt(Math.round((days * 86_400 + seconds) * 1e9));
  const isByCalendar = !negative && (years > 0 || months > 0) && years < MOST_YEARS && months < MOST_YEARS;
  const start = isByCalendar ? instantOf(plusOffset(origin, { years, months, days: 0, seconds: 0 })) : undefined;
  const length =
    exact + BigInt(Math.round(approximateSeconds({ years, months, days: 0, seconds: 0 }))) * 1_000_000_000n;
  const difference = start === undefined ? nanoseconds - (negative ? -length : length) : time - start - exact;
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

function isNegative(duration: string): boolean {
  return duration.trim().startsWith("-");
}

function calendarOffset(duration: string): CalendarOffset | undefined {
  const letters = durationLetters(duration.trim());
  if (letters === undefined) return undefined;
  const of = (letter: string): number => letters.get(letter) ?? 0;
  return {
    years: of("Y"),
    months: of("M"),
    days: of("W") * 7 + of("D"),
    seconds: of("H") * 3600 + of("TM") * 60 + of("S"),
  };
}

/** `PT1H30M` */
function textOf({ nanoseconds }: Distance): string {
  const length = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = (length % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const seconds = `${length / 1_000_000_000n}${fraction === "" ? "" : `.${fraction}`}`;
  const normal = normalDuration(`${nanoseconds < 0n ? "-" : ""}PT${seconds}S`);
  return "text" in normal ? normal.text : `PT${seconds}S`;
}

/** The text of an `offset` as documents write it: a DV_DURATION, or its value alone. */
export function offsetText(offset: unknown): string | undefined {
  if (typeof offset === "string") return offset;
  const value = typeof offset === "object" && offset !== null ? (offset as { value?: RmValue }).value : undefined;
  return typeof value === "string" ? value : undefined;
}
