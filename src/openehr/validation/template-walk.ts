import { attributesOf, isLocatable, isPathable, isSubclassOf, type RmAttribute } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { Template, TemplateNode } from "../template/template.js";
import { classText, fittingAlternatives } from "./class-fit.js";
import { offsetFindings } from "./event-offset.js";
import { transitionFindings } from "./instruction-transition.js";
import { listFindings } from "./list-rules.js";
import { type ObjectPlace, objectMember, placeOf, placeText, ROOT_PLACE, textMember } from "./object-place.js";
import { SlotFillers } from "./slot-fillers.js";
import type { SlotProgram } from "./slot-program.js";
import {
  type AttributeProgram,
  classOf,
  isAllowed,
  type NodeGroup,
  type NodeProgram,
  type Occurrences,
  occurrencesText,
  programOf,
} from "./template-program.js";
import { ValidationFindings, type ValidationRule } from "./validation-finding.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

/** Which checks against the template are made besides those that always are. */
export interface TemplateChecks {
  readonly objectsNotInTemplate: boolean;
  readonly cardinalities: boolean;
}

/** Attributes that the validation against the reference model has dealt with. */
const OF_REFERENCE_MODEL = new Set(["archetype_node_id", "archetype_details", "uid"]);
const NO_SLOTS: readonly SlotProgram[] = [];
const NO_GROUPS: readonly NodeGroup[] = [];

/**
 * Checks a composition against its template (openehr-formats 19.2 to 19.7), walking over the attributes that are present
 * and looking up what the template says about each.
 */
export function checkAgainstTemplate(
  composition: RmObject,
  template: Template,
  checks: TemplateChecks,
  findings: ValidationFindings,
): void {
  new TemplateWalk(checks, findings).root(composition, template);
}

class TemplateWalk {
  readonly #checks: TemplateChecks;
  readonly #findings: ValidationFindings;
  /** The HISTORY being walked over, by whose origin its events are counted; none stands inside of another. */
  #history: RmObject | undefined;

  constructor(checks: TemplateChecks, findings: ValidationFindings) {
    this.#checks = checks;
    this.#findings = findings;
  }

  root(composition: RmObject, { root, templateId }: Template): void {
    const program = programOf(root);
    if (!isSubclassOf(composition._type, classOf(root))) {
      this.#add(program.path, ROOT_PLACE, wrongClass([root], composition));
      return;
    }
    if (composition.archetype_node_id !== root.nodeId) {
      this.#unknownObject(composition, program, ROOT_PLACE);
      return;
    }
    const templateIdOf = (object: RmObject) => objectMember(objectMember(object, "archetype_details"), "template_id");
    const found = textMember(templateIdOf(composition), "value");
    if (found !== undefined && withSingleBlanks(found) !== withSingleBlanks(templateId)) {
      this.#wrongDetails("/archetype_details/template_id", templateId, found, ROOT_PLACE);
    }
    this.#structure(composition, program, ROOT_PLACE);
  }

  #structure(object: RmObject, program: NodeProgram, place: ObjectPlace): void {
    if (object._type === "ISM_TRANSITION") {
      for (const finding of transitionFindings(object, program.node)) this.#add(program.path, place, finding);
    }
    if (object._type === "HISTORY") this.#history = object;
    const offset = program.attributes.get("offset");
    if (offset !== undefined) this.#offset(object, offset, place);
    if (program.node.isArchetypeRoot) this.#archetypeDetails(object, program, place);
    this.#primitives(object, program, place);
    for (const attribute of attributesOf(object._type)) {
      if (this.#findings.isFull) return;
      if (OF_REFERENCE_MODEL.has(attribute.name)) continue;
      const value = object[attribute.name];
      const attributeProgram = program.attributes.get(attribute.name);
      if (attributeProgram !== undefined) this.#attribute(object, value, attributeProgram, program, place);
      else if (value !== undefined) this.#unconstrained(value, attribute, program, place);
    }
  }

  #offset(event: RmObject, { groups }: AttributeProgram, place: ObjectPlace): void {
    const nodes = (groups.get("") ?? NO_GROUPS).flatMap(({ alternatives }) => alternatives);
    const [node] = nodes;
    if (this.#history === undefined || node === undefined) return;
    for (const finding of offsetFindings(event, this.#history, nodes)) this.#add(programOf(node).path, place, finding);
  }

  /** Details that the reference model does not demand may be missing; those that are there are about the same archetype. */
  #archetypeDetails(object: RmObject, { path }: NodeProgram, place: ObjectPlace): void {
    const details = objectMember(objectMember(object, "archetype_details"), "archetype_id");
    const found = textMember(details, "value");
    const expected = textMember(object, "archetype_node_id") ?? "";
    if (found === undefined || found === expected) return;
    this.#wrongDetails(`${path}/archetype_details/archetype_id`, expected, found, place);
  }

  #wrongDetails(path: string, expected: string, found: string, place: ObjectPlace): void {
    const message = `The archetype details name ${found} instead of ${expected}`;
    this.#add(path, place, { rule: "template-archetype-details", message, expected, found });
  }

  /** What the template says nothing about: only what the reference model demands may hold structures of its own. */
  #unconstrained(value: RmValue, attribute: RmAttribute, program: NodeProgram, place: ObjectPlace): void {
    if (attribute.isMandatory || !isLocatable(attribute.type)) return;
    for (const [item, itemPlace] of itemsOf(value, attribute.name, place)) {
      if (isRmObject(item)) this.#unknownObject(item, program, itemPlace);
    }
  }

  #attribute(
    owner: RmObject,
    value: RmValue | undefined,
    attribute: AttributeProgram,
    program: NodeProgram,
    place: ObjectPlace,
  ): void {
    const counts = new Map<NodeGroup, number>();
    const fillers = attribute.slots.length === 0 ? undefined : new SlotFillers(attribute.slots);
    let items = 0;
    for (const [item, itemPlace] of itemsOf(value, attribute.attribute, place)) {
      items++;
      if (this.#findings.isFull) return;
      if (!isRmObject(item)) {
        const [group] = attribute.groups.get("") ?? NO_GROUPS;
        if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
        continue;
      }
      const group = groupOf(item, attribute);
      if (group !== undefined) {
        counts.set(group, (counts.get(group) ?? 0) + 1);
        this.#object(item, group, attribute, itemPlace);
      } else if (isLocatable(item._type)) {
        const excluding = fillers === undefined ? NO_SLOTS : fillers.take(item);
        if (excluding !== undefined) this.#misplaced(item, excluding, program, itemPlace);
      }
    }
    this.#occurrences(owner, attribute, counts, place);
    for (const { slot, count, allowed } of fillers?.wrongCounts(counts) ?? []) {
      this.#wrongOccurrences(slot.path, count, allowed, place);
    }
    this.#numberOfItems(owner, attribute, items, program, place);
    if (!this.#checks.cardinalities) return;
    for (const finding of listFindings(value, attribute)) {
      this.#add(`${program.path}/${attribute.attribute}`, place, finding);
    }
  }

  /** An object is right when it is right for one of the alternatives; otherwise the one of its own class tells why not. */
  #object(object: RmObject, { alternatives }: NodeGroup, attribute: AttributeProgram, place: ObjectPlace): void {
    const fitting = fittingAlternatives(object, alternatives);
    const [first] = fitting;
    if (first === undefined) {
      const [node] = alternatives;
      if (attribute.isConstrained && node !== undefined) {
        this.#add(programOf(node).path, place, wrongClass(alternatives, object));
      }
      return;
    }
    if (isPathable(object._type)) {
      this.#structure(object, programOf(this.#structureNode(object, fitting, place)), place);
      return;
    }
    const right = fitting.length === 1 ? first : fitting.find((node) => this.#isValidAs(object, node, place));
    this.#value(object, programOf(right ?? first), place);
  }

  /** A data value: as a whole, then what the template says of its attributes. */
  #value(object: RmObject, program: NodeProgram, place: ObjectPlace): void {
    const found = program.check?.(object) ?? NO_FINDINGS;
    for (const finding of found) this.#add(program.path, place, finding);
    this.#primitives(object, program, place);
    if (object._type === "DV_INTERVAL") this.#bounds(object, program, place);
    else for (const part of program.parts) this.#attribute(object, object[part.attribute], part, program, place);
  }

  #primitives(object: RmObject, { primitives, path }: NodeProgram, place: ObjectPlace): void {
    for (const { attribute, isWholeValue, check } of primitives) {
      const at = isWholeValue ? path : `${path}/${attribute}`;
      for (const finding of check(object)) this.#add(at, place, finding);
    }
  }

  /** Of ELEMENTs at one path the one that takes the value, of other structures the one that has the name of the object. */
  #structureNode(object: RmObject, fitting: readonly TemplateNode[], place: ObjectPlace): TemplateNode {
    const [first] = fitting as readonly [TemplateNode, ...TemplateNode[]];
    if (fitting.length === 1) return first;
    if (object._type === "ELEMENT") return fitting.find((node) => this.#isValidAs(object, node, place)) ?? first;
    const name = textMember(objectMember(object, "name"), "value");
    return fitting.find((node) => node.rmType === object._type && node.name === name) ?? first;
  }

  #isValidAs(object: RmObject, node: TemplateNode, place: ObjectPlace): boolean {
    const findings = new ValidationFindings(1);
    const walk = new TemplateWalk(this.#checks, findings);
    walk.#history = this.#history;
    if (isPathable(object._type)) walk.#structure(object, programOf(node), place);
    else walk.#value(object, programOf(node), place);
    return findings.all.length === 0;
  }

  #bounds(object: RmObject, program: NodeProgram, place: ObjectPlace): void {
    if (object._type !== "DV_INTERVAL") return;
    for (const bound of ["lower", "upper"] as const) {
      const limit = objectMember(object, bound);
      const attribute = program.attributes.get(bound);
      const group = limit === undefined || attribute === undefined ? undefined : groupOf(limit, attribute);
      if (limit === undefined || attribute === undefined || group === undefined) continue;
      this.#object(limit, group, attribute, placeOf(place, bound, limit));
    }
  }

  #occurrences(
    owner: RmObject,
    attribute: AttributeProgram,
    counts: ReadonlyMap<NodeGroup, number>,
    place: ObjectPlace,
  ): void {
    // The states and steps of a transition have rules of their own (openehr-formats 19.6).
    if (owner._type === "ISM_TRANSITION" || isReplacedByNullFlavour(owner, attribute.attribute)) return;
    for (const groups of attribute.groups.values()) {
      for (const group of groups) {
        const count = counts.get(group) ?? 0;
        const [node] = group.alternatives;
        if (node === undefined || isAllowed(count, group.occurrences)) continue;
        this.#wrongOccurrences(programOf(node).path, count, group.occurrences, place);
      }
    }
  }

  #wrongOccurrences(path: string, count: number, allowed: Occurrences, place: ObjectPlace): void {
    const message = `Attribute has ${count} occurrences, but must be ${occurrencesText(allowed)}`;
    this.#addCount("template-occurrences", message, allowed, count, path, place);
  }

  /** Checks that the reference implementation leaves out: existence of attributes, and cardinality of lists. */
  #numberOfItems(
    owner: RmObject,
    { attribute, existence, cardinality }: AttributeProgram,
    items: number,
    { path }: NodeProgram,
    place: ObjectPlace,
  ): void {
    if (!this.#checks.cardinalities || owner._type === "ISM_TRANSITION") return;
    if (items === 0 && (existence?.min ?? 0) > 0 && !isReplacedByNullFlavour(owner, attribute)) {
      const message = `Attribute ${attribute} of class ${owner._type} does not match existence 1..1`;
      this.#addCount("template-existence", message, { min: 1, max: 1 }, items, `${path}/${attribute}`, place);
    } else if (items > 0 && cardinality !== undefined && !isAllowed(items, cardinality)) {
      const message = `Attribute does not match cardinality ${occurrencesText(cardinality)}`;
      this.#addCount("template-cardinality", message, cardinality, items, `${path}/${attribute}`, place);
    }
  }

  #addCount(
    rule: ValidationRule,
    message: string,
    allowed: Occurrences,
    count: number,
    path: string,
    place: ObjectPlace,
  ): void {
    this.#add(path, place, { rule, message, expected: occurrencesText(allowed), found: String(count) });
  }

  /** An object that no node of the template is for, and no slot that it fits. */
  #misplaced(object: RmObject, [slot]: readonly SlotProgram[], program: NodeProgram, place: ObjectPlace): void {
    if (slot === undefined) {
      this.#unknownObject(object, program, place);
      return;
    }
    if (!this.#checks.objectsNotInTemplate) return;
    const found = textMember(object, "archetype_node_id") ?? "null";
    const message = `The slot does not admit the archetype ${found}`;
    this.#add(slot.path, place, { rule: "template-slot", message, expected: slot.expected, found });
  }

  #unknownObject(object: RmObject, { path }: NodeProgram, place: ObjectPlace): void {
    if (!this.#checks.objectsNotInTemplate) return;
    const nodeId = textMember(object, "archetype_node_id") ?? "null";
    const name = textMember(objectMember(object, "name"), "value") ?? "null";
    const message = `RmObject with type:${javaClassName(object._type)}, nodeId:${nodeId},name:${name}; not in template`;
    this.#add(path, place, { rule: "template-unknown-object", message, found: nodeId });
  }

  #add(path: string, place: ObjectPlace, finding: ValueFinding): void {
    this.#findings.add({ path, ...finding, location: placeText(place) });
  }
}

function* itemsOf(
  value: RmValue | undefined,
  attribute: string,
  place: ObjectPlace,
): Generator<readonly [RmValue, ObjectPlace], void, undefined> {
  if (value === undefined) return;
  if (!Array.isArray(value)) yield [value, placeOf(place, attribute, value)];
  else for (const [index, item] of value.entries()) yield [item, placeOf(place, attribute, item, index + 1)];
}

/** The nodes at the path of an object: by node id and, where the path has a name, by name (openehr-formats 13.1). */
function groupOf(object: RmObject, { groups }: AttributeProgram): NodeGroup | undefined {
  if (!isLocatable(object._type)) return groups.get("")?.[0];
  const candidates = groups.get(textMember(object, "archetype_node_id") ?? "") ?? NO_GROUPS;
  const name = textMember(objectMember(object, "name"), "value");
  return (
    candidates.find((group) => group.name !== undefined && group.name === name) ??
    candidates.find((group) => group.name === undefined)
  );
}

/** A null flavour stands for the value that is not there, also where the template demands one. */
function isReplacedByNullFlavour(owner: RmObject, attribute: string): boolean {
  return owner._type === "ELEMENT" && attribute === "value" && owner.null_flavour !== undefined;
}

/** Blanks in names of templates come and go with the tools that write them. */
function withSingleBlanks(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

function wrongClass(alternatives: readonly TemplateNode[], object: RmObject): ValueFinding {
  const expected = [...new Set(alternatives.map(({ rmType }) => rmType))].join(" or ");
  const found = classText(object);
  return { rule: "template-type", message: `Expected a ${expected} but got ${found}`, expected, found };
}

/** `POINT_EVENT` as the reference spells it: `PointEvent`. */
function javaClassName(rmType: string): string {
  return rmType
    .split("_")
    .map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
    .join("");
}
