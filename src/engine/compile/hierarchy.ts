import type { SourcePosition } from "../../errors/source-position.js";
import { parseFhirPath } from "../../fhir/path/parse-fhir-path.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { Hierarchy, Located } from "../../fhirconnect/syntax/tree.js";
import { isSubclassOf, rmClass } from "../../openehr/rm/rm-classes.js";
import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";
import type { ElementGroups, FhirUnique, NodeGroups, OpenEhrAccessor, OpenEhrGroups } from "../plan.js";
import type { Semantics } from "../semantics.js";
import { isArchetype, isResource } from "./created-class.js";
import { checkElements } from "./element-check.js";
import type { FhirAccessors } from "./fhir-accessors.js";
import { beginsWith, readFhirPathText } from "./fhir-path-text.js";
import type { Findings } from "./findings.js";
import { reportIgnoredKeys } from "./ignored-hierarchy.js";
import type { OpenEhrAccessors } from "./openehr-accessors.js";
import { fullOpenEhrPath, type Place } from "./place.js";

/** What the hierarchy of a model compiles to; the steps of its groups are known when the methods are. */
export interface CompiledHierarchy {
  /** One resource for each occurrence of this node, and the occurrence that a resource takes (engine-behaviour 6.2, 7.3). */
  readonly split?: TemplateNode | undefined;
  readonly takes?: TemplateNode | undefined;
  readonly resources?: OpenEhrGroups | undefined;
  readonly elements?: Omit<ElementGroups, "furtherSteps"> | undefined;
  readonly nodes?: Omit<NodeGroups, "furtherSteps"> | undefined;
  /** Steps from the model's object to the element of a group, which paths that begin so are bound to. */
  readonly elementPath?: readonly string[] | undefined;
  /** Steps from the model's object to what is iterated. */
  readonly iteratedPath?: readonly string[] | undefined;
}

/** Compiles `preprocessor.hierarchy` (fhirconnect-language 7). Nothing is thrown; what has no effect is reported. */
export class Hierarchies {
  readonly #openEhr: OpenEhrAccessors;
  readonly #fhir: FhirAccessors;
  readonly #schema: FhirSchema;
  readonly #semantics: Semantics;
  readonly #findings: Findings;

  constructor(
    openEhr: OpenEhrAccessors,
    fhir: FhirAccessors,
    schema: FhirSchema,
    semantics: Semantics,
    findings: Findings,
  ) {
    this.#openEhr = openEhr;
    this.#fhir = fhir;
    this.#schema = schema;
    this.#semantics = semantics;
    this.#findings = findings;
  }

  /**
   * @param top where the model begins
   * @param root the node of its archetype, when it is a start model and the node can occur more than once
   */
  compile(top: Place, hierarchy: Hierarchy, root: TemplateNode | undefined): CompiledHierarchy {
    const place: Place = { ...top, rule: "preprocessor.hierarchy" };
    const { openehr } = hierarchy;
    if (openehr === undefined) return {};
    const end = this.#openEhr.hierarchyEnd(place, openehr.value, openehr.position);
    if (this.#semantics.hierarchies === "each-occurrence") {
      reportIgnoredKeys(place, hierarchy, this.#findings);
      return { split: end?.repeats, takes: end && lastRepeatable(end) };
    }
    if (end === undefined) return {};
    return { ...this.#toFhir(place, hierarchy, openehr, end, root), ...this.#toOpenEhr(place, hierarchy, end) };
  }

  #toFhir(
    place: Place,
    { fhir, splitFhir, splitOpenehr }: Hierarchy,
    openehr: Located<string>,
    end: OpenEhrAccessor,
    root: TemplateNode | undefined,
  ): Pick<CompiledHierarchy, "resources" | "elements" | "elementPath"> {
    const node = lastRepeatable(end);
    // A file that says only how a resource is cut leaves the composition whole.
    if (node === undefined || (splitFhir === undefined && splitOpenehr !== undefined)) return {};
    const unique = (splitFhir?.unique ?? []).flatMap((path) => this.#openEhrUnique(place, openehr, path));
    const outer = root !== undefined && root !== node && end.chain.includes(root) ? root : undefined;
    const groups: OpenEhrGroups = { node, archetype: outer, unique };
    if (isResource(splitFhir?.create?.value, place)) {
      const path = splitFhir?.path;
      if (path !== undefined && readFhirPathText(path.value).steps.length > 0) {
        const message =
          "`path` says where an element is created; a resource of its own stands nowhere. It has no effect.";
        this.#unusable(place, path.position, message, path.value);
      }
      return { resources: groups };
    }
    const where = splitFhir?.path ?? fhir;
    const { base, steps } = readFhirPathText(where?.value);
    const position = where?.position ?? splitFhir?.create?.position ?? openehr.position;
    const create =
      steps.length === 0 || typeof base === "number" ? undefined : this.#fhir.creator(place, steps, position);
    if (create !== undefined) return { elements: { ...groups, create }, elementPath: steps };
    const message = "An element needs a `path` that begins with `$resource.`; one resource is made for each group.";
    this.#unusable(place, position, message, where?.value);
    return { resources: groups };
  }

  #openEhrUnique(place: Place, iterated: Located<string>, path: Located<string>): readonly OpenEhrAccessor[] {
    const from = fullOpenEhrPath(place, iterated.value);
    const accessor = this.#openEhr.uniqueValue({ ...place, openEhr: from }, path);
    return accessor === undefined ? [] : [accessor];
  }

  #toOpenEhr(
    place: Place,
    hierarchy: Hierarchy,
    end: OpenEhrAccessor,
  ): Pick<CompiledHierarchy, "nodes" | "iteratedPath"> {
    const { splitOpenehr: split } = hierarchy;
    const node = this.#createdNode(place, hierarchy, end);
    if (split === undefined) this.#checkUnusedFhir(place, hierarchy);
    if (node === undefined) return {};
    const own = split === undefined ? undefined : hierarchy.fhir;
    const steps = own === undefined ? [] : this.#iteratedSteps(place, own);
    const members = memberNames(steps, this.#schema);
    const position = own?.position ?? hierarchy.position;
    const iterated = steps.length === 0 ? undefined : this.#fhir.reader(place, steps, position);
    const unique = (split?.unique ?? []).flatMap((path) => this.#fhirUnique(place, steps, path));
    const nodes = { node, iterated, members: members ?? [], unique };
    return { nodes, iteratedPath: iterated === undefined ? undefined : steps };
  }

  /** The node of which each group gets an occurrence. */
  #createdNode(place: Place, { splitOpenehr, position }: Hierarchy, end: OpenEhrAccessor): TemplateNode | undefined {
    const create = splitOpenehr?.create;
    const path =
      splitOpenehr?.path ?? (isArchetype(create?.value, place) ? { value: "$archetype", position } : undefined);
    const accessor = path === undefined ? end : this.#openEhr.hierarchyEnd(place, path.value, path.position);
    const node = accessor && lastRepeatable(accessor);
    if (accessor === undefined || create === undefined || isArchetype(create.value, place)) return node;
    const wanted = create.value.trim().replace(/^\$/, "").toUpperCase();
    const { rmType } = accessor.node;
    if (rmClass(wanted) !== undefined && (isSubclassOf(rmType, wanted) || isSubclassOf(wanted, rmType))) return node;
    const message = `\`create\` names another class than the node at the path has, which is created: ${rmType}.`;
    this.#unusable(place, create.position, message, create.value);
    return node;
  }

  #checkUnusedFhir(place: Place, { fhir }: Hierarchy): void {
    if (fhir === undefined || readFhirPathText(fhir.value).steps.length === 0) return;
    const message =
      "`with.fhir` has no effect without `split.openehr`: each object that the model maps takes one occurrence.";
    this.#unusable(place, fhir.position, message, fhir.value);
  }

  /** The steps of `with.fhir`; none, with a warning, when it is more than a way through elements. */
  #iteratedSteps(place: Place, path: Located<string>): readonly string[] {
    const { base, steps } = readFhirPathText(path.value);
    if (steps.length === 0) return steps;
    if (typeof base !== "number" && memberNames(steps, this.#schema) !== undefined) {
      const isThere = checkElements(place, place.fhirType, steps, path.position, this.#schema, this.#findings);
      return isThere ? steps : [];
    }
    const message = "`with.fhir` may only name elements of the model's object; the object is mapped as a whole.";
    this.#unusable(place, path.position, message, path.value);
    return [];
  }

  #fhirUnique(place: Place, iterated: readonly string[], path: Located<string>): readonly FhirUnique[] {
    const { base, steps } = readFhirPathText(path.value);
    const isAbsolute = base === "model" && !beginsWith(steps, iterated);
    const own = base === "model" && !isAbsolute ? steps.slice(iterated.length) : steps;
    const whole = isAbsolute ? own : [...iterated, ...own];
    const isThere =
      typeof base !== "number" &&
      checkElements(place, place.fhirType, whole, path.position, this.#schema, this.#findings);
    if (isThere) {
      const read = own.length === 0 ? undefined : this.#fhir.reader(place, own, path.position);
      return [{ from: isAbsolute ? "object" : "occurrence", read }];
    }
    const message = "This path of `unique` leads nowhere; it tells no groups apart.";
    this.#unusable(place, path.position, message, path.value);
    return [];
  }

  #unusable(place: Place, position: SourcePosition, message: string, path: string | undefined): void {
    this.#findings.report("warning", "MAPPING_HIERARCHY_UNUSABLE", message, place, position, path);
  }
}

/** The last node on a path that can repeat: what is iterated when the path ends at one that cannot. */
function lastRepeatable({ chain }: OpenEhrAccessor): TemplateNode | undefined {
  return chain.findLast(isRepeatable);
}

/** The element names that a path leads through; undefined when it does more than that. */
function memberNames(steps: readonly string[], schema: FhirSchema): readonly string[] | undefined {
  const parsed = parseFhirPath(steps.join("."), schema);
  // The FHIRPath engine does not promise to give the objects of the input themselves.
  if (parsed.kind === "general") return undefined;
  const names: string[] = [];
  for (const step of parsed.steps) {
    if (step.kind === "resolve") return undefined;
    if (step.kind === "child") names.push(step.name);
    if (step.kind === "extension") names.push("extension");
  }
  return names;
}
