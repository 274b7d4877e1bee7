import { formatAqlPath } from "../rm/aql-path.js";
import { rmClass } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { completeValue } from "./complete-value.js";
import type { CompositionDraft, DraftNode } from "./composition-draft.js";
import type { CompositionSettings } from "./composition-settings.js";
import { leftOutBecause, type OnLeftOut } from "./left-out.js";
import { tellReplaced } from "./replaced-by-template.js";
import { addSkeleton, type Skeleton, type SkeletonSource, skeletonsOf } from "./skeleton.js";
import { StructureDefaults } from "./structure-defaults.js";

/** Told which value of the composition an occurrence of the draft became. */
export type OnPlaced = (occurrence: DraftNode, value: RmValue) => void;

/** Who wants to know what becomes of a draft. */
export interface CompletionListeners {
  readonly onPlaced?: OnPlaced;
  /** Told the path of what the draft holds and the composition does not. */
  readonly onLeftOut?: OnLeftOut;
}

/**
 * Turns a draft into a composition (openehr-formats 12): names, node ids and archetype details from the template,
 * siblings in template order with gaps closed, values completed, empty structures left out, defaults filled in (12.7,
 * engine-behaviour 7.8). The draft stays as it is. Every object of the result has its `_type`.
 *
 * The structures of the result belong to the caller. Values are those of the draft; the parts that the template alone
 * determines are those of the skeletons, frozen, and the same in every composition of the template: whoever changes one
 * replaces it by a changed copy.
 */
export function completeComposition(
  draft: CompositionDraft,
  settings: CompositionSettings,
  skeletons: SkeletonSource = skeletonsOf(draft.template),
  listeners: CompletionListeners = {},
): RmObject {
  const completion = new Completion(new StructureDefaults(draft, settings), skeletons, listeners);
  return completion.root(draft);
}

class Completion {
  readonly #defaults: StructureDefaults;
  readonly #skeletons: SkeletonSource;
  readonly #onPlaced: OnPlaced | undefined;
  readonly #onLeftOut: OnLeftOut | undefined;

  constructor(defaults: StructureDefaults, skeletons: SkeletonSource, { onPlaced, onLeftOut }: CompletionListeners) {
    this.#defaults = defaults;
    this.#skeletons = skeletons;
    this.#onPlaced = onPlaced;
    this.#onLeftOut = onLeftOut;
  }

  root({ root }: CompositionDraft): RmObject {
    const skeleton = this.#skeletons.of(root.node);
    const content = this.#content(root, skeleton) ?? this.#startOf(skeleton.rmClass, skeleton);
    this.#onPlaced?.(root, content);
    return this.#finished(content, root.node, skeleton);
  }

  #value(occurrence: DraftNode): RmValue | undefined {
    const skeleton = this.#skeletons.of(occurrence.node);
    const value = skeleton.isStructure
      ? this.#structure(occurrence, skeleton)
      : this.#dataValue(occurrence, skeleton.rmClass);
    if (value !== undefined) this.#onPlaced?.(occurrence, value);
    return value;
  }

  #structure(occurrence: DraftNode, skeleton: Skeleton): RmObject | undefined {
    const content = this.#content(occurrence, skeleton);
    if (content === undefined || isEmptyStructure(content)) return undefined;
    return this.#finished(content, occurrence.node, skeleton);
  }

  #finished(content: RmObject, node: TemplateNode, skeleton: Skeleton): RmObject {
    addSkeleton(content, skeleton);
    this.#defaults.fill(content, node, skeleton);
    return content;
  }

  /** The value written here together with those written on nodes below it: bounds of an interval, a relationship. */
  #dataValue(occurrence: DraftNode, declared: string): RmObject | RmPrimitive | undefined {
    let { value } = occurrence;
    for (const child of occurrence.children) {
      const below = this.#value(child);
      if (below === undefined || (value !== undefined && !isRmObject(value))) continue;
      value = { _type: declared, ...value, [child.node.attribute]: below };
    }
    if (!isRmObject(value)) return value;
    const { node } = occurrence;
    const completed = completeValue(value, node);
    if (this.#onLeftOut !== undefined) {
      tellReplaced(value, completed, node, formatAqlPath(node.path), this.#onLeftOut);
    }
    return completed;
  }

  /** Of two alternatives of a value the later one counts. */
  #tellReplaced({ path }: TemplateNode, value: RmValue): void {
    const type = isRmObject(value) ? ` (${value._type})` : "";
    this.#onLeftOut?.(`${formatAqlPath(path)}${type}`, leftOutBecause.otherForm);
  }

  /** Begins an object with what its class writes first, so that its members come in the order in which they are written. */
  #startOf(type: string, { locatable, encoding, subject }: Skeleton): RmObject {
    const { name, archetype_details: details } = locatable;
    if (name === undefined) return { _type: type };
    if (details === undefined) return { _type: type, name };
    if (encoding === undefined || subject === undefined) return { _type: type, name, archetype_details: details };
    return { _type: type, name, archetype_details: details, language: this.#defaults.language, encoding, subject };
  }

  /** What was written into a structure and below it; undefined when that is nothing. */
  #content(occurrence: DraftNode, skeleton: Skeleton): RmObject | undefined {
    const written = isRmObject(occurrence.value) ? occurrence.value : undefined;
    const content = this.#startOf(concreteClass(skeleton, written), skeleton);
    let isEmpty = written === undefined || !addWritten(content, written);
    for (const child of inOrder(occurrence)) {
      const value = this.#value(child);
      if (value === undefined) continue;
      isEmpty = false;
      const { node } = child;
      if (node.attribute === "value" && content.value !== undefined) this.#tellReplaced(node, content.value);
      put(content, node.attribute, value, this.#skeletons.of(node).isListMember);
      if (isRmObject(value)) this.#defaults.remember(value, node);
    }
    if (isEmpty) return undefined;
    completeCodedAttributes(content);
    if (content.null_flavour === undefined || content.value === undefined) return content;
    this.#onLeftOut?.(`${formatAqlPath(occurrence.node.path)}/value`, leftOutBecause.nullFlavour);
    return withoutValue(content);
  }
}

/** Adds what was written into a structure itself, lists as lists of its own; false when that was nothing. */
function addWritten(content: RmObject, written: RmObject): boolean {
  let added = false;
  for (const name in written) {
    const value = written[name];
    if (name === "_type" || value === undefined) continue;
    content[name] = Array.isArray(value) ? [...value] : value;
    added = true;
  }
  return added;
}

/** Why a value is absent takes the place of the value. */
function withoutValue({ value: _, ...content }: RmObject): RmObject {
  return content as RmObject;
}

/** Occurrences below one in template order, but events whose class the template leaves open last (openehr-formats 12.3). */
function inOrder({ node, children }: DraftNode): readonly DraftNode[] {
  if (node.rmType !== "HISTORY" || children.length < 2) return children;
  const isOpen = (child: DraftNode): boolean => child.node.rmType === "EVENT";
  return [...children.filter((child) => !isOpen(child)), ...children.filter(isOpen)];
}

/** Lists grow; a later alternative of a single attribute takes the place of the earlier one. */
function put(object: RmObject, name: string, value: RmValue, isList: boolean): void {
  const before = object[name];
  if (isList) {
    if (Array.isArray(before)) before.push(value);
    else object[name] = before === undefined ? [value] : [before, value];
  } else if (isRmObject(before) && isRmObject(value) && value._type === "ISM_TRANSITION") {
    // One transition, spread over the nodes of the careflow steps that the template allows.
    object[name] = { ...before, ...value };
  } else object[name] = value;
}

/** Class of an occurrence: as written, otherwise what the template says, with the usual class for abstract ones. */
function concreteClass({ rmClass: declared }: Skeleton, written: RmObject | undefined): string {
  if (written !== undefined && rmClass(written._type)?.isAbstract === false) return written._type;
  if (declared === "EVENT") return isIntervalEvent(written) ? "INTERVAL_EVENT" : "POINT_EVENT";
  return declared === "ITEM_STRUCTURE" ? "ITEM_TREE" : declared;
}

function isIntervalEvent(written: RmObject | undefined): boolean {
  return written?.width !== undefined || written?.math_function !== undefined;
}

/** Codes of attributes that have no node of their own in the template, such as the `math_function` of an EVENT. */
function completeCodedAttributes(content: RmObject): void {
  const mathFunction = content.math_function;
  if (!isRmObject(mathFunction)) return;
  content.math_function = completeValue(mathFunction, undefined);
}

/** Structures that mean nothing without their parts (openehr-formats 12.6). */
function isEmptyStructure(content: RmObject): boolean {
  switch (content._type) {
    case "ELEMENT":
      return content.value === undefined && content.null_flavour === undefined;
    case "CLUSTER":
    case "ITEM_TREE":
    case "ITEM_LIST":
      return content.items === undefined;
    case "ITEM_SINGLE":
      return content.item === undefined;
    case "ITEM_TABLE":
      return content.rows === undefined;
    case "HISTORY":
      return content.events === undefined && content.summary === undefined;
    default:
      return false;
  }
}
