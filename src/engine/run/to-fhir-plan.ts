import type { ElementCreator } from "../../fhir/path/create-at-path.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import type {
  CodedTextPart,
  JoinedPaths,
  ModelEntry,
  OpenEhrAccessor,
  OpenEhrCondition,
  OpenEhrGroups,
  Plan,
  Step,
} from "../plan.js";
import type { RmMember } from "../rm-members.js";
import { type ScopeNode, ScopeNodes } from "./scope-nodes.js";

/** The openEHR end of a step or condition, for reading. */
export class OpenEhrEnd {
  readonly node: ScopeNode;
  readonly repeats: ScopeNode | undefined;
  readonly isIndexed: boolean;
  readonly isReference: boolean;
  readonly rmTypes: readonly string[];
  readonly members: readonly RmMember[];
  readonly part: CodedTextPart | undefined;
  readonly asText: boolean;
  readonly joined: JoinedEnds | undefined;

  constructor(accessor: OpenEhrAccessor, nodes: ScopeNodes) {
    const { joined } = accessor;
    this.node = nodes.of(accessor.node);
    this.repeats = accessor.repeats && nodes.of(accessor.repeats);
    this.isIndexed = accessor.isIndexed;
    this.isReference = accessor.isReference;
    this.rmTypes = accessor.rmTypes;
    this.members = accessor.members;
    this.part = accessor.part;
    this.asText = accessor.asText;
    this.joined = joined && joinedEnds(joined, nodes);
  }
}

/** See {@link JoinedPaths}. */
export interface JoinedEnds {
  readonly parts: readonly (string | OpenEhrEnd)[];
  readonly each: ScopeNode;
}

function joinedEnds({ parts, each }: JoinedPaths, nodes: ScopeNodes): JoinedEnds {
  return {
    parts: parts.map((part) => (typeof part === "string" ? part : new OpenEhrEnd(part, nodes))),
    each: nodes.of(each),
  };
}

/** See {@link OpenEhrCondition}. */
export class OpenEhrTest {
  readonly root: OpenEhrEnd;
  readonly attributes: readonly OpenEhrEnd[];
  readonly operator: OpenEhrCondition["operator"];
  readonly criteria: readonly string[];

  constructor({ root, attributes, operator, criteria }: OpenEhrCondition, nodes: ScopeNodes) {
    this.root = new OpenEhrEnd(root, nodes);
    this.attributes = attributes.map((attribute) =>
      attribute === root ? this.root : new OpenEhrEnd(attribute, nodes),
    );
    this.operator = operator;
    this.criteria = criteria;
  }
}

/** See {@link OpenEhrGroups}. */
export interface GroupEnds {
  readonly node: ScopeNode;
  readonly archetype: ScopeNode | undefined;
  readonly unique: readonly OpenEhrEnd[];
}

/** What a step does when it runs. */
export type ToFhirAction = "other direction" | "leads nowhere" | "when complete" | "open" | "constant" | "values";

/** A step of a Plan as it runs openEHR → FHIR: what can be decided before there is a composition is decided. */
export class ToFhirStep {
  readonly step: Step;
  readonly action: ToFhirAction;
  readonly openEhr: OpenEhrEnd | undefined;
  /** Conditions that narrow what the step sees. */
  readonly conditions: readonly OpenEhrTest[];
  /** Criteria of `type` conditions on the openEHR side. */
  readonly rmTypeTests: readonly (readonly string[])[];
  /** Criteria of `type` conditions on the FHIR side that are about the element that is written to. */
  readonly fhirTypeTests: readonly (readonly string[])[];
  /** Whether values have to be looked up before it is known what the step does. */
  readonly needsValues: boolean;
  readonly creator: ElementCreator | undefined;
  /** How many enclosing methods further out it starts; -1 for the object of the model. */
  readonly up: number;
  readonly requiredType: string | undefined;
  /** Text that a constant writes. */
  readonly constant: string | undefined;
  readonly carriesValues: boolean;
  /** Whether an ELEMENT without a value may say so in FHIR. */
  readonly tellsAbsence: boolean;
  readonly slotGroups: GroupEnds | undefined;
  readonly children: readonly ToFhirStep[];
  readonly slot: readonly ToFhirModel[];

  constructor(step: Step, nodes: ScopeNodes) {
    const { kind, fhir, openEhr } = step;
    this.step = step;
    this.action = actionOf(step);
    this.openEhr = openEhr && new OpenEhrEnd(openEhr, nodes);
    if (kind.kind === "programmed" && openEhr !== undefined) nodes.withNodesBelow(openEhr.node);
    const isType = ({ operator }: { readonly operator: string }): boolean => operator === "type";
    this.conditions = step.openEhrConditions.filter((one) => !isType(one)).map((one) => new OpenEhrTest(one, nodes));
    this.rmTypeTests = step.openEhrConditions.filter(isType).map(({ criteria }) => criteria);
    this.fhirTypeTests = step.fhirConditions
      .filter((one) => isType(one) && one.root === undefined && one.relation === "filter")
      .map(({ criteria }) => criteria);
    const decidesByValues = this.action === "constant" && step.children.length > 0;
    this.needsValues = this.action === "values" || decidesByValues || this.rmTypeTests.length > 0;
    this.constant = kind.kind === "constant" && kind.side === "fhir" ? kind.value : undefined;
    this.creator = fhir.create?.creatorFor({
      forText: kind.kind === "constant",
      referencedType: fhir.referencedType,
    });
    this.up = typeof fhir.createsFrom === "number" ? fhir.createsFrom : fhir.createsFrom === "model" ? -1 : 0;
    this.requiredType = fhir.requiredType;
    this.carriesValues = kind.kind === "convert" || kind.kind === "programmed" || kind.kind === "entry";
    this.tellsAbsence = kind.kind === "convert" && openEhr?.members.length === 0;
    this.slotGroups = step.slotGroups && groupEnds(step.slotGroups, nodes);
    this.children = step.children.map((child) => new ToFhirStep(child, nodes));
    this.slot = step.slot.map((entry) => new ToFhirModel(entry, nodes));
  }
}

function actionOf(step: Step): ToFhirAction {
  const { kind, direction } = step;
  if (direction === "fhir->openehr") return "other direction";
  if (step.leadsNowhere && kind.kind !== "constant") return "leads nowhere";
  if (kind.kind === "programmed" && kind.mapping.whenComplete !== undefined) return "when complete";
  if (onlyOpens(step)) return "open";
  return kind.kind === "constant" ? "constant" : "values";
}

/** Whether a step only opens an element for its children, whatever values there are (engine-behaviour 6.4, rule 4). */
function onlyOpens({ openEhr, slot, fhir }: Step): boolean {
  if (openEhr?.isReference === true || slot.length > 0) return true;
  return openEhr?.rmTypes.includes("EVENT") === true && !fhir.mentionsEffective;
}

/** See {@link ModelEntry}. */
export class ToFhirModel {
  readonly preconditions: readonly OpenEhrTest[];
  readonly groups: ToFhirElementGroups | undefined;
  readonly steps: readonly ToFhirStep[];

  constructor(entry: ModelEntry, nodes: ScopeNodes) {
    const elements = entry.groups?.elements;
    this.preconditions = entry.openEhrPreconditions
      .filter(({ operator }) => operator !== "type")
      .map((one) => new OpenEhrTest(one, nodes));
    this.steps = entry.steps.map((step) => new ToFhirStep(step, nodes));
    this.groups = elements && {
      groups: groupEnds(elements, nodes),
      creator: elements.create.creatorFor({}),
      furtherSteps: elements.furtherSteps.map((step) => new ToFhirStep(step, nodes)),
    };
  }
}

/** Groups of which each has an element of the model's object. */
export interface ToFhirElementGroups {
  readonly groups: GroupEnds;
  readonly creator: ElementCreator;
  /** What the groups behind the first run. */
  readonly furtherSteps: readonly ToFhirStep[];
}

function groupEnds({ node, archetype, unique }: OpenEhrGroups, nodes: ScopeNodes): GroupEnds {
  return {
    node: nodes.of(node),
    archetype: archetype && nodes.of(archetype),
    unique: unique.map((accessor) => new OpenEhrEnd(accessor, nodes)),
  };
}

/** A Plan as it runs openEHR → FHIR. */
export class ToFhirPlan {
  readonly plan: Plan;
  readonly nodes: ScopeNodes;
  /** The occurrences that each make resources; undefined when the composition makes them. */
  readonly resources: GroupEnds | undefined;
  readonly start: readonly ToFhirModel[];

  constructor(plan: Plan) {
    const [first] = plan.start;
    this.plan = plan;
    this.nodes = new ScopeNodes(plan.template.root);
    this.start = plan.start.map((entry) => new ToFhirModel(entry, this.nodes));
    const each = plan.semantics.startOccurrences === "own" ? (first?.split ?? first?.root) : first?.split;
    const groups = first?.groups?.resources ?? (each && eachOccurrence(each));
    this.resources = groups && groupEnds(groups, this.nodes);
    this.nodes.number();
  }
}

/** Groups of one: what a start model has without a hierarchy, or with one that only iterates. */
function eachOccurrence(node: TemplateNode): OpenEhrGroups {
  return { node, archetype: undefined, unique: [] };
}

const known = new WeakMap<Plan, ToFhirPlan>();

/** The form of a Plan that runs openEHR → FHIR, made when it is first asked for. */
export function toFhirPlan(plan: Plan): ToFhirPlan {
  let made = known.get(plan);
  if (made === undefined) {
    made = new ToFhirPlan(plan);
    known.set(plan, made);
  }
  return made;
}
