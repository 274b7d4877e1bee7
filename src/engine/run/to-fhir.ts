import { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { Account } from "../account/account.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import { reasonOf } from "../datatypes/null-flavour.js";
import type { Plan } from "../plan.js";
import { type FoundValue, findValues, hasData, isAbsent, nothingFound } from "./found-values.js";
import { OpenEhrSelection } from "./openehr-conditions.js";
import { type ElementGroup, elementGroups, groupViews, slotViews } from "./openehr-groups.js";
import { innermostIndex, type Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { dataValueOf } from "./openehr-values.js";
import { populate, putAbsence } from "./populate.js";
import { inRule, StepBudget } from "./step-budget.js";
import {
  type OpenEhrEnd,
  type ToFhirElementGroups,
  type ToFhirModel,
  type ToFhirPlan,
  type ToFhirStep,
  toFhirPlan,
} from "./to-fhir-plan.js";

/** What a step works in: the view of the composition, the object of its model, and the element of the enclosing method. */
class Place {
  readonly openEhr: OpenEhrScope;
  readonly model: FhirInstance;
  readonly enclosing: FhirInstance;
  /** The list that `enclosing` was made in, when values find their member in it by their own index (`Semantics.listMember`). */
  readonly siblings: readonly FhirInstance[] | undefined;
  /** The place of the enclosing method. */
  readonly outer: Place | undefined;

  constructor(
    openEhr: OpenEhrScope,
    model: FhirInstance,
    enclosing: FhirInstance,
    siblings: readonly FhirInstance[] | undefined,
    outer: Place | undefined,
  ) {
    this.outer = outer;
    this.openEhr = openEhr;
    this.model = model;
    this.enclosing = enclosing;
    this.siblings = siblings;
  }

  /** The same place with another view of the composition. */
  seeing(openEhr: OpenEhrScope): Place {
    return openEhr === this.openEhr ? this : new Place(openEhr, this.model, this.enclosing, this.siblings, this.outer);
  }
}

/**
 * Runs a plan openEHR → FHIR over one composition (engine-behaviour 6).
 * @param account told what each rule does; the composition has to be one it watches
 * @returns the resources created, in order: one per occurrence of the start model's split node, else one
 */
export function runToFhir(
  plan: Plan,
  composition: RmObject,
  context: ConversionContext,
  account?: Account,
): readonly FhirInstance[] {
  return new ToFhirRun(toFhirPlan(plan), context, account).run(composition);
}

class ToFhirRun {
  readonly #toFhirPlan: ToFhirPlan;
  readonly #plan: Plan;
  readonly #schema: FhirSchema;
  readonly #context: ConversionContext;
  readonly #selection: OpenEhrSelection;
  readonly #budget = new StepBudget();
  /** What is written into the resource when its steps have run. */
  readonly #postponed: (() => void)[] = [];
  readonly #account: Account | undefined;

  constructor(toFhirPlan: ToFhirPlan, context: ConversionContext, account: Account | undefined) {
    const { plan } = toFhirPlan;
    this.#account = account;
    this.#toFhirPlan = toFhirPlan;
    this.#plan = plan;
    this.#selection = new OpenEhrSelection(plan.semantics, account === undefined);
    this.#schema = plan.schema;
    this.#context = context;
  }

  run(composition: RmObject): readonly FhirInstance[] {
    this.#account?.enter("start");
    const resources = this.#start(composition);
    this.#account?.leave();
    return resources;
  }

  #start(composition: RmObject): readonly FhirInstance[] {
    const { nodes, resources: groups, start } = this.#toFhirPlan;
    const type = this.#schema.type(this.#plan.startType);
    if (start.length === 0 || type === undefined) return [];
    const whole = OpenEhrScope.of(composition, nodes);
    const views = groups === undefined ? [whole] : groupViews(groups, whole);
    return views.map((openEhr) => {
      const resource = new FhirInstance(type);
      const place = new Place(openEhr, resource, resource, undefined, undefined);
      for (const model of start) this.#runModel(model, place);
      this.#finish();
      return resource;
    });
  }

  /** Programs that tell what was written wait until all of it is there. */
  #postpone(step: ToFhirStep, place: Place): void {
    const { openEhr } = step;
    const { kind, source } = step.step;
    if (openEhr !== undefined && !openEhr.isReference && place.openEhr.occurrences(openEhr.node).length === 0) return;
    this.#postponed.push(() => {
      this.#account?.enter(source);
      const data = kind.kind === "programmed" ? kind.mapping.whenComplete?.(place) : undefined;
      const target = data === undefined ? undefined : this.#element(step, place, -1, data);
      if (data !== undefined && target !== undefined) this.#populate(target, data);
      this.#account?.leave();
    });
  }

  #finish(): void {
    if (this.#postponed.length > 0) for (const write of this.#postponed.splice(0)) write();
  }

  #runModel(model: ToFhirModel, place: Place): void {
    const openEhr = this.#selection.narrow(place.openEhr, model.preconditions);
    if (openEhr === undefined) return;
    const { groups } = model;
    if (groups !== undefined) {
      for (const group of elementGroups(model.steps, groups, openEhr)) this.#runGroup(groups, group, place);
      return;
    }
    const here = place.seeing(openEhr);
    for (const step of model.steps) this.#runStep(step, here);
  }

  /** Where there is nothing to group, what is written into the element of a group goes nowhere. */
  #runGroup(
    { creator }: ToFhirElementGroups,
    { view, steps, hasOccurrences }: ElementGroup,
    { model, outer }: Place,
  ): void {
    const owner = hasOccurrences ? model : new FhirInstance(model.type);
    const made = creator.create(owner, undefined, this.#account) ?? model;
    const inGroup = new Place(view, model, made, undefined, outer);
    for (const step of steps) this.#runStep(step, inGroup);
  }

  #runStep(step: ToFhirStep, place: Place): void {
    this.#budget.spend(step.step);
    this.#account?.enter(step.step.source);
    try {
      this.#apply(step, place);
    } catch (error) {
      throw inRule(error, step.step);
    }
    this.#account?.leave();
  }

  #apply(step: ToFhirStep, place: Place): void {
    const { action, conditions } = step;
    if (action === "other direction") {
      this.#account?.because("other direction");
      return;
    }
    if (action === "leads nowhere") {
      this.#account?.because("no value");
      return;
    }
    const openEhr = conditions.length === 0 ? place.openEhr : this.#selection.narrow(place.openEhr, conditions);
    if (openEhr === undefined) {
      this.#account?.because("condition false");
      return;
    }
    const here = place.seeing(openEhr);
    if (action === "when complete") {
      this.#postpone(step, here);
      return;
    }
    const found = step.needsValues ? findValues(step, openEhr, this.#context) : nothingFound;
    if (found.length > 1) this.#budget.spend(step.step, found.length - 1);
    if (!this.#typesFit(step, here, found)) {
      this.#account?.because("condition false");
      return;
    }
    if (action === "open" || (step.children.length > 0 && !found.some(hasData))) this.#runStructure(step, here);
    else if (action === "constant") this.#writeConstant(step, here);
    else this.#writeValues(step, here, found);
  }

  #writeValues(step: ToFhirStep, place: Place, found: readonly FoundValue[]): void {
    let isWritten = false;
    for (const { occurrence, data } of found) {
      if (data === undefined) continue;
      isWritten = true;
      this.#writeValue(step, place, occurrence, data);
    }
    if (isWritten) return;
    this.#account?.because(found.every(isAbsent) ? "no value" : "no converter");
    if (this.#plan.semantics.nullFlavours === "both-ways" && step.tellsAbsence) this.#writeAbsence(step, place, found);
  }

  /** `type` conditions of both sides (engine-behaviour 6.4). */
  #typesFit(step: ToFhirStep, place: Place, found: readonly FoundValue[]): boolean {
    const { rmTypeTests, fhirTypeTests } = step;
    if (rmTypeTests.length > 0) {
      const types = found.map(({ occurrence }) => rmTypeOf(occurrence)).filter((type) => type !== undefined);
      const looked = types.length > 0 ? types : (step.openEhr?.rmTypes ?? []);
      if (!rmTypeTests.every((criteria) => looked.some((type) => criteria.includes(type)))) return false;
    }
    if (fhirTypeTests.length === 0 || this.#plan.semantics.typeConditions === "input") return true;
    const { name } = base(step, place, -1).type;
    return fhirTypeTests.every((criteria) => criteria.includes(name));
  }

  /** Iterates the occurrences of a structural end; each opens one element in which the children run. */
  #runStructure(step: ToFhirStep, place: Place): void {
    const { openEhr: end, slotGroups } = step;
    if (slotGroups === undefined && end?.repeats === undefined) {
      if (end === undefined || place.openEhr.occurrences(end.node).length > 0)
        this.#openElement(step, place.openEhr, place);
      else this.#account?.because("no value");
      return;
    }
    const scopes = slotViews(step, this.#structureScopes(end, place.openEhr));
    if (scopes.length === 0) this.#account?.because("no value");
    for (const openEhr of scopes) this.#openElement(step, openEhr, place);
  }

  #openElement(step: ToFhirStep, openEhr: OpenEhrScope, place: Place): void {
    const element = this.#element(step, place, -1);
    if (element === undefined) return;
    if (step.constant !== undefined) this.#constantInto(element, step.constant);
    const isListMember = step.creator?.isEmpty === false && step.openEhr?.isIndexed !== true;
    this.#runChildren(step, openEhr, place, element, isListMember ? element.siblings : undefined);
  }

  #structureScopes(end: OpenEhrEnd | undefined, scope: OpenEhrScope): readonly OpenEhrScope[] {
    if (end === undefined) return [scope];
    const { repeats } = end;
    const scopes = repeats === undefined ? [scope] : scope.occurrences(repeats).map((one) => scope.bind(one));
    return scopes.filter((one) => one.occurrences(end.node).length > 0);
  }

  #writeConstant(step: ToFhirStep, place: Place): void {
    if (step.constant === undefined) return;
    const element = this.#element(step, place, -1);
    if (element !== undefined) this.#constantInto(element, step.constant);
  }

  #constantInto(element: FhirInstance, text: string): void {
    this.#populate(element, { type: "string", value: text });
  }

  #populate(element: FhirInstance, data: FhirData): void {
    const account = this.#account;
    if (account === undefined) populate(element, data, this.#schema);
    else if (!account.filling(element, () => populate(element, data, this.#schema))) account.because("no converter");
  }

  #writeValue(step: ToFhirStep, place: Place, occurrence: Occurrence, data: FhirData): void {
    this.#account?.because("no converter");
    const element = this.#element(step, place, innermostIndex(occurrence), data);
    if (element === undefined) return;
    if (step.carriesValues) this.#populate(element, data);
    if (step.children.length === 0 && step.slot.length === 0) return;
    this.#runChildren(step, place.openEhr.bind(occurrence), place, element, undefined);
  }

  /** An ELEMENT that says only why it has no value becomes an element that says it. */
  #writeAbsence(step: ToFhirStep, place: Place, found: readonly FoundValue[]): void {
    for (const { occurrence } of found) {
      const reason = reasonOf(occurrence.value);
      const element = reason === undefined ? undefined : this.#element(step, place, innermostIndex(occurrence));
      if (reason === undefined || element === undefined) continue;
      putAbsence(element, reason, this.#schema);
      this.#account?.wrote(element);
    }
  }

  #runChildren(
    step: ToFhirStep,
    openEhr: OpenEhrScope,
    place: Place,
    instance: FhirInstance,
    siblings: readonly FhirInstance[] | undefined,
  ): void {
    const { children } = step;
    const { listMember, slotOrder } = this.#plan.semantics;
    const list = listMember === "by-own-index" ? siblings : undefined;
    const slotFirst = slotOrder === "before-children";
    if (slotFirst) this.#runSlot(step, openEhr, place, instance, list);
    if (children.length > 0) {
      const inside = new Place(openEhr, place.model, instance, list, place);
      for (const child of children) this.#runStep(child, inside);
    }
    if (!slotFirst) this.#runSlot(step, openEhr, place, instance, list);
  }

  #runSlot(
    step: ToFhirStep,
    openEhr: OpenEhrScope,
    place: Place,
    instance: FhirInstance,
    list: readonly FhirInstance[] | undefined,
  ): void {
    if (step.slot.length === 0) return;
    const inSlot = new Place(openEhr, instance, instance, list, place);
    for (const model of step.slot) this.#runModel(model, inSlot);
  }

  /** The element at a step's FHIR end: the base itself, or a new one created at the path. */
  #element(step: ToFhirStep, place: Place, index: number, data?: FhirData): FhirInstance | undefined {
    const from = base(step, place, index);
    const { creator, requiredType } = step;
    if (creator !== undefined) return creator.create(from, data, this.#account);
    return requiredType === undefined || requiredType === from.type.name ? from : undefined;
  }
}

/** The element a step starts at; of a list the member with the index of the value, if there is one. */
function base({ up }: ToFhirStep, place: Place, index: number): FhirInstance {
  let at = place;
  for (let left = up; left > 0; left--) at = at.outer ?? at;
  const { model, enclosing, siblings } = at;
  const from = up < 0 ? model : enclosing;
  return siblings === undefined || index < 0 || from !== enclosing ? from : (siblings[index] ?? from);
}

function rmTypeOf(occurrence: Occurrence): string | undefined {
  const value = dataValueOf(occurrence.value);
  return isRmObject(value) ? value._type : undefined;
}
