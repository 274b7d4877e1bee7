import { isJsonObject, type JsonValue } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { attributeValues, writeAttribute } from "../../openehr/building/attribute-occurrences.js";
import type { CompositionDraft, DraftNode } from "../../openehr/building/composition-draft.js";
import { attribute as rmAttribute } from "../../openehr/rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../../openehr/rm/rm-object.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import { constantNode } from "../constant-node.js";
import { codePhrase } from "../datatypes/code-phrase.js";
import { convertToOpenEhr } from "../datatypes/conversions.js";
import { dvCodedText } from "../datatypes/dv-coded-text.js";
import { eventFromFhir } from "../datatypes/event.js";
import type { ConversionContext } from "../datatypes/fhir-data.js";
import { primitiveText } from "../datatypes/fhir-primitives.js";
import { nullFlavourOf, nullReasonOf, reasonIn } from "../datatypes/null-flavour.js";
import { rmPrimitive } from "../datatypes/rm-primitives.js";
import { rmObject } from "../datatypes/rm-values.js";
import type { ProgrammedPlace } from "../functions/programmed-mapping.js";
import type { CodedTextPart, ListEntry, OpenEhrAccessor } from "../plan.js";
import { type RmMember, withValueAt } from "../rm-members.js";
import type { OccurrenceIndexes } from "./fhir-scope.js";
import { type Iteration, ValueParts } from "./value-parts.js";

/** Writes values into the draft of a run and counts what was new, for the splitting of occurrences. */
export class OpenEhrWriter {
  readonly #draft: CompositionDraft;
  readonly #context: ConversionContext;
  /** How many values were written to places that had none (engine-behaviour 7.3, rule 5). */
  added = 0;
  /** The elements that the methods being run are run for. */
  iteration: Iteration | undefined;
  readonly #parts = new ValueParts();

  constructor(draft: CompositionDraft, context: ConversionContext) {
    this.#draft = draft;
    this.#context = context;
  }

  /** Converts a FHIR element and writes it; false when no RM class allowed there takes its type. */
  convert(accessor: OpenEhrAccessor, node: FhirNode, indexes: OccurrenceIndexes): boolean {
    if (accessor.node.attribute === "null_flavour") {
      return this.absence(accessor, reasonIn(node), indexes);
    }
    if (accessor.members.length > 0) return this.#writeMember(accessor, node, indexes);
    if (accessor.part !== undefined) return this.#writePart(accessor, accessor.part, node, indexes);
    if (accessor.takesEvents && this.#writeEvent(accessor.node, node, indexes)) return true;
    const converted = convertToOpenEhr(node, accessor.rmTypes, this.#context, accessor.targets);
    if (converted === undefined) return false;
    this.#write(accessor.targets.get(converted.rmType) ?? accessor.node, indexes, converted.value);
    return true;
  }

  /** Writes what stands at the end of a path that goes on into attributes of a value. */
  #writeMember(accessor: OpenEhrAccessor, node: FhirNode, indexes: OccurrenceIndexes): boolean {
    const type = accessor.members.at(-1)?.type ?? "";
    const value = rmPrimitive(type, node) ?? convertToOpenEhr(node, accessor.rmTypes, this.#context)?.value;
    if (value === undefined) return false;
    this.#putAt(this.#draft.occurrence(accessor.node, indexes), accessor.members, value);
    return true;
  }

  #putAt(place: DraftNode, members: readonly RmMember[], value: RmValue): void {
    const written = withValueAt(place.value, members, value);
    if (!isRmObject(written)) return;
    this.added += newAttributes(place.value, written);
    place.value = written;
    this.#parts.note(place, members, value, this.iteration);
  }

  /**
   * The index behind the last occurrence of a repeating node in which something stands at a place.
   * @param chain nodes from the repeating one down to the place, both included
   */
  nextIndex(chain: readonly TemplateNode[], indexes: OccurrenceIndexes): number {
    const [node, ...below] = chain;
    if (node?.parent === undefined) return 0;
    const there = this.#draft.occurrence(node.parent, indexes).occurrencesOf(node);
    return there.reduce((next, occurrence) => (hasValueAt(occurrence, below) ? occurrence.index + 1 : next), 0);
  }

  /** Writes the value of a list entry; without a value its texts still join what children of the method have written. */
  entry(
    accessor: OpenEhrAccessor,
    { entryClass, texts }: ListEntry,
    value: RmObject | undefined,
    indexes: OccurrenceIndexes,
  ): void {
    const place = this.#draft.occurrence(accessor.node, indexes);
    const name = accessor.members.at(-1)?.name ?? "";
    const beside = Object.entries(texts).map(([text, own]) => [text, rmObject("DV_TEXT", { value: own })] as const);
    const whole = rmObject(entryClass, { ...Object.fromEntries(beside), [name]: value });
    const list = accessor.members.slice(0, -1);
    if (list.length > 0) {
      if (value !== undefined) this.#putAt(place, list, whole);
      return;
    }
    if (value === undefined && !place.hasValue) return;
    this.added += newAttributes(place.value, whole);
    place.merge(whole);
  }

  /** Says why a value is absent (engine-behaviour 7.7); only ELEMENTs can. */
  absence(accessor: OpenEhrAccessor, reason: JsonValue | undefined, indexes: OccurrenceIndexes): boolean {
    const nullFlavour = nullFlavourOf(reason, this.#context.semantics);
    const { node } = accessor;
    const element = node.rmType === "ELEMENT" ? node : node.parent;
    if (nullFlavour === undefined || element?.rmType !== "ELEMENT") return false;
    const occurrence = this.#draft.occurrence(element, indexes);
    if (attributeValues(occurrence, "null_flavour").length === 0) this.added++;
    writeAttribute(occurrence, "ELEMENT", "null_flavour", [nullFlavour], false);
    const nullReason = this.#context.semantics.nullFlavours === "both-ways" ? nullReasonOf(reason) : undefined;
    if (nullReason !== undefined) writeAttribute(occurrence, "ELEMENT", "null_reason", [nullReason], false);
    return true;
  }

  /** The place of a step, for a programmed mapping to write in. */
  place(accessor: OpenEhrAccessor, indexes: OccurrenceIndexes): ProgrammedPlace {
    const owner = accessor.node;
    const elementAt = (nodeIds: readonly string[]): TemplateNode | undefined =>
      nodeIds.reduce<TemplateNode | undefined>(
        (node, id) => node?.children.find((child) => child.nodeId === id),
        owner,
      );
    const valueNodes = (nodeIds: readonly string[]): readonly TemplateNode[] =>
      elementAt(nodeIds)?.children.filter((child) => child.attribute === "value") ?? [];
    const draftAt = (node: TemplateNode): DraftNode => this.#draft.occurrence(node, indexes);
    return {
      write: (nodeIds, value) => {
        const node = valueNodes(nodeIds).find((one) => classOf(one.rmType) === value._type);
        if (node !== undefined) this.#merge(draftAt(node), value);
        return node !== undefined;
      },
      writeAttribute: (attribute, value) => {
        const root = archetypeRoot(owner);
        if (root === undefined || rmAttribute(classOf(root.rmType), attribute) === undefined) return false;
        const occurrence = draftAt(root);
        if (attributeValues(occurrence, attribute).length === 0) this.added++;
        writeAttribute(occurrence, classOf(root.rmType), attribute, [value], false);
        return true;
      },
      read: (nodeIds) =>
        valueNodes(nodeIds)
          .map((node) => draftAt(node).value)
          .find(isRmObject),
      clear: (nodeIds) => {
        for (const node of valueNodes(nodeIds)) draftAt(node).value = undefined;
      },
    };
  }

  /** Writes a constant of a mapping; its text is turned into the type of the place. */
  constant(accessor: OpenEhrAccessor, text: string, focus: FhirNode, indexes: OccurrenceIndexes): boolean {
    return this.convert(accessor, constantNode(accessor.rmTypes, text, focus.resource), indexes);
  }

  #writePart(accessor: OpenEhrAccessor, part: CodedTextPart, node: FhirNode, indexes: OccurrenceIndexes): boolean {
    const { value } = node;
    const target = accessor.targets.get("DV_CODED_TEXT") ?? accessor.targets.get("CODE_PHRASE") ?? accessor.node;
    const phrase = part === "code" && isJsonObject(value) ? codePhrase.toOpenEhr(node, this.#context) : undefined;
    if (phrase !== undefined) {
      if (target.rmType === "CODE_PHRASE") this.#write(target, indexes, phrase);
      else this.#writeCode(this.#draft.occurrence(target, indexes), phrase, node);
      return true;
    }
    const text = primitiveText(node);
    if (text === undefined) return false;
    this.#write(target, indexes, target.rmType === "CODE_PHRASE" ? phrasePart(part, text) : codedTextPart(part, text));
    return true;
  }

  /** A coded text must have a text: one that has none yet gets that of the concept whose code it takes. */
  #writeCode(place: DraftNode, phrase: RmObject, concept: FhirNode): void {
    const before = isRmObject(place.value) && place.value.value !== undefined;
    const whole = before ? undefined : dvCodedText.toOpenEhr(concept, this.#context);
    const coded = rmObject("DV_CODED_TEXT", { value: whole?.value, defining_code: phrase });
    this.added += newAttributes(place.value, coded);
    place.merge(coded);
  }

  #writeEvent(event: TemplateNode, node: FhirNode, indexes: OccurrenceIndexes): boolean {
    const times = eventFromFhir(node, this.#context);
    if (times === undefined) return false;
    const occurrence = this.#draft.occurrence(event, indexes);
    const type = times.mathFunction === undefined ? event.rmType : "INTERVAL_EVENT";
    this.#writeAttribute(occurrence, type, "time", times.time);
    this.#writeAttribute(occurrence, type, "math_function", times.mathFunction);
    this.#writeAttribute(occurrence, type, "width", times.width);
    return true;
  }

  #writeAttribute(occurrence: DraftNode, type: string, attribute: string, value: RmObject | undefined): void {
    if (value === undefined) return;
    if (attributeValues(occurrence, attribute).length === 0) this.added++;
    writeAttribute(occurrence, type, attribute, [value], false);
  }

  #write(node: TemplateNode, indexes: OccurrenceIndexes, value: RmObject): void {
    this.#merge(this.#draft.occurrence(node, indexes), value);
  }

  #merge(place: DraftNode, value: RmObject): void {
    const kept = contextTime(place, value);
    this.added += newAttributes(place.value, kept);
    if (addsTo(place.value, kept)) place.merge(kept);
    else place.value = this.#parts.completed(place, kept, this.iteration);
  }
}

/** The root of an archetype that a node is or stands in. */
function archetypeRoot(node: TemplateNode): TemplateNode | undefined {
  for (let at: TemplateNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.nodeId?.startsWith("openEHR-") === true || at.parent === undefined) return at;
  }
  return undefined;
}

function classOf(rmType: string): string {
  const open = rmType.indexOf("<");
  return open < 0 ? rmType : rmType.slice(0, open);
}

function hasValueAt(occurrence: DraftNode, [next, ...below]: readonly TemplateNode[]): boolean {
  if (next === undefined) return occurrence.hasValue;
  return occurrence.occurrencesOf(next).some((one) => hasValueAt(one, below));
}

/** The context keeps the earliest start and the latest end that entries report (engine-behaviour 7.6). */
function contextTime(place: DraftNode, value: RmObject): RmObject {
  const { node, value: before } = place;
  if (node.parent?.rmType !== "EVENT_CONTEXT" || !isRmObject(before)) return value;
  if (typeof before.value !== "string" || typeof value.value !== "string") return value;
  if (node.attribute === "start_time") return value.value < before.value ? value : before;
  if (node.attribute === "end_time") return value.value > before.value ? value : before;
  return value;
}

/**
 * Members of one coded text may be written one by one; a value that is whole replaces what stood there, so that two values
 * never mix (fhirconnect-language 10.2). The parts of it that stood there come back with {@link ValueParts}.
 */
function addsTo(before: RmObject | RmPrimitive | undefined, written: RmObject): boolean {
  if (!isRmObject(before) || before._type !== written._type) return false;
  if (written._type === "DV_CODED_TEXT") {
    const phrase = written.defining_code;
    return !isRmObject(phrase) || phrase.code_string === undefined || written.value === undefined;
  }
  return written._type === "CODE_PHRASE" && (written.code_string === undefined || written.terminology_id === undefined);
}

function newAttributes(before: RmObject | RmPrimitive | undefined, written: RmObject): number {
  if (!isRmObject(before)) return 1;
  let count = 0;
  for (const attribute in written) {
    const value = written[attribute];
    const old = before[attribute];
    if (old === undefined) count++;
    else if (isRmObject(value) && isRmObject(old)) count += newAttributes(old, value);
  }
  return count;
}

function phrasePart(part: CodedTextPart, text: string): RmObject {
  return part === "terminology"
    ? rmObject("CODE_PHRASE", { terminology_id: rmObject("TERMINOLOGY_ID", { value: text }) })
    : rmObject("CODE_PHRASE", { code_string: text });
}

function codedTextPart(part: CodedTextPart, text: string): RmObject {
  return part === "value"
    ? rmObject("DV_CODED_TEXT", { value: text })
    : rmObject("DV_CODED_TEXT", { defining_code: phrasePart(part, text) });
}
