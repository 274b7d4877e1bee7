import { formatAqlPath } from "../rm/aql-path.js";
import { attribute as rmAttribute, withoutGeneric } from "../rm/rm-classes.js";
import type { TemplateNode } from "../template/template.js";
import { type PrimitiveCheck, primitiveChecks } from "./primitive-constraint.js";
import { type SlotProgram, slotProgram } from "./slot-program.js";
import { valueConstraint } from "./value-constraint.js";
import type { ValueCheck } from "./value-finding.js";

/** How often something may be there; -1 stands for unbounded. */
export interface Occurrences {
  readonly min: number;
  readonly max: number;
}

/** What a template demands of the objects on one of its nodes, compiled once. */
export interface NodeProgram {
  readonly node: TemplateNode;
  /** The `aqlPath` of the node. */
  readonly path: string;
  /** For data values with constraints. */
  readonly check: ValueCheck | undefined;
  readonly primitives: readonly PrimitiveCheck[];
  /** What may stand below, by attribute. */
  readonly attributes: ReadonlyMap<string, AttributeProgram>;
  /** Those of the attributes that a data value is not checked for as a whole; none where that is all. */
  readonly parts: readonly AttributeProgram[];
}

/** What a template demands of one attribute of a node. */
export interface AttributeProgram {
  readonly attribute: string;
  /** What may stand there, by node id; values without node id under the empty text. */
  readonly groups: ReadonlyMap<string, readonly NodeGroup[]>;
  /** Open slots: what stands in them is not looked into. */
  readonly slots: readonly SlotProgram[];
  /** False when the nodes come from the reference model alone, so that any class it allows is welcome. */
  readonly isConstrained: boolean;
  readonly existence: Occurrences | undefined;
  /** On multiple attributes only. */
  readonly cardinality: Occurrences | undefined;
  /** Whether members must stand in the order of the template. */
  /** Whether no two members may be alike. */
  readonly isUnique: boolean;
}

/** The nodes at one path: one, or alternatives of which any may be chosen. */
export interface NodeGroup {
  /** Name predicate of the path. */
  readonly name: string | undefined;
  readonly occurrences: Occurrences;
  readonly alternatives: readonly TemplateNode[];
}

const programs = new WeakMap<TemplateNode, NodeProgram>();

/**
 * The program of a template node, compiled when a composition first has an object there and kept as long as the template.
 */
export function programOf(node: TemplateNode): NodeProgram {
  let program = programs.get(node);
  if (program === undefined) {
    const attributes = attributePrograms(node);
    program = {
      node,
      path: formatAqlPath(node.path),
      check: valueConstraint(node),
      primitives: primitiveChecks(node),
      attributes,
      parts: [...attributes.values()].filter((attribute) => isPart(node, attribute)),
    };
    programs.set(node, program);
  }
  return program;
}

/** Attributes that are part of what a data value says as a whole. */
const CHECKED_WITH_VALUE = new Set(["DV_CODED_TEXT.defining_code", "DV_STATE.value"]);

function isPart(node: TemplateNode, { attribute, groups, existence }: AttributeProgram): boolean {
  const described = rmAttribute(classOf(node), attribute);
  if (described === undefined || CHECKED_WITH_VALUE.has(`${node.rmType}.${attribute}`)) return false;
  // What the reference model demands is known to be there.
  return groups.size > 0 || (!described.isMandatory && (existence?.min ?? 0) > 0);
}

function attributePrograms(node: TemplateNode): ReadonlyMap<string, AttributeProgram> {
  const byAttribute = new Map<string, TemplateNode[]>();
  for (const { attribute } of node.attributeConstraints ?? []) byAttribute.set(attribute, []);
  for (const child of node.children) {
    const siblings = byAttribute.get(child.attribute);
    if (siblings === undefined) byAttribute.set(child.attribute, [child]);
    else siblings.push(child);
  }
  return new Map([...byAttribute].map(([name, children]) => [name, attributeProgram(node, name, children)]));
}

function attributeProgram(node: TemplateNode, attribute: string, children: readonly TemplateNode[]): AttributeProgram {
  const constraint = node.attributeConstraints?.find((each) => each.attribute === attribute);
  const nodes = withOneTransition(children.filter(({ isArchetypeSlot }) => !isArchetypeSlot));
  const byPath = groupedByPath(nodes);
  // Of several nodes for a single attribute any may be left out for another.
  const isOptional = constraint?.isMultiple === false && (constraint.existence.min <= 0 || byPath.length > 1);
  const slots = children.filter(({ isArchetypeSlot }) => isArchetypeSlot);
  const groups = new Map<string, NodeGroup[]>();
  for (const alternatives of byPath) {
    const [first] = alternatives;
    if (first === undefined) continue;
    const nodeId = first.nodeId ?? "";
    const group: NodeGroup = {
      name: first.path.at(-1)?.name,
      occurrences: occurrencesOf(alternatives, constraint?.isMultiple === true, isOptional),
      alternatives,
    };
    const sharing = groups.get(nodeId);
    if (sharing === undefined) groups.set(nodeId, [group]);
    else sharing.push(group);
  }
  return {
    attribute,
    groups,
    slots: slots.map(slotProgram),
    isConstrained: nodes.some(isConstraining) && (constraint !== undefined || attribute === "name"),
    existence: constraint?.existence,
    cardinality: constraint?.cardinality && satisfiable(constraint.cardinality, [...groups.values()].flat(), slots),
    isUnique: constraint?.isUnique === true,
  };
}

/** Nodes of the reference model constrain nothing, nor do those that stand for any value of an ELEMENT (openehr-formats 4.4, 9). */
function isConstraining({ attribute, isRmAttribute, inContext }: TemplateNode): boolean {
  return !isRmAttribute && !(attribute === "value" && inContext);
}

/** The transitions of the careflow steps stand for themselves in the one that joins them (openehr-formats 4.5). */
function withOneTransition(nodes: readonly TemplateNode[]): readonly TemplateNode[] {
  const [first] = nodes;
  return first?.rmType === "ISM_TRANSITION" ? [first] : nodes;
}

function groupedByPath(nodes: readonly TemplateNode[]): readonly (readonly TemplateNode[])[] {
  const groups = new Map<string, TemplateNode[]>();
  for (const node of nodes) {
    const key = JSON.stringify([node.nodeId ?? null, node.path.at(-1)?.name ?? null]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}

/**
 * How often objects may stand at a path (openehr-formats 19.4). Of alternatives for one value any may be left out for
 * another; in lists they may stand side by side.
 */
function occurrencesOf(alternatives: readonly TemplateNode[], isMultiple: boolean, isOptional: boolean): Occurrences {
  const minima = alternatives.map(({ min }) => Math.max(0, min));
  const maxima = alternatives.map(({ max }) => max);
  const isUnbounded = maxima.includes(-1);
  if (isMultiple) {
    return { min: Math.max(...minima), max: isUnbounded ? -1 : maxima.reduce((sum, max) => sum + max, 0) };
  }
  return { min: isOptional ? 0 : Math.min(...minima), max: isUnbounded ? -1 : Math.max(...maxima) };
}

/** A list may be as long as the nodes in it have to occur together, even where the template contradicts itself. */
function satisfiable(
  { min, max }: Occurrences,
  groups: readonly NodeGroup[],
  slots: readonly TemplateNode[],
): Occurrences {
  const least =
    groups.reduce((sum, { occurrences }) => sum + occurrences.min, 0) +
    slots.reduce((sum, slot) => sum + Math.max(0, slot.min), 0);
  return { min, max: max < 0 ? max : Math.max(max, least) };
}

/** `0..1`, `3..*` */
export function occurrencesText({ min, max }: Occurrences): string {
  return `${Math.max(0, min)}..${max < 0 ? "*" : max}`;
}

/** Whether a number of occurrences is allowed. */
export function isAllowed(count: number, { min, max }: Occurrences): boolean {
  return count >= min && (max < 0 || count <= max);
}

/** The class of a node without generic parameter. */
export function classOf(node: TemplateNode): string {
  return withoutGeneric(node.rmType);
}
