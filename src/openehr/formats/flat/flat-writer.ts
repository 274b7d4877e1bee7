import { attributeValues, valueWithBelow } from "../../building/attribute-occurrences.js";
import type { CompositionDraft, DraftNode } from "../../building/composition-draft.js";
import { isStructure } from "../../building/structures.js";
import { isExactNumber } from "../../json/number-text.js";
import { formatAqlPath } from "../../rm/aql-path.js";
import { isLocatable, isSubclassOf } from "../../rm/rm-classes.js";
import { isRmObject, type RmValue } from "../../rm/rm-object.js";
import { instantOf } from "../../rm/temporal-text.js";
import { type FlatNames, type FlatStep, flatNames } from "../../template/flat-names.js";
import type { TemplateNode } from "../../template/template.js";
import { flatDataType } from "./flat-data-types.js";
import { type FlatDocument, type FlatForm, FlatPathPlace, type RawFlatDocument } from "./flat-path-place.js";
import { entryEncodingType, optionalAttributesOf, originType } from "./optional-attributes.js";

/**
 * Writes a draft as FLAT (openehr-formats 8, 9, 10 and 13), in template order. Every repeatable node has its index; gaps
 * between indexes close.
 * @param onLeftOut told the path of each attribute that FLAT has no key for: `period` and `duration` of a HISTORY, values
 *   of classes that the template does not foresee
 * @returns a new document, keys in the order of writing
 */
export function writeFlat(draft: CompositionDraft, form?: "raw", onLeftOut?: (path: string) => void): RawFlatDocument;
export function writeFlat(draft: CompositionDraft, form: FlatForm, onLeftOut?: (path: string) => void): FlatDocument;
export function writeFlat(
  draft: CompositionDraft,
  form: FlatForm = "raw",
  onLeftOut?: (path: string) => void,
): FlatDocument {
  const names = flatNames(draft.template);
  const writer = new FlatWriter(names, form, onLeftOut);
  writer.occurrence(draft.root, 0, { path: "", step: undefined });
  return writer.document;
}

/** The nearest visible ancestor and its path with indexes. */
interface VisibleAncestor {
  readonly path: string;
  readonly step: FlatStep | undefined;
}

class FlatWriter {
  readonly document: FlatDocument = {};
  readonly #names: FlatNames;
  readonly #form: FlatForm;
  readonly #onLeftOut: ((path: string) => void) | undefined;

  constructor(names: FlatNames, form: FlatForm, onLeftOut: ((path: string) => void) | undefined) {
    this.#names = names;
    this.#form = form;
    this.#onLeftOut = onLeftOut;
  }

  /** @param position the index among the occurrences that hold anything */
  occurrence(occurrence: DraftNode, position: number, above: VisibleAncestor): void {
    const { node } = occurrence;
    const step = this.#names.steps.get(node);
    if (step === undefined) {
      if (isLocatable(node.rmType)) this.#below(occurrence, above);
      return;
    }
    const here = step === above.step ? above : { path: pathBelow(above, step, position), step };
    if (isStructure(node)) this.#structure(occurrence, here);
    else this.#value(occurrence, here);
  }

  #structure(occurrence: DraftNode, here: VisibleAncestor): void {
    this.#below(occurrence, here);
    const place = this.#place(here);
    for (const attribute of optionalAttributesOf(occurrence.node.rmType).values()) {
      const values = attributeValues(occurrence, attribute.attribute);
      for (const [index, value] of values.entries()) {
        if (attribute.attribute === "name" && isRmObject(value) && value.value === occurrence.node.name) continue;
        if (Array.isArray(value)) continue;
        attribute.dataType.write(value, place.at(attribute.segment, attribute.isList ? index : undefined));
      }
    }
  }

  /** Occurrences below one; structures without a segment of their own write below the path of their ancestor. */
  #below(occurrence: DraftNode, here: VisibleAncestor): void {
    for (const { occurrences } of occurrence.groups) {
      const filled = occurrences.filter((each) => each.hasValue);
      for (const [position, child] of filled.entries()) this.occurrence(child, position, here);
    }
    if (isSubclassOf(occurrence.node.rmType, "EVENT")) this.#event(occurrence, here);
    if (occurrence.node.rmType === "HISTORY") this.#historyOrigin(occurrence, here);
    if (this.#onLeftOut !== undefined) this.#reportLeftOut(occurrence, this.#onLeftOut);
  }

  /**
   * Attributes of a structure that were given but are written neither below it nor with an underscore, for which a structure
   * needs a segment of its own.
   */
  #reportLeftOut({ node, value, groups }: DraftNode, onLeftOut: (path: string) => void): void {
    const optional = this.#names.steps.has(node) ? [...optionalAttributesOf(node.rmType).values()] : [];
    const written = new Set(optional.map(({ attribute }) => attribute));
    const report = (attribute: string): void => {
      if (!written.has(attribute) && !WRITTEN_OTHERWISE.has(attribute)) {
        onLeftOut(`${formatAqlPath(node.path)}/${attribute}`);
      }
    };
    if (isRmObject(value)) for (const attribute of Object.keys(value)) report(attribute);
    for (const { node: child, occurrences } of groups) {
      const isShown = this.#names.steps.has(child) || isLocatable(child.rmType);
      if (!isShown && occurrences.some(({ hasValue }) => hasValue)) report(child.attribute);
    }
  }

  #value(occurrence: DraftNode, here: VisibleAncestor): void {
    const value = valueWithBelow(occurrence);
    if (value === undefined) return;
    const { node } = occurrence;
    if (this.#form === "published" && isEntryEncoding(node)) {
      entryEncodingType.write(value, this.#place(here));
      return;
    }
    if (node.attribute === "composer" && isRmObject(value) && value._type === "PARTY_SELF") {
      this.document["ctx/composer_self"] = true;
    }
    const isMergedText = node.rmType === "DV_TEXT" && (here.step?.targets.length ?? 1) > 1;
    const place = this.#place(here, isMergedText);
    flatDataType(isRmObject(value) ? value._type : node.rmType)?.write(value, place);
  }

  /** What the template has no node for because it leaves the class of the event open. */
  #event(occurrence: DraftNode, here: VisibleAncestor): void {
    const place = this.#place(here);
    const written = isRmObject(occurrence.value) ? occurrence.value : undefined;
    for (const [name, rmType] of [
      ["width", "DV_DURATION"],
      ["math_function", "DV_CODED_TEXT"],
    ] as const) {
      const value = written?.[name];
      if (isRmObject(value)) flatDataType(rmType)?.write(value, place.at(name));
    }
    const [sampleCount] = attributeValues(occurrence, "sample_count");
    if (isExactNumber(sampleCount)) place.put("sample_count", sampleCount);
  }

  /**
   * The origin is written only when it differs from the time of the earliest event, counted in seconds (openehr-formats 13).
   * Then the origin is read back as that time.
   */
  #historyOrigin(history: DraftNode, here: VisibleAncestor): void {
    const [value] = attributeValues(history, "origin");
    const origin = instantIn(value);
    if (origin === undefined || !isRmObject(value)) return;
    const earliest = earliestTime(history);
    if (earliest === undefined || inSeconds(earliest.instant) !== inSeconds(origin.instant)) {
      originType.write(value, this.#place(here).at("history_origin"));
    } else if (earliest.text !== origin.text) this.#onLeftOut?.(`${formatAqlPath(history.node.path)}/origin`);
  }

  #place(here: VisibleAncestor, isMergedText = false): FlatPathPlace {
    return new FlatPathPlace(here.path, this.document, this.#form, isMergedText);
  }
}

/** What FLAT writes in its own way, or what the template and the document themselves say. */
const WRITTEN_OTHERWISE: ReadonlySet<string> = new Set([
  "_type",
  "archetype_node_id",
  "archetype_details",
  "encoding",
  "origin",
  "width",
  "math_function",
  "sample_count",
]);

function pathBelow(above: VisibleAncestor, step: FlatStep, position: number): string {
  const segment = step.segments.at(-1)?.node === undefined ? step.name : `${step.name}:${position}`;
  return above.step === undefined ? segment : `${above.path}/${segment}`;
}

function isEntryEncoding({ attribute, parent }: TemplateNode): boolean {
  return attribute === "encoding" && parent !== undefined && isSubclassOf(parent.rmType, "ENTRY");
}

/** The time of the first event of a HISTORY; of several at one instant that of the first in order. */
function earliestTime(history: DraftNode): Instant | undefined {
  let earliest: Instant | undefined;
  for (const event of history.children) {
    if (event.node.attribute !== "events") continue;
    const time = instantIn(attributeValues(event, "time")[0]);
    if (time !== undefined && (earliest === undefined || time.instant < earliest.instant)) earliest = time;
  }
  return earliest;
}

interface Instant {
  readonly text: string;
  readonly instant: bigint;
}

function inSeconds(nanoseconds: bigint): bigint {
  return nanoseconds / 1_000_000_000n;
}

function instantIn(time: RmValue | undefined): Instant | undefined {
  const text = isRmObject(time) ? time.value : undefined;
  const instant = typeof text === "string" ? instantOf(text) : undefined;
  return typeof text === "string" && instant !== undefined ? { text, instant } : undefined;
}
