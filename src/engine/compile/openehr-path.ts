import { type AqlSegment, formatAqlPath } from "../../openehr/rm/aql-path.js";
import { flatNames, resolveFlatPath } from "../../openehr/template/flat-names.js";
import { isRepeatable, type Template, type TemplateNode } from "../../openehr/template/template.js";
import { ancestorChain, nodeIdentifier } from "../../openehr/template/template-paths.js";
import type { CodedTextPart, OpenEhrAccessor } from "../plan.js";
import { type RmMember, rmMembers } from "../rm-members.js";
import type { Semantics } from "../semantics.js";
import { unknownAttribute } from "./unknown-attribute.js";

/**
 * Resolves the openEHR paths of mapping files against a template (engine-behaviour 5.3): from the archetype or the
 * composition downwards, structural nodes written out or left out, name predicates compared with the template's names.
 * A segment that the template lacks ends the path; what was found so far is what the path then means.
 */
export class OpenEhrPaths {
  readonly #template: Template;
  readonly #semantics: Semantics;
  /** Nodes below a start by attribute, and by attribute and node id: a large template has thousands. */
  readonly #below = new Map<TemplateNode, ReadonlyMap<string, readonly TemplateNode[]>>();
  readonly #resolved = new Map<string, OpenEhrAccessor | undefined>();
  /** By path, attributes at its end that the reference model does not have. */
  readonly #unknown = new Map<string, string>();

  constructor(template: Template, semantics: Semantics) {
    this.#template = template;
    this.#semantics = semantics;
  }

  /**
   * @param path full path text: `$composition/…`, or beginning with an archetype id that stands directly in the composition
   * @returns undefined when the template does not have the start of the path
   */
  resolve(path: string): OpenEhrAccessor | undefined {
    if (!this.#resolved.has(path)) this.#resolved.set(path, this.#walk(path));
    return this.#resolved.get(path);
  }

  /** The end of a resolved path that no template can have. */
  unknownEnd(path: string): string | undefined {
    return this.#unknown.get(path);
  }

  #walk(path: string): OpenEhrAccessor | undefined {
    const [first, ...segments] = splitPath(path);
    if (first === undefined) return undefined;
    const start = first === "$composition" ? this.#template.root : this.#contentItem(first);
    if (start === undefined) return undefined;
    let found = start;
    let leapt = false;
    const names =
      start === this.#template.root
        ? [nodeIdentifier(start)]
        : [nodeIdentifier(this.#template.root), nodeIdentifier(start)];
    for (const [at, text] of segments.entries()) {
      const next = this.#next(start, found, parseSegment(text));
      if (next?.isArchetypeSlot === true) return this.#accessor(path, found, segments.slice(at), true);
      const leaps = next !== undefined && !isReachedFrom(next, found);
      // Members of a coded text are not nodes of every template; those of another one are never meant.
      if (next === undefined || ((leaps || leapt) && partTails.has(segments.slice(at).join("/"))))
        return this.#end(path, found, segments.slice(at), leapt ? names : undefined);
      if (leaps) leapt = true;
      found = next;
      if (isNamedInPath(found)) names.push(nodeIdentifier(found));
    }
    return this.#end(path, found, [], leapt ? names : undefined);
  }

  /**
   * A path that has leapt, to a node elsewhere in the template or over one that it should have named, means the node that has
   * the visible names it passed, if there is one: mapping files copied between archetypes rely on it (engine-behaviour 12.1, Q7).
   */
  #end(
    path: string,
    found: TemplateNode,
    missing: readonly string[],
    names: readonly string[] | undefined,
  ): OpenEhrAccessor {
    if (names === undefined) return this.#accessor(path, found, missing, false);
    const target = resolveFlatPath(flatNames(this.#template), names)?.targets[0];
    if (target === undefined) return this.#accessor(path, found, missing, true);
    return this.#accessor(path, target.element ?? target.node, missing, false);
  }

  #accessor(text: string, found: TemplateNode, missing: readonly string[], unreachable: boolean): OpenEhrAccessor {
    const accessor = accessorFor(text, found, missing, unreachable, flatNames(this.#template).steps);
    if (accessor.complete || unreachable) return accessor;
    const unknown = unknownAttribute(found, missing);
    if (unknown !== undefined) this.#unknown.set(text, unknown);
    if (this.#semantics.rmAttributes === "cut")
      return found.rmType === "ELEMENT" ? { ...accessor, asText: true } : accessor;
    return withinValue(accessor, found, missing) ?? accessor;
  }

  /** The direct child of the composition that an archetype id names. */
  #contentItem(archetypeId: string): TemplateNode | undefined {
    return this.#template.root.children.find((child) => child.nodeId === archetypeId && !child.isArchetypeSlot);
  }

  /**
   * Of the nodes a segment may mean, the one below the last node found whose path is the shortest text, else the first one
   * anywhere below the start (engine-behaviour 5.3).
   */
  #next(start: TemplateNode, found: TemplateNode, segment: AqlSegment): TemplateNode | undefined {
    const { attribute, nodeId, name } = segment;
    const called = this.#descendants(start).get(indexKey(attribute, nodeId)) ?? [];
    const candidates = name === undefined ? called : called.filter((node) => node.name === name);
    const below = candidates.filter((node) => isBelow(node, found));
    if (below.length > 0)
      return below.reduce((shortest, node) => (pathLength(node) < pathLength(shortest) ? node : shortest));
    // What the reference model adds stands on every node and is meant below the last one found.
    return candidates.length === 1 ? candidates[0] : candidates.find((node) => !node.isRmAttribute);
  }

  #descendants(start: TemplateNode): ReadonlyMap<string, readonly TemplateNode[]> {
    let index = this.#below.get(start);
    if (index === undefined) {
      index = indexBelow(start);
      this.#below.set(start, index);
    }
    return index;
  }
}

function pathLength(node: TemplateNode): number {
  return formatAqlPath(node.path).length;
}

function indexBelow(start: TemplateNode): ReadonlyMap<string, readonly TemplateNode[]> {
  const index = new Map<string, TemplateNode[]>();
  const add = (key: string, node: TemplateNode): void => {
    const same = index.get(key);
    if (same === undefined) index.set(key, [node]);
    else same.push(node);
  };
  const visit = (above: TemplateNode): void => {
    for (const node of above.children) {
      // Open slots are called by their id, and what stands in them has another one: no path that ends there finds anything.
      if (!node.isArchetypeSlot) add(indexKey(node.attribute, undefined), node);
      if (node.nodeId !== undefined) add(indexKey(node.attribute, node.nodeId), node);
      visit(node);
    }
  };
  visit(start);
  return index;
}

function indexKey(attribute: string, nodeId: string | undefined): string {
  return nodeId === undefined ? attribute : `${attribute}[${nodeId}]`;
}

/** Splits at `/` outside of brackets; leading, doubled and trailing slashes mean nothing. */
export function splitPath(path: string): readonly string[] {
  const segments: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= path.length; at++) {
    const character = path[at];
    if (character === "[") depth++;
    else if (character === "]") depth--;
    else if (at === path.length || (character === "/" && depth <= 0)) {
      const segment = path.slice(from, at).trim();
      if (segment !== "") segments.push(segment);
      from = at + 1;
    }
  }
  return segments;
}

/**
 * One segment: attribute, node id, name. The forms `[at0001 and name/value='x']` and `[at0001, 'x']` are the same; a leading
 * underscore of FLAT spelling (`_end_time`) is dropped.
 */
function parseSegment(text: string): AqlSegment {
  const open = text.indexOf("[");
  const attribute = (open < 0 ? text : text.slice(0, open)).replace(/^_/, "");
  if (open < 0) return { attribute };
  const predicate = text.slice(open + 1, text.endsWith("]") ? -1 : undefined);
  const name = /^(.*?)\s*(?:,|\sand\s+name\/value\s*=)\s*'(.*)'\s*$/su.exec(predicate);
  if (name === null) return { attribute, nodeId: predicate.trim() };
  return { attribute, nodeId: (name[1] as string).trim(), name: name[2] as string };
}

const unnamedTypes: ReadonlySet<string> = new Set(["HISTORY", "EVENT", "ITEM_TREE", "POINT_EVENT", "POINT_INTERVAL"]);

function isNamedInPath(node: TemplateNode): boolean {
  return isRepeatable(node) || !unnamedTypes.has(node.rmType);
}

/** Whether a node stands below another one with nothing between them that a path has to name. */
function isReachedFrom(node: TemplateNode, ancestor: TemplateNode): boolean {
  let above = node.parent;
  while (above !== undefined && above !== ancestor) {
    if (isNamedInPath(above) && !above.rmType.startsWith("DV_")) return false;
    above = above.parent;
  }
  return above === ancestor;
}

function isBelow(node: TemplateNode, ancestor: TemplateNode): boolean {
  for (let above = node.parent; above !== undefined; above = above.parent) if (above === ancestor) return true;
  return false;
}

const partTails: ReadonlyMap<string, CodedTextPart> = new Map([
  ["defining_code", "code"],
  ["defining_code/code_string", "code"],
  ["code_string", "code"],
  ["defining_code/terminology_id", "terminology"],
  ["defining_code/terminology_id/value", "terminology"],
  ["terminology_id", "terminology"],
  ["terminology_id/value", "terminology"],
  ["value", "value"],
]);

const structuralTypes: ReadonlySet<string> = new Set(["ELEMENT", "CLUSTER"]);

function accessorFor(
  text: string,
  found: TemplateNode,
  missing: readonly string[],
  unreachable: boolean,
  visible: ReadonlyMap<TemplateNode, unknown>,
): OpenEhrAccessor {
  const { owner, part, complete } = codedTextPart(found, missing);
  const values = valueNodes(owner);
  const targets = new Map<string, TemplateNode>();
  if (part === undefined && !complete) targets.set(owner.rmType, owner);
  else for (const node of values) if (!targets.has(node.rmType)) targets.set(node.rmType, node);
  const chain = ancestorChain(owner);
  return {
    text,
    node: owner,
    chain,
    repeats: repeatingNode(chain, visible),
    isIndexed: chain.some(isRepeatable),
    rmTypes: [...targets.keys()],
    takesEvents: [...targets.keys()].some((type) => type.endsWith("EVENT")),
    members: [],
    targets,
    part,
    asText: splitPath(text).some((segment) => segment.startsWith("_")),
    isReference: false,
    unreachable,
    complete,
  };
}

/** A path that goes on into attributes of the reference model below a value (fhirconnect-language 5.1). */
function withinValue(
  accessor: OpenEhrAccessor,
  found: TemplateNode,
  missing: readonly string[],
): OpenEhrAccessor | undefined {
  for (const holder of [found, ...valueNodes(found)]) {
    const members = rmMembers(holder.rmType, missing);
    if (members !== undefined) return goingInto({ ...accessor, node: holder, chain: ancestorChain(holder) }, members);
  }
  return undefined;
}

/** The accessor of what stands at the end of members below the values of another one. */
export function goingInto(accessor: OpenEhrAccessor, members: readonly RmMember[]): OpenEhrAccessor {
  const type = members.at(-1)?.type;
  if (type === undefined) return accessor;
  const targets = new Map([[type, accessor.node]]);
  return { ...accessor, members, rmTypes: [type], takesEvents: false, targets, part: undefined, complete: true };
}

function repeatingNode(
  chain: readonly TemplateNode[],
  visible: ReadonlyMap<TemplateNode, unknown>,
): TemplateNode | undefined {
  for (let at = chain.length - 1; at >= 0; at--) {
    const node = chain[at] as TemplateNode;
    if (isRepeatable(node)) return node;
    if (visible.has(node)) return undefined;
  }
  return undefined;
}

/** Where a path goes on into a coded text: the node that holds the coded text, and the member meant. */
function codedTextPart(
  found: TemplateNode,
  missing: readonly string[],
): { owner: TemplateNode; part: CodedTextPart | undefined; complete: boolean } {
  if (found.rmType === "CODE_PHRASE" && found.attribute === "defining_code" && found.parent !== undefined) {
    const part = missing.length === 0 ? "code" : partTails.get(missing.join("/"));
    if (part !== undefined) return { owner: elementOf(found.parent), part, complete: true };
  }
  if (missing.length === 0) return { owner: found, part: undefined, complete: true };
  const part = partTails.get(missing.join("/"));
  if (part !== undefined && isCodedTextTail(found, missing)) return { owner: found, part, complete: true };
  return { owner: found, part: undefined, complete: false };
}

function isCodedTextTail(found: TemplateNode, tail: readonly string[]): boolean {
  if (!partTails.has(tail.join("/"))) return false;
  return valueNodes(found).some((node) => node.rmType === "DV_CODED_TEXT" || node.rmType === "CODE_PHRASE");
}

function elementOf(node: TemplateNode): TemplateNode {
  return node.parent?.rmType === "ELEMENT" && node.attribute === "value" ? node.parent : node;
}

/** The nodes that take values at a place: the place itself unless it is structure, then its value alternatives. */
function valueNodes(node: TemplateNode): readonly TemplateNode[] {
  const own = structuralTypes.has(node.rmType) && node.children.length > 0 ? [] : [node];
  const values = node.rmType === "ELEMENT" ? node.children.filter((child) => child.attribute === "value") : [];
  return [...own, ...values];
}
