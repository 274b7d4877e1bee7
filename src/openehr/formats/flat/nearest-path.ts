import type { FlatNames, FlatStep } from "../../template/flat-names.js";
import { type FlatKeys, type ParsedSegment, parseSegment } from "./flat-keys.js";
import { nearestOf } from "./nearest-name.js";
import { optionalAttributesOf } from "./optional-attributes.js";

/** Corrections tried on one path; a path with more mistakes is like no other. */
const MOST_CORRECTIONS = 4;
/** Longest path that is looked at. */
const LONGEST_PATH = 2000;

/** Reads a document that holds nothing but one path, and gives its keys with all that was asked for. */
export type PathTrial = (path: string) => FlatKeys;

/**
 * The path of a template that an unknown one most likely stands for: with names in another case or spelling, without an index
 * where nothing repeats, with another attribute, or with the segments that were left out. Undefined when nothing is like it.
 * What it gives is a path that is read.
 */
export function nearestKnownPath(path: string, names: FlatNames, tryPath: PathTrial): string | undefined {
  if (path.length > LONGEST_PATH) return undefined;
  let segments = segmentsOf(path.replace(/^\/+/, ""));
  for (let tried = 0; segments !== undefined && tried <= MOST_CORRECTIONS; tried++) {
    const written = pathText(segments);
    const keys = tryPath(written);
    if (keys.unconsumed().next().done === true) return written === path ? undefined : written;
    segments = corrected(segments, names, keys);
  }
  return undefined;
}

/** A segment that comes out as it went in, with an index of 0 where that was written. */
interface Segment extends ParsedSegment {
  readonly isIndexed: boolean;
}

function segmentsOf(path: string): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  for (const text of path.split("/")) {
    const segment = parseSegment(text);
    if (segment === undefined) return undefined;
    segments.push({ ...segment, isIndexed: text.startsWith(`${segment.name}:`) });
  }
  return segments;
}

function pathText(segments: readonly Segment[]): string {
  return segments.map(segmentText).join("/");
}

function segmentText({ name, index, attribute, isIndexed }: Segment): string {
  return `${name}${isIndexed ? `:${index}` : ""}${attribute === "" ? "" : `|${attribute}`}`;
}

/** The segments with the first one that is not known replaced by the nearest that is. */
function corrected(segments: readonly Segment[], names: FlatNames, document: FlatKeys): readonly Segment[] | undefined {
  let step: FlatStep | undefined;
  let keys: FlatKeys | undefined = document;
  for (const [at, segment] of segments.entries()) {
    const known: readonly string[] = at === 0 ? [names.root.name] : knownSegments(step, keys);
    if (!known.includes(segment.name)) {
      const name = nearestOf(segment.name, known);
      if (name !== undefined) return replaced(segments, at, { ...segment, name });
      return elsewhere(segments, at, names) ?? without(segments, at);
    }
    const below: FlatStep | undefined = at === 0 ? names.root : step?.children.get(segment.name);
    if (segment.index > 0 && below !== undefined && below.segments.at(-1)?.node === undefined) {
      return replaced(segments, at, { ...segment, index: 0, isIndexed: false });
    }
    step = below;
    keys = keys?.occurrences(segment.name).find(([index]) => index === segment.index)?.[1];
  }
  const last = segments.at(-1);
  const attribute = last && nearestAttribute(last.attribute, [...(keys?.asked?.attributes ?? [])]);
  return attribute === undefined || last === undefined
    ? undefined
    : replaced(segments, segments.length - 1, { ...last, attribute });
}

function replaced(segments: readonly Segment[], at: number, segment: Segment): readonly Segment[] | undefined {
  return segmentText(segment) === segmentText(segments[at] as Segment)
    ? undefined
    : segments.map((each, position) => (position === at ? segment : each));
}

/** The nearest attribute; where a plain value is not taken, the first that is. */
function nearestAttribute(attribute: string, known: readonly string[]): string | undefined {
  return attribute === "" ? known.find((each) => each !== "") : nearestOf(attribute, known);
}

/** Names of segments that may follow: those of the template, optional attributes, and what a data type has asked for. */
function knownSegments(step: FlatStep | undefined, keys: FlatKeys | undefined): readonly string[] {
  const optional = (step?.targets ?? []).flatMap(({ node, element }) =>
    [node, element].flatMap((each) => (each === undefined ? [] : [...optionalAttributesOf(each.rmType).keys()])),
  );
  return [...(step?.children.keys() ?? []), ...optional, ...(keys?.asked?.segments ?? [])];
}

/** The same name at the only other place below the last known segment that has it. */
function elsewhere(segments: readonly Segment[], at: number, names: FlatNames): readonly Segment[] | undefined {
  const wanted = segments[at]?.name;
  const known = segments.slice(0, at).map(({ name }) => name);
  const found: FlatStep[] = [];
  for (const step of new Set(names.steps.values())) {
    const isBelow = known.every((name, depth) => step.segments[depth]?.name === name);
    if (step.name === wanted && isBelow) found.push(step);
  }
  const [only] = found;
  if (only === undefined || found.length > 1) return undefined;
  const between = only.segments.slice(at, -1).map(({ name }) => ({ name, index: 0, attribute: "", isIndexed: false }));
  return [...segments.slice(0, at), ...between, ...segments.slice(at)];
}

/** Without a segment too many; its attribute goes to the one before. */
function without(segments: readonly Segment[], at: number): readonly Segment[] | undefined {
  const before = segments[at - 1];
  const removed = segments[at];
  if (before === undefined || removed === undefined) return undefined;
  return [...segments.slice(0, at - 1), { ...before, attribute: removed.attribute }, ...segments.slice(at + 1)];
}
