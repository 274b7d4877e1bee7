import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";

/** A template node that a Plan looks at on the way to FHIR, with what finding its occurrences takes. */
export class ScopeNode {
  readonly templateNode: TemplateNode;
  readonly parent: ScopeNode | undefined;
  readonly children: ScopeNode[] = [];
  readonly attribute: string;
  readonly nodeId: string | undefined;
  /** The name that tells it apart from siblings with the same node id; undefined where none is asked for. */
  readonly name: string | undefined;
  readonly isRepeatable: boolean;
  #number = -1;
  #end = -1;

  constructor(templateNode: TemplateNode, parent: ScopeNode | undefined) {
    this.templateNode = templateNode;
    this.parent = parent;
    this.attribute = templateNode.attribute;
    this.nodeId = templateNode.nodeId;
    this.name = templateNode.path[templateNode.path.length - 1]?.name;
    this.isRepeatable = isRepeatable(templateNode);
    parent?.children.push(this);
  }

  /** Position among the nodes of the Plan; those below a node follow it. */
  get number(): number {
    return this.#number;
  }

  /** Position behind the last node below it. */
  get end(): number {
    return this.#end;
  }

  /** Numbers the node and those below it. Returns the position behind them. */
  numberFrom(first: number): number {
    this.#number = first;
    this.children.sort((one, other) => one.templateNode.ordinal - other.templateNode.ordinal);
    this.#end = this.children.reduce((next, child) => child.numberFrom(next), first + 1);
    return this.#end;
  }
}

/** The nodes of one Plan: those that its paths end at, and all above them. */
export class ScopeNodes {
  readonly #nodes = new Map<TemplateNode, ScopeNode>();
  readonly root: ScopeNode;

  constructor(root: TemplateNode) {
    this.root = this.of(root);
  }

  of(node: TemplateNode): ScopeNode {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const made = new ScopeNode(node, node.parent && this.of(node.parent));
    this.#nodes.set(node, made);
    return made;
  }

  /** A node with all below it that have a node id, which programmed mappings find their places by. */
  withNodesBelow(node: TemplateNode): ScopeNode {
    for (const child of node.children) if (child.nodeId !== undefined) this.withNodesBelow(child);
    return this.of(node);
  }

  /** To be called when all nodes are known. */
  number(): void {
    this.root.numberFrom(0);
  }
}
