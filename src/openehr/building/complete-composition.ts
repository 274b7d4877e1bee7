import { copyOf } from "../rm/copy-value.js";
import { attribute, isSubclassOf, rmClass, withoutGeneric } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { completeValue } from "./complete-value.js";
import type { CompositionDraft, DraftNode } from "./composition-draft.js";
import type { CompositionSettings } from "./composition-settings.js";
import { addSkeleton, type SkeletonSource, skeletonsOf } from "./skeleton.js";
import { StructureDefaults } from "./structure-defaults.js";
import { isStructure } from "./structures.js";

/** Told which value of the composition an occurrence of the draft became. */
export type OnPlaced = (occurrence: DraftNode, value: RmValue) => void;

/**
 * Turns a draft into a composition (openehr-formats 12): names, node ids and archetype details from the template,
 * siblings in template order with gaps closed, values completed, empty structures left out, defaults filled in (12.7,
 * engine-behaviour 7.8). The draft stays as it is. Every object of the result has its `_type`.
 *
 * The structures of the result belong to the caller. The parts that the template alone determines are those of the
 * skeletons: frozen, and the same in every composition of the template.
 */
export function completeComposition(
  draft: CompositionDraft,
  settings: CompositionSettings,
  skeletons: SkeletonSource = skeletonsOf(draft.template),
  onPlaced?: OnPlaced,
): RmObject {
  const completion = new Completion(new StructureDefaults(draft, settings), skeletons, onPlaced);
  return completion.root(draft);
}

class Completion {
  readonly #defaults: StructureDefaults;
  readonly #skeletons: SkeletonSource;
  readonly #onPlaced: OnPlaced | undefined;

  constructor(defaults: StructureDefaults, skeletons: SkeletonSource, onPlaced: OnPlaced | undefined) {
    this.#defaults = defaults;
    this.#skeletons = skeletons;
    this.#onPlaced = onPlaced;
  }

  root({ root, template }: CompositionDraft): RmObject {
    const content = this.#content(root) ?? { _type: withoutGeneric(template.root.rmType) };
    this.#onPlaced?.(root, content);
    return this.#finished(content, template.root);
  }

  #value(occurrence: DraftNode): RmValue | undefined {
    const value = this.#valueOf(occurrence);
    if (value !== undefined) this.#onPlaced?.(occurrence, value);
    return value;
  }

  #valueOf(occurrence: DraftNode): RmValue | undefined {
    const { node } = occurrence;
    if (!isStructure(node)) return this.#dataValue(occurrence);
    const content = this.#content(occurrence);
    if (content === undefined || isEmptyStructure(content)) return undefined;
    return this.#finished(content, node);
  }

  #finished(content: RmObject, node: TemplateNode): RmObject {
    const skeleton = this.#skeletons.of(node);
    addSkeleton(content, skeleton);
    this.#defaults.fill(content, node, skeleton);
    return content;
  }

  /** The value written here together with those written on nodes below it: bounds of an interval, a relationship. */
  #dataValue(occurrence: DraftNode): RmObject | RmPrimitive | undefined {
    let value = occurrence.value === undefined ? undefined : copyOf(occurrence.value);
    for (const child of childrenInOrder(occurrence)) {
      const below = this.#value(child);
      if (below === undefined || (value !== undefined && !isRmObject(value))) continue;
      value = { _type: withoutGeneric(occurrence.node.rmType), ...value, [child.node.attribute]: below };
    }
    return isRmObject(value) ? completeValue(value, occurrence.node) : value;
  }

  /** What was written into a structure and below it; undefined when that is nothing. */
  #content(occurrence: DraftNode): RmObject | undefined {
    const { node } = occurrence;
    const written = isRmObject(occurrence.value) ? occurrence.value : undefined;
    const type = concreteClass(node, written);
    const content: RmObject = written === undefined ? { _type: type } : { ...copyOf(written), _type: type };
    for (const child of childrenInOrder(occurrence)) {
      const value = this.#value(child);
      if (value !== undefined) {
        put(content, child.node.attribute, value);
        if (isRmObject(value)) this.#defaults.remember(value, child.node);
      }
    }
    if (content.null_flavour !== undefined) delete content.value;
    completeCodedAttributes(content);
    return Object.keys(content).length > 1 ? content : undefined;
  }
}

/** Occurrences below one, in template order, repeated ones by index. */
function childrenInOrder(occurrence: DraftNode): readonly DraftNode[] {
  return [...occurrence.children]
    .sort(([one], [other]) => rank(one) - rank(other) || one.ordinal - other.ordinal)
    .flatMap(([, occurrences]) => occurrences);
}

/** Events whose class the template leaves open come after those of a fixed class (openehr-formats 12.3). */
function rank(node: TemplateNode): number {
  return node.rmType === "EVENT" ? 1 : 0;
}

/** Lists grow; a later alternative of a single attribute takes the place of the earlier one. */
function put(object: RmObject, name: string, value: RmValue): void {
  const before = object[name];
  if (attribute(object._type, name)?.isList === true) {
    if (Array.isArray(before)) before.push(value);
    else object[name] = before === undefined ? [value] : [before, value];
  } else if (isRmObject(before) && isRmObject(value) && value._type === "ISM_TRANSITION") {
    // One transition, spread over the nodes of the careflow steps that the template allows.
    object[name] = { ...before, ...value };
  } else object[name] = value;
}

/** Class of an occurrence: as written, otherwise what the template says, with the usual class for abstract ones. */
function concreteClass(node: TemplateNode, written: RmObject | undefined): string {
  const declared = withoutGeneric(node.rmType);
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
      return isSubclassOf(content._type, "LOCATABLE") && Object.keys(content).length === 1;
  }
}
