import { Problem, type ProblemPlace } from "../../errors/problem.js";
import { formatAqlSegment } from "../rm/aql-path.js";
import { isLocatable } from "../rm/rm-classes.js";
import type { XmlElement } from "../xml/xml-element.js";
import type { ArchetypeTerm, ArchetypeTerms, TemplateTerms } from "./archetype-terms.js";
import { readCardinality, readMultiplicity } from "./constraint-interval.js";
import { codePhraseInputs, ordinalInputs, quantityInputs, stateInputs } from "./domain-inputs.js";
import { completeElement, markChoices } from "./element-values.js";
import { markInContext } from "./in-context.js";
import { type ArchetypeScope, InternalReferences } from "./internal-references.js";
import { joinIsmTransitions } from "./ism-transition.js";
import { NodeInProgress } from "./node-in-progress.js";
import { buildNodeId, numberSiblings } from "./node-naming.js";
import type { PathTable } from "./path-tables.js";
import { primitiveConstraint, primitiveInput } from "./primitive-inputs.js";
import { TEMPLATE_INCOMPLETE, TEMPLATE_TERM_MISSING, TEMPLATE_TOO_LARGE } from "./problems.js";
import { hasAttributeNodes, rmAttributeNodes } from "./rm-attribute-nodes.js";
import { readSlotAssertions } from "./slot-assertions.js";
import type { TemplateInput, TemplateListEntry } from "./template.js";
import { proportionTypes, typeInputs } from "./type-inputs.js";

const ONCE = { min: 1, max: 1 };
/** Bounds on what names constrained to lists, which multiply nodes, can make of a small document. */
const MOST_CONSTRAINT_NODES = 30_000;
const MOST_ELEMENTS_VISITED = 2_000_000;

/** What holds for the whole template while its tree is built. */
export interface TemplateContext {
  readonly file: string | undefined;
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  readonly terms: TemplateTerms;
  readonly annotations: PathTable<ReadonlyMap<string, string>>;
  readonly defaultValues: PathTable<string>;
}

/** Where a constraint object stands. */
interface Site {
  readonly attribute: string;
  /** Attribute under which the enclosing object stands. */
  readonly outerAttribute: string;
  /** Path of the enclosing object in full form. */
  readonly path: string;
  /** The same without name predicates. */
  readonly pathWithoutNames: string;
  readonly terms: ArchetypeTerms;
  readonly archetype: ArchetypeScope;
}

/** A node together with what its descendants need to know. */
interface Placed {
  readonly node: NodeInProgress;
  readonly inside: Omit<Site, "attribute">;
}

/**
 * Builds the raw template tree from the `definition` of an operational template (openehr-formats 4.2 to 4.9). References
 * inside an archetype become what they refer to.
 * @throws Problem `TEMPLATE_INCOMPLETE`, `TEMPLATE_TERM_MISSING`, `TEMPLATE_NAME_UNUSABLE`, `TEMPLATE_REFERENCE_CIRCULAR`,
 *   `TEMPLATE_TOO_LARGE`
 */
export function buildConstraintTree(definition: XmlElement, context: TemplateContext): NodeInProgress {
  return new ConstraintTree(context).root(definition);
}

class ConstraintTree {
  readonly #context: TemplateContext;
  readonly #references: InternalReferences;
  #nodes = 0;
  #visited = 0;

  constructor(context: TemplateContext) {
    this.#context = context;
    this.#references = new InternalReferences(context.file, (element) => this.#visit(element));
  }

  root(definition: XmlElement): NodeInProgress {
    const nowhere: ArchetypeTerms = { archetypeId: "", term: () => undefined };
    const archetype = { root: undefined, targets: [] };
    const site: Site = { attribute: "", outerAttribute: "", path: "", pathWithoutNames: "", terms: nowhere, archetype };
    const [root] = this.#complexObjects(definition, site);
    if (root === undefined) throw this.#incomplete(definition, "The template has an empty definition.");
    numberSiblings([root]);
    return root;
  }

  #objects(object: XmlElement, site: Site): readonly NodeInProgress[] {
    this.#visit(object);
    switch (object.type) {
      case "C_ARCHETYPE_ROOT":
      case "C_COMPLEX_OBJECT":
        return this.#complexObjects(object, site);
      case "ARCHETYPE_SLOT": {
        const { node } = this.#place(object, site, undefined);
        node.isArchetypeSlot = true;
        node.slotAssertions = readSlotAssertions(object);
        return [node];
      }
      case "C_DV_QUANTITY":
      case "C_DV_ORDINAL":
      case "C_DV_SCALE":
      case "C_DV_STATE":
      case "C_CODE_PHRASE":
      case "C_CODE_REFERENCE":
        return [this.#domainObject(object, object.type, site)];
      case "ARCHETYPE_INTERNAL_REF": {
        const { terms, archetype } = site;
        const found = this.#references.resolve(object, archetype, (nodeId) => terms.term(nodeId) !== undefined);
        return found === undefined ? [] : this.#objects(found.object, { ...site, archetype: found.scope });
      }
      default:
        return [];
    }
  }

  #domainObject(
    object: XmlElement,
    kind: "C_DV_QUANTITY" | "C_DV_ORDINAL" | "C_DV_SCALE" | "C_DV_STATE" | "C_CODE_PHRASE" | "C_CODE_REFERENCE",
    site: Site,
  ): NodeInProgress {
    const { node, inside } = this.#place(object, site, undefined);
    const { defaultLanguage, languages } = this.#context;
    const { terms } = inside;
    const defaultValue = (attribute: string) => this.#domainDefault(inside, attribute);
    const context = { defaultLanguage, languages, terms, defaultValue };
    switch (kind) {
      case "C_DV_QUANTITY":
        node.inputs = [...quantityInputs(object, context)];
        break;
      case "C_DV_ORDINAL":
      case "C_DV_SCALE":
        node.inputs = [...ordinalInputs(object, context)];
        break;
      case "C_DV_STATE":
        node.inputs = [...stateInputs(object)];
        break;
      case "C_CODE_PHRASE":
      case "C_CODE_REFERENCE": {
        const attribute = site.attribute === "defining_code" ? site.outerAttribute : site.attribute;
        node.inputs = [...codePhraseInputs(object, attribute, context)];
        break;
      }
      default: {
        kind satisfies never;
      }
    }
    return node;
  }

  /** One node, or one per name when the template lists several for the object (openehr-formats 4.3). */
  #complexObjects(object: XmlElement, site: Site): readonly NodeInProgress[] {
    const naming = nameConstraint(object);
    const names = naming === undefined ? [] : this.#possibleNames(naming, object, site);
    if (names.length === 0) return [this.#complexObject(object, site, naming, undefined)];
    return names.map((name) => this.#complexObject(object, site, naming, name));
  }

  #possibleNames(naming: XmlElement, object: XmlElement, site: Site): readonly TemplateListEntry[] {
    const terms = this.#termsInside(object, site);
    const archetype = archetypeInside(object, site);
    const inside = { ...site, outerAttribute: site.attribute, terms, archetype };
    const [node] = this.#objects(naming, { ...inside, attribute: "name" });
    return node?.codeInput?.list ?? [];
  }

  #complexObject(
    object: XmlElement,
    site: Site,
    naming: XmlElement | undefined,
    chosenName: TemplateListEntry | undefined,
  ): NodeInProgress {
    this.#visit(object);
    const { node, inside } = this.#place(object, site, chosenName);
    const inputs = new Map<string, TemplateInput>();
    for (const attribute of object.childrenNamed("attributes")) this.#attribute(attribute, node, inside, inputs);
    markChoices(node.children);
    if (node.rmType === "ELEMENT") completeElement(node);
    if (node.rmType === "DV_CODED_TEXT") node.inputs = codedTextInputs(node);
    if (naming !== undefined) this.#addNameNode(naming, node, inside, chosenName);
    if (hasAttributeNodes(node.rmType)) {
      const present = new Set(node.children.map(({ attribute }) => attribute));
      node.children.push(...rmAttributeNodes(node.rmType, present));
    }
    if (node.inputs.length === 0) {
      const { defaultValues } = this.#context;
      const defaultValue = (attribute: string) => defaultValues.get(inside.pathWithoutNames, attribute);
      node.inputs = [...typeInputs(node.rmType, { inputs, defaultValue })];
    }
    if (node.rmType === "DV_PROPORTION") node.proportionTypes = proportionTypes(inputs);
    numberSiblings(node.children);
    markInContext(node);
    return node;
  }

  #attribute(
    attribute: XmlElement,
    node: NodeInProgress,
    inside: Placed["inside"],
    inputs: Map<string, TemplateInput>,
  ): void {
    const name = attribute.textAt("rm_attribute_name");
    if (name === undefined) throw this.#incomplete(attribute, "An attribute of the template has no rm_attribute_name.");
    if (name === "name") return;
    const children: NodeInProgress[] = [];
    this.#visit(attribute);
    for (const object of attribute.childrenNamed("children")) {
      if (object.type === "C_PRIMITIVE_OBJECT") {
        this.#visit(object.child("item"));
        const constraint = primitiveConstraint(object);
        if (constraint === undefined) continue;
        inputs.set(name, primitiveInput(constraint));
        node.addPrimitive(name, constraint);
      } else for (const child of this.#objects(object, { ...inside, attribute: name })) children.push(child);
    }
    addMissingNames(children);
    const [first, ...others] = children.filter(({ rmType }) => rmType === "ISM_TRANSITION");
    if (node.rmType === "ACTION" && first !== undefined) {
      children.unshift(joinIsmTransitions([first, ...others], this.#placeOf(attribute)));
    }
    for (const child of children) node.children.push(child);
    const isMultiple = attribute.type === "C_MULTIPLE_ATTRIBUTE";
    node.attributeConstraints.push({
      attribute: name,
      isMultiple,
      existence: readMultiplicity(attribute.child("existence"), ONCE),
      ...(isMultiple ? readCardinality(attribute.child("cardinality")) : {}),
    });
  }

  #addNameNode(
    naming: XmlElement,
    node: NodeInProgress,
    inside: Placed["inside"],
    chosenName: TemplateListEntry | undefined,
  ): void {
    for (const nameNode of this.#objects(naming, { ...inside, attribute: "name" })) {
      if (chosenName !== undefined) nameNode.keepOnlyEntry(chosenName);
      node.children.push(nameNode);
    }
  }

  /** The node of a constraint object without its children: class, occurrences, name and id (openehr-formats 4.2). */
  #place(object: XmlElement, site: Site, chosenName: TemplateListEntry | undefined): Placed {
    if (++this.#nodes > MOST_CONSTRAINT_NODES) throw this.#tooLarge(`more than ${MOST_CONSTRAINT_NODES} nodes`);
    const rmType = object.textAt("rm_type_name");
    if (rmType === undefined) throw this.#incomplete(object, "A node of the template has no rm_type_name.");
    const isArchetypeRoot = isRootOfArchetype(object);
    const terms = this.#termsInside(object, site);
    const code = isLocatable(rmType) ? object.textAt("node_id") : undefined;
    const chosen = chosenName === undefined ? undefined : (chosenName.label ?? chosenName.value);
    const { defaultLanguage } = this.#context;

    let term: ArchetypeTerm | undefined;
    let name = site.attribute === "" ? rmType : site.attribute;
    if (code !== undefined) {
      term = terms.term(code);
      const text = chosen ?? term?.texts.get(defaultLanguage);
      if (text === undefined) throw this.#termMissing(object, code, terms.archetypeId);
      name = text;
    }
    const node = new NodeInProgress(buildNodeId(name, this.#placeOf(object)), name, rmType, site.attribute);
    node.isArchetypeRoot = isArchetypeRoot;
    node.nodeId = isArchetypeRoot && isLocatable(rmType) ? terms.archetypeId : code;
    if (code !== undefined) node.nameInPath = chosen;
    const { min, max } = readMultiplicity(object.child("occurrences"), ONCE);
    node.min = min;
    node.max = max;
    const segment = node.attribute === "" ? undefined : node.segment;
    const { name: _ownName, ...unnamed } = segment ?? { attribute: "" };
    const own = segment === undefined ? "" : `/${formatAqlSegment(unnamed)}`;
    if (code !== undefined) this.#describe(node, name, term, chosenName, `${site.path}${own}`);
    return {
      node,
      inside: {
        outerAttribute: site.attribute,
        path: segment === undefined ? "" : `${site.path}/${formatAqlSegment(segment)}`,
        pathWithoutNames: `${site.pathWithoutNames}${own}`,
        terms,
        archetype: archetypeInside(object, site),
      },
    };
  }

  #describe(
    node: NodeInProgress,
    name: string,
    term: ArchetypeTerm | undefined,
    chosenName: TemplateListEntry | undefined,
    pathWithoutOwnName: string,
  ): void {
    const { defaultLanguage, annotations } = this.#context;
    const names = chosenName === undefined ? term?.texts : chosenName.localizedLabels;
    node.localizedNames =
      names?.get(defaultLanguage) === name ? names : new Map([...(names ?? []), [defaultLanguage, name]]);
    if (term !== undefined) node.localizedDescriptions = term.descriptionsOrTexts;
    const annotated = annotations.get(pathWithoutOwnName, "");
    if (annotated === undefined) node.annotations = term?.others;
    else node.annotations = new Map([...(term?.others ?? []), ...annotated]);
  }

  #termsInside(object: XmlElement, site: Site): ArchetypeTerms {
    if (!isRootOfArchetype(object)) return site.terms;
    const archetypeId = object.textAt("archetype_id", "value");
    if (archetypeId === undefined) throw this.#incomplete(object, "An archetype root has no archetype_id.");
    return this.#context.terms.ofArchetypeRoot(object, archetypeId);
  }

  /** Domain types also look under the path with names, other types only under that without (openehr-formats 4.6, 4.7). */
  #domainDefault({ path, pathWithoutNames }: Placed["inside"], attribute: string): string | undefined {
    const { defaultValues } = this.#context;
    return defaultValues.get(path, attribute) ?? defaultValues.get(pathWithoutNames, attribute);
  }

  #visit(element: XmlElement | undefined): void {
    this.#visited += element?.children.length ?? 0;
    if (this.#visited > MOST_ELEMENTS_VISITED) throw this.#tooLarge("lists of names that multiply beyond measure");
  }

  #tooLarge(what: string): Problem {
    const { file } = this.#context;
    const place = file === undefined ? {} : { position: { file, line: 1, column: 1 } };
    return new Problem(TEMPLATE_TOO_LARGE, `The template describes ${what}.`, place);
  }

  #placeOf(element: XmlElement): ProblemPlace {
    return { position: element.position(this.#context.file) };
  }

  #incomplete(element: XmlElement, message: string): Problem {
    return new Problem(TEMPLATE_INCOMPLETE, message, this.#placeOf(element));
  }

  #termMissing(object: XmlElement, code: string, archetypeId: string): Problem {
    const message = `No term definition for ${code} in ${archetypeId} in the language of the template.`;
    return new Problem(TEMPLATE_TERM_MISSING, message, this.#placeOf(object));
  }
}

function isRootOfArchetype({ type, name }: XmlElement): boolean {
  return type === "C_ARCHETYPE_ROOT" || name === "definition";
}

/** Paths of references begin at the root of the archetype they stand in. */
function archetypeInside(object: XmlElement, { archetype }: Site): ArchetypeScope {
  return isRootOfArchetype(object) ? { root: object, targets: archetype.targets } : archetype;
}

/** The object that constrains the name, when the attribute `name` has exactly one child (openehr-formats 2.4). */
function nameConstraint(object: XmlElement): XmlElement | undefined {
  const attribute = object
    .childrenNamed("attributes")
    .find((candidate) => candidate.textAt("rm_attribute_name") === "name");
  const children = attribute?.childrenNamed("children") ?? [];
  return children.length === 1 ? children[0] : undefined;
}

/** Inputs of a DV_CODED_TEXT: those of its CODE_PHRASE, else free value and code (openehr-formats 4.4, 11). */
function codedTextInputs(node: NodeInProgress): TemplateInput[] {
  const codePhrase = node.children.find(({ rmType }) => rmType === "CODE_PHRASE");
  if (codePhrase !== undefined) return [...codePhrase.inputs];
  return [
    { suffix: "value", type: "TEXT" },
    { suffix: "code", type: "TEXT" },
  ];
}

/**
 * Where one of several children with the same node id is told apart by its name, the others are as well
 * (openehr-formats 4.4, 6).
 */
function addMissingNames(children: readonly NodeInProgress[]): void {
  const named = new Set(children.filter(({ nameInPath }) => nameInPath !== undefined).map(({ nodeId }) => nodeId));
  for (const child of children) {
    if (child.nameInPath === undefined && child.nodeId !== undefined && named.has(child.nodeId)) {
      child.nameInPath = child.name;
    }
  }
}
