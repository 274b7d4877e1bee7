import { formatAqlPath } from "../rm/aql-path.js";
import { rmClass } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { completeValue } from "./complete-value.js";
import { type CompletionForm, rmForm } from "./completion-form.js";
import type { CompositionDraft, DraftNode } from "./composition-draft.js";
import type { CompositionSettings } from "./composition-settings.js";
import { leftOutBecause, type OnLeftOut } from "./left-out.js";
import { tellReplaced } from "./replaced-by-template.js";
import { type Skeleton, type SkeletonSource, skeletonsOf } from "./skeleton.js";
import { structureClass } from "./structure-class.js";
import { StructureDefaults } from "./structure-defaults.js";
import { StructureMembers } from "./structure-members.js";

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
  return completeInForm(draft, settings, rmForm(skeletons), listeners);
}

/** As {@link completeComposition}, in another form. */
export function completeInForm(
  draft: CompositionDraft,
  settings: CompositionSettings,
  form: CompletionForm,
  listeners: CompletionListeners = {},
): RmObject {
  return new Completion(new StructureDefaults(draft, settings, form), form, listeners).root(draft);
}

class Completion {
  readonly #defaults: StructureDefaults;
  readonly #form: CompletionForm;
  readonly #skeletons: SkeletonSource;
  readonly #onPlaced: OnPlaced | undefined;
  readonly #onLeftOut: OnLeftOut | undefined;

  constructor(defaults: StructureDefaults, form: CompletionForm, { onPlaced, onLeftOut }: CompletionListeners) {
    this.#defaults = defaults;
    this.#form = form;
    this.#skeletons = form.skeletons;
    this.#onPlaced = onPlaced;
    this.#onLeftOut = onLeftOut;
  }

  root({ root }: CompositionDraft): RmObject {
    const skeleton = this.#skeletons.of(root.node);
    const members = this.#members(root, skeleton) ?? new StructureMembers(structureClass(skeleton.rmClass), this.#form);
    const content = this.#finished(members, root, skeleton);
    this.#onPlaced?.(root, content);
    return content;
  }

  #value(occurrence: DraftNode, skeleton: Skeleton): RmValue | undefined {
    const value = skeleton.isStructure ? this.#structure(occurrence, skeleton) : this.#dataValue(occurrence, skeleton);
    if (value !== undefined) this.#onPlaced?.(occurrence, value);
    return value;
  }

  #structure(occurrence: DraftNode, skeleton: Skeleton): RmObject | undefined {
    if (isPlain(occurrence, skeleton)) return this.#plainStructure(occurrence, skeleton);
    const members = this.#members(occurrence, skeleton);
    return members === undefined || members.isMeaningless ? undefined : this.#finished(members, occurrence, skeleton);
  }

  /** An ELEMENT with nothing but its value, a CLUSTER or ITEM_TREE with nothing but its items: most structures are that. */
  #plainStructure({ children }: DraftNode, skeleton: Skeleton): RmObject | undefined {
    const { rmClass: _type, name, details: archetype_details, nodeId: archetype_node_id } = skeleton;
    if (name === undefined || archetype_node_id === undefined) return undefined;
    if (skeleton.plainContent === "value") {
      let value: RmValue | undefined;
      for (const child of children) {
        const given = this.#value(child, this.#skeletons.of(child.node));
        if (given === undefined) continue;
        this.#tellIfReplaced(child.node, value);
        value = given;
      }
      if (value === undefined) return undefined;
      return archetype_details === undefined
        ? { _type, name, value, archetype_node_id }
        : { _type, name, archetype_details, value, archetype_node_id };
    }
    const items: RmValue[] = [];
    for (const child of children) {
      const item = this.#value(child, this.#skeletons.of(child.node));
      if (item !== undefined) items.push(item);
    }
    if (items.length === 0) return undefined;
    return archetype_details === undefined
      ? { _type, name, items, archetype_node_id }
      : { _type, name, archetype_details, items, archetype_node_id };
  }

  #finished(members: StructureMembers, { node }: DraftNode, skeleton: Skeleton): RmObject {
    members.give("name", skeleton.name);
    members.give("archetype_node_id", skeleton.nodeId);
    members.give("archetype_details", skeleton.details);
    this.#defaults.fill(members, node, skeleton);
    return members.finished();
  }

  /** The value written here together with those written on nodes below it: bounds of an interval, a relationship. */
  #dataValue(occurrence: DraftNode, { rmClass: declared, declaredType }: Skeleton): RmValue | undefined {
    let { value }: { value: RmObject | RmPrimitive | undefined } = occurrence;
    for (const child of occurrence.children) {
      const below = this.#value(child, this.#skeletons.of(child.node));
      if (below === undefined || (value !== undefined && !isRmObject(value))) continue;
      value = { _type: declared, ...value, [child.node.attribute]: below };
    }
    if (!isRmObject(value)) return value;
    const { node } = occurrence;
    const completed = completeValue(value, node);
    if (this.#onLeftOut !== undefined) {
      tellReplaced(value, completed, node, formatAqlPath(node.path), this.#onLeftOut);
    }
    return this.#form.value(completed, declaredType);
  }

  /** Of two alternatives of a value the later one counts. */
  #tellIfReplaced({ path }: TemplateNode, earlier: RmValue | undefined): void {
    if (earlier === undefined || this.#onLeftOut === undefined) return;
    const type = isRmObject(earlier) ? ` (${earlier._type})` : "";
    this.#onLeftOut(`${formatAqlPath(path)}${type}`, leftOutBecause.otherForm);
  }

  /** What was written into a structure and below it; undefined when that is nothing. */
  #members(occurrence: DraftNode, skeleton: Skeleton): StructureMembers | undefined {
    const written = isRmObject(occurrence.value) ? occurrence.value : undefined;
    const members = new StructureMembers(structureClass(concreteClass(skeleton, written)), this.#form);
    let isEmpty = written === undefined || !members.addWritten(written);
    for (const child of inOrder(occurrence)) {
      const { node } = child;
      const below = this.#skeletons.of(node);
      const value = this.#value(child, below);
      if (value === undefined) continue;
      isEmpty = false;
      if (node.attribute === "value") this.#tellIfReplaced(node, members.get("value"));
      members.put(node.attribute, value, below.isListMember);
      if (isRmObject(value)) this.#defaults.remember(value, node);
    }
    if (isEmpty) return undefined;
    // A code of an attribute that has no node of its own in the template.
    const mathFunction = members.get("math_function");
    if (isRmObject(mathFunction)) members.setRm("math_function", completeValue(mathFunction, undefined));
    // Why a value is absent takes the place of the value.
    if (members.get("null_flavour") !== undefined && members.get("value") !== undefined) {
      this.#onLeftOut?.(`${formatAqlPath(occurrence.node.path)}/value`, leftOutBecause.nullFlavour);
      members.set("value", undefined);
    }
    return members;
  }
}

/** Whether an occurrence has nothing but what its class is there to hold. */
function isPlain({ value, children }: DraftNode, { plainContent }: Skeleton): boolean {
  if (value !== undefined || plainContent === undefined) return false;
  for (const child of children) if (child.node.attribute !== plainContent) return false;
  return true;
}

/** Occurrences below one in template order, but events whose class the template leaves open last (openehr-formats 12.3). */
function inOrder({ node, children }: DraftNode): readonly DraftNode[] {
  if (node.rmType !== "HISTORY" || children.length < 2) return children;
  const isOpen = (child: DraftNode): boolean => child.node.rmType === "EVENT";
  return [...children.filter((child) => !isOpen(child)), ...children.filter(isOpen)];
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
