import type { AqlPath, AqlSegment } from "../rm/aql-path.js";
import { asMemberName } from "../rm/member-name.js";
import type { SlotAssertions } from "./slot-assertions.js";
import type { TemplateAttributeConstraint, TemplateInput, TemplateListEntry, TemplateNode } from "./template.js";

const NO_TEXTS: ReadonlyMap<string, string> = new Map();

/** A node while its template is being read; {@link finishNode} turns it into the immutable {@link TemplateNode}. */
export class NodeInProgress {
  baseId: string;
  idNumber: number | undefined;
  name: string;
  rmType: string;
  attribute: string;
  nodeId: string | undefined;
  /** Name predicate of the last path segment. */
  nameInPath: string | undefined;
  isArchetypeRoot = false;
  isArchetypeSlot = false;
  slotAssertions: SlotAssertions | undefined;
  isRmAttribute = false;
  min = 0;
  max = 1;
  children: NodeInProgress[] = [];
  inputs: TemplateInput[] = [];
  readonly primitives = new Map<string, TemplateInput[]>();
  proportionTypes: readonly string[] | undefined;
  localizedNames = NO_TEXTS;
  localizedDescriptions = NO_TEXTS;
  inContext = false;
  annotations: ReadonlyMap<string, string> | undefined;
  attributeConstraints: TemplateAttributeConstraint[] = [];
  /** One of several values at the same path. */
  isChoice = false;

  constructor(baseId: string, name: string, rmType: string, attribute: string) {
    this.baseId = baseId;
    this.name = name;
    this.rmType = rmType;
    this.attribute = attribute;
  }

  /** The last segment of the node's path. */
  get segment(): AqlSegment {
    const { attribute, nodeId, nameInPath } = this;
    return {
      attribute,
      ...(nodeId === undefined ? {} : { nodeId }),
      ...(nameInPath === undefined ? {} : { name: nameInPath }),
    };
  }

  /** The input without suffix or with the suffix `code`, which holds the code or text list of a coded text or text. */
  get codeInput(): TemplateInput | undefined {
    return this.inputs.find(({ suffix }) => suffix === undefined || suffix === "code");
  }

  /** Adds what the template demands of a primitive attribute, beside what it has said of it before. */
  addPrimitive(attribute: string, constraint: TemplateInput): void {
    const alternatives = this.primitives.get(attribute);
    if (alternatives === undefined) this.primitives.set(attribute, [constraint]);
    else alternatives.push(constraint);
  }

  /** Reduces the list of the {@link codeInput} to one entry, here and on a nested CODE_PHRASE. */
  keepOnlyEntry(entry: TemplateListEntry): void {
    this.inputs = this.inputs.map((input) => (input === this.codeInput ? { ...input, list: [entry] } : input));
    if (this.rmType === "DV_TEXT" && this.primitives.has("value"))
      this.primitives.set("value", [{ type: "TEXT", list: [entry] }]);
    for (const child of this.children) if (child.rmType === "CODE_PHRASE") child.keepOnlyEntry(entry);
  }
}

/** Freezes plain data in depth; maps stay as they are and are handed out as read-only. */
function freezeAll<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null || data instanceof Map || Object.isFrozen(data)) return data;
  for (const member of Object.values(data)) freezeAll(member);
  return Object.freeze(data);
}

/**
 * Turns a finished tree into immutable template nodes: gives them parents, full paths and their position in the
 * template.
 */
export function finishNode(root: NodeInProgress): TemplateNode {
  let ordinal = 0;
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    let name = names.get(text);
    if (name === undefined) {
      name = asMemberName(text);
      names.set(text, name);
    }
    return name;
  };
  const finish = (node: NodeInProgress, parent: TemplateNode | undefined): TemplateNode => {
    const path: AqlPath = parent === undefined ? [] : [...parent.path, Object.freeze(node.segment)];
    const children: TemplateNode[] = [];
    for (const alternatives of node.primitives.values()) freezeAll(alternatives);
    // All members on every node, so that nodes have one layout: every run meets thousands of them.
    const finished: TemplateNode = {
      ordinal: ordinal++,
      parent,
      children,
      baseId: node.baseId,
      idNumber: node.idNumber,
      name: node.name,
      rmType: nameOf(node.rmType),
      attribute: nameOf(node.attribute),
      nodeId: node.nodeId === undefined ? undefined : nameOf(node.nodeId),
      isArchetypeRoot: node.isArchetypeRoot,
      isArchetypeSlot: node.isArchetypeSlot,
      slotAssertions: freezeAll(node.slotAssertions),
      isRmAttribute: node.isRmAttribute,
      min: node.min,
      max: node.max,
      path: Object.freeze(path),
      inputs: freezeAll(node.inputs),
      primitives: node.primitives.size > 0 ? node.primitives : undefined,
      proportionTypes: freezeAll(node.proportionTypes),
      localizedNames: node.localizedNames,
      localizedDescriptions: node.localizedDescriptions,
      inContext: node.inContext,
      annotations: node.annotations !== undefined && node.annotations.size > 0 ? node.annotations : undefined,
      attributeConstraints: node.attributeConstraints.length > 0 ? freezeAll(node.attributeConstraints) : undefined,
    };
    for (const child of node.children) children.push(finish(child, finished));
    Object.freeze(children);
    return Object.freeze(finished);
  };
  return finish(root, undefined);
}
