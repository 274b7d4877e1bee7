import { isDeepStrictEqual } from "node:util";
import { attributesOf, isLocatable, type RmAttribute, withoutGeneric } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { isOfClass } from "../template/node-class.js";
import type { Template, TemplateNode } from "../template/template.js";
import { isRepeatable } from "../template/template.js";
import { CompositionDraft, type DraftNode } from "./composition-draft.js";
import { type SkeletonSource, skeletonsOf } from "./skeleton.js";
import { isStructure } from "./structures.js";

/** Attributes that the template alone determines; a draft does not carry them. */
const FROM_TEMPLATE = new Set(["archetype_node_id", "archetype_details"]);

/**
 * Spreads a composition over the nodes of its template: the inverse of `completeComposition` (openehr-formats 13). Names
 * are kept only where they differ from the template's.
 * @param onLeftOut told the path of each object for which the template has no node and that therefore is not in the
 *   draft: contents of open slots and of unknown archetypes; and the path of each name that has the text of the template's
 *   name, but codes or mappings of its own
 */
export function draftFromComposition(
  composition: RmObject,
  template: Template,
  onLeftOut: (path: string) => void = () => {},
): CompositionDraft {
  const draft = new CompositionDraft(template);
  new Spreading(template, onLeftOut).structure(composition, draft.root, "");
  return draft;
}

class Spreading {
  readonly #onLeftOut: (path: string) => void;
  readonly #skeletons: SkeletonSource;

  constructor(template: Template, onLeftOut: (path: string) => void) {
    this.#onLeftOut = onLeftOut;
    this.#skeletons = skeletonsOf(template);
  }

  structure(object: RmObject, occurrence: DraftNode, path: string): void {
    const { node } = occurrence;
    const own: RmObject = { _type: object._type };
    for (const attribute of attributesOf(object._type)) {
      const value = object[attribute.name];
      if (value === undefined || FROM_TEMPLATE.has(attribute.name)) continue;
      if (attribute.name === "name" && isTemplateName(value, node)) {
        if (isRmObject(value) && saysMore(value, this.#skeletons.of(node).name)) {
          this.#onLeftOut(`${path}/name`);
        }
        continue;
      }
      this.#attribute(attribute, value, occurrence, own, `${path}/${attribute.name}`);
    }
    const differs = object._type !== withoutGeneric(node.rmType) && object._type !== "POINT_EVENT";
    if (Object.keys(own).length > 1 || differs) occurrence.merge(own);
  }

  #attribute(attribute: RmAttribute, value: RmValue, occurrence: DraftNode, own: RmObject, path: string): void {
    const items = Array.isArray(value) ? value : [value];
    const used = new Map<TemplateNode, number>();
    const withoutNode: RmValue[] = [];
    for (const [position, item] of items.entries()) {
      const node = bestNode(occurrence.node.children, attribute.name, item);
      const itemPath = attribute.isList ? `${path}[${position}]` : path;
      const index = node === undefined ? 0 : (used.get(node) ?? 0);
      if (node !== undefined && !(index > 0 && !isRepeatable(node))) {
        used.set(node, index + 1);
        this.#item(item, occurrence.child(node, index), itemPath);
      } else if (isRmObject(item) && isLocatable(item._type)) this.#onLeftOut(itemPath);
      else withoutNode.push(item);
    }
    if (withoutNode.length > 0) own[attribute.name] = attribute.isList ? withoutNode : (withoutNode[0] as RmValue);
  }

  #item(item: RmValue, occurrence: DraftNode, path: string): void {
    if (Array.isArray(item)) return;
    if (isRmObject(item) && isStructure(occurrence.node)) this.structure(item, occurrence, path);
    else occurrence.merge(item);
  }
}

function isTemplateName(value: RmValue, node: TemplateNode): boolean {
  return isRmObject(value) && value.value === node.name;
}

/** Whether a name has anything besides its text that the name given by the template has not. */
function saysMore(name: RmObject, ofTemplate: RmObject | string | undefined): boolean {
  return Object.entries(name).some(([member, value]) => {
    if (member === "value" || value === undefined || (member === "_type" && value === "DV_TEXT")) return false;
    return !isRmObject(ofTemplate) || !isDeepStrictEqual(value, ofTemplate[member]);
  });
}

/**
 * The node an object stands on: same attribute, same node id, a class that fits and, where the path of the node has a
 * name predicate, its name (openehr-formats 13.1). Among several, the one with exactly its class, of ELEMENTs one that
 * takes the value, then the one with its name, then the first in template order.
 */
function bestNode(nodes: readonly TemplateNode[], attribute: string, item: RmValue): TemplateNode | undefined {
  const object = isRmObject(item) ? item : undefined;
  const candidates = nodes.filter(
    (node) => node.attribute === attribute && !node.isArchetypeSlot && (object === undefined || fits(node, object)),
  );
  if (object === undefined || candidates.length < 2) return candidates[0];
  const ofClass = candidates.filter(({ rmType }) => withoutGeneric(rmType) === object._type);
  const { value } = object;
  const ofValue = ofClass.filter((node) => isRmObject(value) && takesValue(node, value));
  const preferred = [ofValue, ofClass].find((nodes) => nodes.length > 0) ?? candidates;
  const name = nameOf(object);
  return preferred.find((node) => node.nodeId !== undefined && node.name === name) ?? preferred[0];
}

function takesValue({ children }: TemplateNode, value: RmObject): boolean {
  return children.some((child) => child.attribute === "value" && isOfClass(value, child));
}

function fits(node: TemplateNode, object: RmObject): boolean {
  if (isLocatable(object._type)) {
    const segment = node.path.at(-1);
    if (node.nodeId !== (nodeIdOf(object) ?? node.nodeId)) return false;
    if (segment?.name !== undefined && segment.name !== nameOf(object)) return false;
  }
  return isOfClass(object, node);
}

/** Some systems write the node id as it stands in paths: `[at0001]`. */
function nodeIdOf({ archetype_node_id: nodeId }: RmObject): RmValue | undefined {
  return typeof nodeId === "string" && nodeId.startsWith("[") && nodeId.endsWith("]") ? nodeId.slice(1, -1) : nodeId;
}

function nameOf(object: RmObject): RmValue | undefined {
  return isRmObject(object.name) ? object.name.value : undefined;
}
