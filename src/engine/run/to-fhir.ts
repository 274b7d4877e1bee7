import { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import { flatNames } from "../../openehr/template/flat-names.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import { ancestorChain } from "../../openehr/template/template-paths.js";
import { splitNode } from "../compile/compile-plan.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import type { ModelEntry, OpenEhrAccessor, Plan, Step } from "../plan.js";
import { narrow } from "./openehr-conditions.js";
import { innermostIndex, type Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { dataValueOf, readFhirData } from "./openehr-values.js";
import { populate } from "./populate.js";

/** What a step works in: the view of the composition, the object of its model, and the element of the enclosing method. */
interface Place {
  readonly openEhr: OpenEhrScope;
  readonly model: FhirInstance;
  readonly enclosing: FhirInstance;
}

/** A value found for a step, and where. */
interface FoundValue {
  readonly occurrence: Occurrence;
  readonly data: FhirData | undefined;
}

/**
 * Runs a plan openEHR → FHIR over one composition (engine-behaviour 6).
 * @returns the resources created, in order: one per occurrence of the start model's split node, else one
 */
export function runToFhir(plan: Plan, composition: RmObject, context: ConversionContext): readonly FhirInstance[] {
  return new ToFhirRun(plan, context).run(composition);
}

class ToFhirRun {
  readonly #plan: Plan;
  readonly #schema: FhirSchema;
  readonly #context: ConversionContext;
  readonly #visible: ReadonlyMap<TemplateNode, unknown>;

  constructor(plan: Plan, context: ConversionContext) {
    this.#plan = plan;
    this.#schema = plan.schema;
    this.#context = context;
    this.#visible = flatNames(plan.template).steps;
  }

  run(composition: RmObject): readonly FhirInstance[] {
    const whole = OpenEhrScope.of(composition, this.#plan.template.root);
    const [first] = this.#plan.start;
    const type = this.#schema.type(this.#plan.startType);
    if (first === undefined || type === undefined) return [];
    return this.#slices(whole, first.split).map((openEhr) => {
      const resource = new FhirInstance(type);
      for (const entry of this.#plan.start) this.#runModel(entry, { openEhr, model: resource, enclosing: resource });
      return resource;
    });
  }

  #slices(scope: OpenEhrScope, node: TemplateNode | undefined): readonly OpenEhrScope[] {
    if (node === undefined) return [scope];
    const occurrences = scope.occurrencesOf(ancestorChain(node));
    return occurrences.length === 0 ? [scope] : occurrences.map((occurrence) => scope.bind(occurrence));
  }

  #runModel(entry: ModelEntry, place: Place): void {
    const openEhr = narrow(place.openEhr, entry.openEhrPreconditions);
    if (openEhr === undefined) return;
    for (const step of entry.steps) this.#runStep(step, { ...place, openEhr });
  }

  #runStep(step: Step, place: Place): void {
    if (step.direction === "fhir->openehr") return;
    const openEhr = narrow(place.openEhr, step.openEhrConditions);
    if (openEhr === undefined) return;
    const here = { ...place, openEhr };
    const found = this.#find(step, openEhr);
    if (!this.#typesFit(step, here, found)) return;
    const values = found.filter((value) => value.data !== undefined);
    if (isStructural(step, values.length)) this.#runStructure(step, here);
    else if (step.kind.kind === "constant") this.#writeConstant(step, here, values[0]?.data?.type);
    else for (const value of values) this.#writeValue(step, here, value);
  }

  /** The values at a step's openEHR end, ordered by their innermost index. */
  #find(step: Step, scope: OpenEhrScope): readonly FoundValue[] {
    const accessor = step.openEhr;
    if (accessor === undefined || accessor.isReference) return [];
    return scope
      .occurrences(accessor)
      .map((occurrence) => ({ occurrence, data: readFhirData(accessor, occurrence, this.#context) }))
      .sort((one, other) => innermostIndex(one.occurrence) - innermostIndex(other.occurrence));
  }

  /** `type` conditions of both sides (engine-behaviour 6.4). */
  #typesFit(step: Step, place: Place, found: readonly FoundValue[]): boolean {
    for (const condition of step.openEhrConditions) {
      if (condition.operator !== "type") continue;
      const types = found.map(({ occurrence }) => rmTypeOf(occurrence)).filter((type) => type !== undefined);
      const looked = types.length > 0 ? types : (step.openEhr?.rmTypes ?? []);
      if (!looked.some((type) => condition.criteria.includes(type))) return false;
    }
    for (const condition of step.fhirConditions) {
      if (condition.operator !== "type" || condition.root !== undefined || condition.relation !== "filter") continue;
      if (!condition.criteria.includes(base(step, place).type.name)) return false;
    }
    return true;
  }

  /** Iterates the occurrences of a structural end; each opens one element in which the children run. */
  #runStructure(step: Step, place: Place): void {
    for (const openEhr of this.#structureScopes(step.openEhr, place.openEhr)) {
      const element = this.#element(step, place);
      if (element === undefined) continue;
      if (step.kind.kind === "constant" && step.kind.side === "fhir") this.#constantInto(element, step.kind.value);
      this.#runChildren(step, { openEhr, model: place.model, enclosing: element });
    }
  }

  #structureScopes(accessor: OpenEhrAccessor | undefined, scope: OpenEhrScope): readonly OpenEhrScope[] {
    if (accessor === undefined) return [scope];
    const split = splitNode(accessor, this.#visible);
    const scopes =
      split === undefined
        ? [scope]
        : scope.occurrencesOf(accessor.chain.slice(0, accessor.chain.indexOf(split) + 1)).map((one) => scope.bind(one));
    return scopes.filter((one) => one.occurrences(accessor).length > 0);
  }

  #writeConstant(step: Step, place: Place, hint: string | undefined): void {
    if (step.kind.kind !== "constant" || step.kind.side !== "fhir") return;
    const element = this.#element(step, place, hint);
    if (element !== undefined) this.#constantInto(element, step.kind.value);
  }

  #constantInto(element: FhirInstance, text: string): void {
    populate(element, { type: "string", value: text }, this.#schema);
  }

  #writeValue(step: Step, place: Place, { occurrence, data }: FoundValue): void {
    if (data === undefined || step.kind.kind === "programmed") return;
    const element = this.#element(step, place, data.type);
    if (element === undefined) return;
    if (step.kind.kind === "convert") populate(element, data, this.#schema);
    this.#runChildren(step, { openEhr: place.openEhr.bind(occurrence), model: place.model, enclosing: element });
  }

  #runChildren(step: Step, place: Place): void {
    for (const child of step.children) this.#runStep(child, place);
    for (const entry of step.slot) this.#runModel(entry, { ...place, model: place.enclosing });
  }

  /** The element at a step's FHIR end: the base itself, or a new one created at the path. */
  #element(step: Step, place: Place, hint?: string): FhirInstance | undefined {
    const from = base(step, place);
    const { fhir } = step;
    if (fhir.create === undefined)
      return fhir.requiredType === undefined || fhir.requiredType === from.type.name ? from : undefined;
    return fhir.create.create(from, {
      ...(hint !== undefined && { hint }),
      ...(fhir.referencedType !== undefined && { referencedType: fhir.referencedType }),
    })?.instance;
  }
}

function base(step: Step, place: Place): FhirInstance {
  return step.fhir.base === "model" ? place.model : place.enclosing;
}

/** Whether a step only opens an element for its children (engine-behaviour 6.4, rule 4). */
function isStructural(step: Step, valueCount: number): boolean {
  if (step.openEhr?.isReference === true || step.slot.length > 0) return true;
  if (step.openEhr?.rmTypes.includes("EVENT") === true && !step.fhir.mentionsEffective) return true;
  return valueCount === 0 && step.children.length > 0;
}

function rmTypeOf(occurrence: Occurrence): string | undefined {
  const value = dataValueOf(occurrence.value);
  return typeof value === "object" && !Array.isArray(value) ? value._type : undefined;
}
