import { Problem } from "../../errors/problem.js";
import { codedText } from "../building/coded-text.js";
import { addSkeleton, type SkeletonSource, skeletonsOf } from "../building/skeleton.js";
import { attributesOf, isLocatable, isPathable, type RmAttribute } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { Template, TemplateNode } from "../template/template.js";
import { filledByTemplate } from "../validation/slot-fillers.js";
import type { SlotProgram } from "../validation/slot-program.js";
import { type AttributeProgram, classOf, type NodeGroup, programOf } from "../validation/template-program.js";
import { CompositionFrame, fitting, isPersistent } from "./composition-frame.js";
import type { ExampleChoices } from "./example-choices.js";
import { holdsValue, occurrenceCounts } from "./occurrence-counts.js";
import { satisfyPrimitives } from "./primitive-examples.js";
import { EXAMPLE_TOO_LARGE } from "./problems.js";
import { transitionExample } from "./transition-example.js";
import { isNeverEmpty, unconstrainedStructure, usualClass } from "./unconstrained-structures.js";
import { siteOf, ValueExamples } from "./value-examples.js";

/** Optional attributes of the reference model that a maximal example shows. */
const SHOWN_ATTRIBUTES: readonly string[] = [
  "end_time",
  "location",
  "health_care_facility",
  "expiry_time",
  "time_asserted",
];
/** Optional attributes of the reference model that random examples show now and then. */
const EXTRA_ATTRIBUTES: readonly string[] = [
  ...SHOWN_ATTRIBUTES,
  "uid",
  "links",
  "feeder_audit",
  "participations",
  "provider",
  "other_participations",
  "guideline_id",
  "workflow_id",
  "wf_definition",
  "sample_count",
];
const NULL_FLAVOUR_SHARE = 0.1;
/** Structures an example may have: occurrences that a template demands multiply from level to level. */
const MOST_STRUCTURES = 100_000;

/** How a structure stands in the example. */
interface Position {
  /** Index among its siblings. */
  readonly turn: number;
  /** How many repeated nodes it stands in. */
  readonly depth: number;
}

/** Writes the structures of an example, following the nodes of the template. */
export class StructureExamples {
  readonly #template: Template;
  readonly #choices: ExampleChoices;
  readonly #frame: CompositionFrame;
  readonly #values: ValueExamples;
  readonly #skeletons: SkeletonSource;
  readonly #now: string;
  #structures = 0;

  constructor(template: Template, choices: ExampleChoices, now: string, territory: string | undefined) {
    this.#template = template;
    this.#choices = choices;
    this.#frame = new CompositionFrame(template, now, territory);
    this.#values = new ValueExamples(choices, now);
    this.#skeletons = skeletonsOf(template);
    this.#now = now;
  }

  composition(): RmObject {
    return this.#structure(this.#template.root, { turn: 0, depth: 0 });
  }

  #structure(node: TemplateNode, position: Position): RmObject {
    this.#count();
    const type = this.#concreteClass(node);
    if (type === "ISM_TRANSITION") return transitionExample(node, this.#choices, position.turn);
    const object: RmObject = { _type: type };
    const { attributes } = programOf(node);
    for (const attribute of attributesOf(type)) {
      const value = this.#attribute(object, attribute, node, attributes.get(attribute.name), position);
      if (value !== undefined) object[attribute.name] = value;
    }
    addSkeleton(object, this.#skeletons.of(node));
    satisfyPrimitives(object, node, this.#choices, this.#now);
    if (type === "ELEMENT") this.#giveNullFlavour(object, node);
    return object;
  }

  #count(): void {
    if (++this.#structures <= MOST_STRUCTURES) return;
    const message = `An example of the template ${this.#template.templateId} has more than ${MOST_STRUCTURES} structures.`;
    throw new Problem(EXAMPLE_TOO_LARGE, message);
  }

  #concreteClass(node: TemplateNode): string {
    const declared = classOf(node);
    return declared === "EVENT" && this.#choices.includesExtra() ? "INTERVAL_EVENT" : usualClass(declared);
  }

  #attribute(
    owner: RmObject,
    attribute: RmAttribute,
    node: TemplateNode,
    program: AttributeProgram | undefined,
    position: Position,
  ): RmValue | undefined {
    if (attribute.name === "archetype_node_id" || attribute.name === "archetype_details") return undefined;
    if (attribute.name === "name" && isLocatable(owner._type)) return this.#name(node, program);
    if (attribute.isMandatory || isDemanded(program)) {
      const known = this.#frame.value(owner, attribute.name, this.#skeletons.of(node), program);
      if (known !== undefined) return known;
    }
    if (isPathable(attribute.type)) {
      return attribute.isList
        ? this.#list(owner, attribute, program, position)
        : this.#single(owner, attribute, program, position);
    }
    return this.#valueAt(owner, attribute, program, position);
  }

  /** The name that the template gives, as a coded text where the template wants one. */
  #name(node: TemplateNode, program: AttributeProgram | undefined): RmValue | undefined {
    const { name } = this.#skeletons.of(node);
    const [constrained] = program?.groups.get("")?.[0]?.alternatives ?? [];
    if (!isRmObject(name) || constrained === undefined || fitting(name, program) !== undefined) return undefined;
    const { rmType, inputs } = constrained;
    const value = this.#values.value({ owner: node.rmType, attribute: "name", rmType, node: constrained, turn: 0 });
    const isFree = inputs.every(({ list }) => list === undefined);
    return isRmObject(value) && isFree ? { ...value, value: node.name } : value;
  }

  #list(
    owner: RmObject,
    attribute: RmAttribute,
    program: AttributeProgram | undefined,
    position: Position,
  ): RmValue | undefined {
    const groups = [...(program?.groups.values() ?? [])].flat().sort((one, other) => rank(one) - rank(other));
    const counts = occurrenceCounts(`${owner._type}.${attribute.name}`, groups, program, this.#choices, position.depth);
    const items = groups.flatMap((group, at) => this.#occurrences(group, counts[at] ?? 0, position));
    const filled = new Map(groups.map((group, at) => [group, counts[at] ?? 0]));
    for (const slot of program?.slots ?? []) {
      for (let at = filledByTemplate(slot, filled); at < slot.node.min; at++)
        items.push(this.#unconstrained(attribute, slot));
    }
    if (items.length === 0 && isNeverEmpty(owner, attribute)) {
      items.push(
        this.#unconstrained(
          attribute,
          program?.slots.find(({ node }) => node.max !== 0),
        ),
      );
    }
    return items.length === 0 ? undefined : items;
  }

  #occurrences(group: NodeGroup, count: number, { depth }: Position): readonly RmObject[] {
    const objects: RmObject[] = [];
    for (let turn = 0; turn < count; turn++) {
      const node = this.#choices.alternative(group.alternatives, turn) as TemplateNode;
      objects.push(this.#structure(node, { turn, depth: depth + (count > 1 ? 1 : 0) }));
    }
    return objects;
  }

  #single(
    owner: RmObject,
    attribute: RmAttribute,
    program: AttributeProgram | undefined,
    position: Position,
  ): RmValue | undefined {
    const isContext = owner._type === "COMPOSITION" && attribute.name === "context";
    const isNeeded = attribute.isMandatory || isDemanded(program) || (isContext && !isPersistent(owner));
    const group = this.#choices.alternative([...(program?.groups.values() ?? [])].flat(), position.turn);
    const node = this.#choices.alternative(group?.alternatives ?? [], position.turn);
    if (node === undefined) return isNeeded ? this.#unconstrained(attribute, program?.slots[0]) : undefined;
    if (isContext && !isNeeded && node.isRmAttribute) return undefined;
    const isShown = node.isRmAttribute ? this.#choices.includesExtra() : this.#choices.includes();
    return isNeeded || (isShown && holdsValue(node)) ? this.#structure(node, position) : undefined;
  }

  #unconstrained(attribute: RmAttribute, slot: SlotProgram | undefined): RmObject {
    this.#count();
    return unconstrainedStructure(attribute.type, slot, this.#values, this.#frame);
  }

  #valueAt(
    owner: RmObject,
    attribute: RmAttribute,
    program: AttributeProgram | undefined,
    { turn }: Position,
  ): RmValue | undefined {
    const alternatives = program?.groups.get("")?.[0]?.alternatives ?? [];
    const node = this.#choices.alternative(alternatives, turn);
    if (!this.#isShown(owner, attribute, program, node)) return undefined;
    const value = this.#values.value(
      node === undefined || node.isRmAttribute
        ? siteOf(owner._type, attribute, turn)
        : {
            owner: owner._type,
            attribute: attribute.name,
            rmType: node.rmType,
            node,
            turn: Math.floor(turn / alternatives.length),
          },
    );
    return attribute.isList ? [value] : value;
  }

  #isShown(
    owner: RmObject,
    { name, isMandatory }: RmAttribute,
    program: AttributeProgram | undefined,
    node: TemplateNode | undefined,
  ): boolean {
    if (owner._type === "ELEMENT") {
      if (name === "value") return true;
      if (name === "null_flavour" || name === "null_reason") return false;
    }
    // Earlier reference models demand the timing of an ACTIVITY.
    if (isMandatory || isDemanded(program) || name === "timing") return true;
    if (node !== undefined && !node.isRmAttribute) return this.#choices.includes();
    if (this.#choices.extent === "maximal") return SHOWN_ATTRIBUTES.includes(name);
    return EXTRA_ATTRIBUTES.includes(name) && this.#choices.includesExtra();
  }

  /** Random examples leave some values out and say why. */
  #giveNullFlavour(element: RmObject, node: TemplateNode): void {
    if (this.#choices.extent !== "random" || !this.#choices.random.chance(NULL_FLAVOUR_SHARE)) return;
    if (node.children.some(({ attribute, isRmAttribute }) => attribute === "null_flavour" && !isRmAttribute)) return;
    delete element.value;
    element.null_flavour = codedText("openehr", "271", "no information");
  }
}

/** Events whose class the template leaves open come last, as in all compositions that are built here (openehr-formats 12.3). */
function rank({ alternatives }: NodeGroup): number {
  return alternatives.some(({ rmType }) => rmType === "EVENT") ? 1 : 0;
}

/** Whether the template wants an attribute to be there. */
function isDemanded(program: AttributeProgram | undefined): boolean {
  if (program === undefined) return false;
  if (program.isConstrained && (program.existence?.min ?? 0) > 0) return true;
  if (program.slots.some(({ node }) => node.min > 0)) return true;
  return [...program.groups.values()].flat().some(({ occurrences }) => occurrences.min > 0);
}
