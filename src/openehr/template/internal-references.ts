import { Problem } from "../../errors/problem.js";
import { type AqlPath, type AqlSegment, parseAqlPath } from "../rm/aql-path.js";
import { XmlElement } from "../xml/xml-element.js";
import { TEMPLATE_REFERENCE_CIRCULAR, TEMPLATE_TOO_LARGE } from "./problems.js";

/** Real archetypes refer to objects without references of their own; each one more may nest as deep as the document does. */
const DEEPEST_CHAIN = 10;

/** The archetype a constraint object belongs to, and the references it stands below. */
export interface ArchetypeScope {
  /** The archetype root, at which paths of references begin. */
  readonly root: XmlElement | undefined;
  /** Targets of the references that led here, outermost first. */
  readonly targets: readonly XmlElement[];
}

/** The constraint object that stands in place of a reference. */
export interface ReferencedObject {
  readonly object: XmlElement;
  readonly scope: ArchetypeScope;
}

/** Resolves ARCHETYPE_INTERNAL_REF, by which an archetype uses one of its objects at a second place (AOM 1.4 `use_node`). */
export class InternalReferences {
  readonly #file: string | undefined;
  readonly #visit: (element: XmlElement) => void;

  /**
   * @param file named in positions
   * @param visit told each element that is searched, so that the caller can end what takes too long
   */
  constructor(file: string | undefined, visit: (element: XmlElement) => void) {
    this.#file = file;
    this.#visit = visit;
  }

  /**
   * The object that a reference stands for: its target with the occurrences of the reference, and with the node id of the
   * reference where that has a term. Undefined when nothing stands at the path, as where a template excludes the target.
   * @throws Problem `TEMPLATE_REFERENCE_CIRCULAR` when the reference leads into itself, `TEMPLATE_TOO_LARGE` when
   *   references lead to references beyond measure; both with line and column
   */
  resolve(
    reference: XmlElement,
    scope: ArchetypeScope,
    hasTerm: (nodeId: string) => boolean,
  ): ReferencedObject | undefined {
    const path = targetPath(reference);
    const target = path && scope.root && this.#objectAt(path, scope.root, []);
    if (target === undefined) return undefined;
    const place = { position: reference.position(this.#file) };
    if (target === reference || scope.targets.includes(target)) {
      const message = `The reference to ${reference.textAt("target_path") ?? ""} leads into itself.`;
      throw new Problem(TEMPLATE_REFERENCE_CIRCULAR, message, place);
    }
    if (scope.targets.length >= DEEPEST_CHAIN) {
      const message = `A reference of the template leads through more than ${DEEPEST_CHAIN} others.`;
      throw new Problem(TEMPLATE_TOO_LARGE, message, place);
    }
    const inside = { ...scope, targets: [...scope.targets, target] };
    if (!isInternalReference(target)) return { object: standIn(reference, target, hasTerm), scope: inside };
    const beyond = this.resolve(target, inside, hasTerm);
    return beyond && { ...beyond, object: standIn(reference, beyond.object, hasTerm) };
  }

  /** Walks a path down from an archetype root, through references where they stand on the way. */
  #objectAt(path: AqlPath, root: XmlElement, passed: readonly XmlElement[]): XmlElement | undefined {
    let reached = root;
    for (const segment of path) {
      if (isInternalReference(reached)) {
        const onward = targetPath(reached);
        if (onward === undefined || passed.includes(reached) || passed.length >= DEEPEST_CHAIN) return undefined;
        const target = this.#objectAt(onward, root, [...passed, reached]);
        if (target === undefined) return undefined;
        reached = target;
      }
      const next = this.#childAt(reached, segment);
      if (next === undefined) return undefined;
      reached = next;
    }
    return reached;
  }

  #childAt(object: XmlElement, { attribute, nodeId }: AqlSegment): XmlElement | undefined {
    this.#visit(object);
    for (const attributes of object.childrenNamed("attributes")) {
      if (attributes.textAt("rm_attribute_name") !== attribute) continue;
      this.#visit(attributes);
      for (const child of attributes.childrenNamed("children")) {
        if (nodeId === undefined || child.textAt("node_id") === nodeId) return child;
        if (child.textAt("archetype_id", "value") === nodeId) return child;
      }
    }
    return undefined;
  }
}

function isInternalReference({ type }: XmlElement): boolean {
  return type === "ARCHETYPE_INTERNAL_REF";
}

/** The path from the root of the archetype; undefined when it is none, or that of the root. */
function targetPath(reference: XmlElement): AqlPath | undefined {
  const written = reference.textAt("target_path") ?? "";
  try {
    const path = parseAqlPath(written.slice(Math.max(0, written.indexOf("/"))));
    return path.length === 0 ? undefined : path;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** The target as it stands in place of the reference. */
function standIn(reference: XmlElement, target: XmlElement, hasTerm: (nodeId: string) => boolean): XmlElement {
  const object = new XmlElement(target.name, target.type, undefined, reference.line, reference.column);
  const nodeId = reference.textAt("node_id");
  const replaced = new Map<string, XmlElement | undefined>([["occurrences", reference.child("occurrences")]]);
  if (nodeId !== undefined && hasTerm(nodeId)) replaced.set("node_id", reference.child("node_id"));
  for (const child of target.children) object.children.push(replaced.get(child.name) ?? child);
  return object;
}
