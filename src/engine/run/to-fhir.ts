import { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { Account } from "../account/account.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import { reasonOf } from "../datatypes/null-flavour.js";
import type { WrittenElements } from "../functions/programmed-mapping.js";
import type { ElementGroups, ModelEntry, OpenEhrAccessor, Plan, Step } from "../plan.js";
import { type FoundValue, findValues, hasData, isAbsent, nothingFound } from "./found-values.js";
import { OpenEhrSelection } from "./openehr-conditions.js";
import { type ElementGroup, eachOccurrence, elementGroups, groupViews, slotViews } from "./openehr-groups.js";
import { innermostIndex, type Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { dataValueOf } from "./openehr-values.js";
import { populate, putAbsence } from "./populate.js";
import { inRule, StepBudget } from "./step-budget.js";

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

/** An element that a step works on, and the list it stands in. */
interface Target {
  readonly instance: FhirInstance;
  readonly siblings?: readonly FhirInstance[];
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
  return new ToFhirRun(plan, context, account).run(composition);
}

class ToFhirRun {
  readonly #plan: Plan;
  readonly #schema: FhirSchema;
  readonly #context: ConversionContext;
  readonly #selection: OpenEhrSelection;
  readonly #budget = new StepBudget();
  /** What is written into the resource when its steps have run. */
  readonly #postponed: (() => void)[] = [];
  readonly #account: Account | undefined;

  constructor(plan: Plan, context: ConversionContext, account: Account | undefined) {
    this.#account = account;
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
    const whole = OpenEhrScope.of(composition, this.#plan.template.root);
    const [first] = this.#plan.start;
    const type = this.#schema.type(this.#plan.startType);
    if (first === undefined || type === undefined) return [];
    const each = this.#plan.semantics.startOccurrences === "own" ? (first.split ?? first.root) : first.split;
    const groups = first.groups?.resources ?? (each && eachOccurrence(each));
    const views = groups === undefined ? [whole] : groupViews(groups, whole);
    return views.map((openEhr) => {
      const resource = new FhirInstance(type);
      const place = new Place(openEhr, resource, resource, undefined, undefined);
      for (const entry of this.#plan.start) this.#runModel(entry, place);
      this.#finish();
      return resource;
    });
  }

  /** Programs that tell what was written wait until all of it is there. */
  #postpone(step: Step, place: Place, whenComplete: (written: WrittenElements) => FhirData | undefined): void {
    const { openEhr } = step;
    if (openEhr !== undefined && !openEhr.isReference && place.openEhr.occurrences(openEhr.node).length === 0) return;
    this.#postponed.push(() => {
      this.#account?.enter(step.source);
      const data = whenComplete(place);
      const target = data === undefined ? undefined : this.#element(step, place, -1, data);
      if (data !== undefined && target !== undefined) this.#populate(target.instance, data);
      this.#account?.leave();
    });
  }

  #finish(): void {
    for (const write of this.#postponed.splice(0)) write();
  }

  #runModel(entry: ModelEntry, place: Place): void {
    const openEhr = this.#selection.narrow(place.openEhr, entry.openEhrPreconditions);
    if (openEhr === undefined) return;
    const elements = entry.groups?.elements;
    if (elements !== undefined) {
      for (const group of elementGroups(entry, elements, openEhr)) this.#runGroup(elements, group, place);
      return;
    }
    const here = place.seeing(openEhr);
    for (const step of entry.steps) this.#runStep(step, here);
  }

  /** Where there is nothing to group, what is written into the element of a group goes nowhere. */
  #runGroup({ create }: ElementGroups, { view, steps, hasOccurrences }: ElementGroup, { model, outer }: Place): void {
    const owner = hasOccurrences ? model : new FhirInstance(model.type);
    const made = create.create(owner, { onCreated: this.#account?.created })?.instance ?? model;
    const inGroup = new Place(view, model, made, undefined, outer);
    for (const step of steps) this.#runStep(step, inGroup);
  }

  #runStep(step: Step, place: Place): void {
    this.#budget.spend(step);
    this.#account?.enter(step.source);
    try {
      this.#apply(step, place);
    } catch (error) {
      throw inRule(error, step);
    }
    this.#account?.leave();
  }

  #apply(step: Step, place: Place): void {
    if (step.direction === "fhir->openehr") {
      this.#account?.because("other direction");
      return;
    }
    if (step.leadsNowhere && step.kind.kind !== "constant") {
      this.#account?.because("no value");
      return;
    }
    const openEhr = this.#selection.narrow(place.openEhr, step.openEhrConditions);
    if (openEhr === undefined) {
      this.#account?.because("condition false");
      return;
    }
    const here = place.seeing(openEhr);
    if (step.kind.kind === "programmed" && step.kind.mapping.whenComplete !== undefined) {
      this.#postpone(step, here, step.kind.mapping.whenComplete);
      return;
    }
    const opens = onlyOpens(step);
    const found = opens && !isTyped(step) ? nothingFound : findValues(step, openEhr, this.#context);
    if (found.length > 1) this.#budget.spend(step, found.length - 1);
    if ((step.openEhrConditions.length > 0 || step.fhirConditions.length > 0) && !this.#typesFit(step, here, found)) {
      this.#account?.because("condition false");
      return;
    }
    const values = found.every(hasData) ? found : found.filter(hasData);
    if (opens || (values.length === 0 && step.children.length > 0)) this.#runStructure(step, here);
    else if (step.kind.kind === "constant") this.#writeConstant(step, here);
    else {
      this.#account?.because(values.length === 0 && found.every(isAbsent) ? "no value" : "no converter");
      for (const value of values) this.#writeValue(step, here, value);
      if (values.length === 0 && this.#plan.semantics.nullFlavours === "both-ways")
        this.#writeAbsence(step, here, found);
    }
  }

  /** `type` conditions of both sides (engine-behaviour 6.4). */
  #typesFit(step: Step, place: Place, found: readonly FoundValue[]): boolean {
    for (const condition of step.openEhrConditions) {
      if (condition.operator !== "type") continue;
      const types = found.map(({ occurrence }) => rmTypeOf(occurrence)).filter((type) => type !== undefined);
      const looked = types.length > 0 ? types : (step.openEhr?.rmTypes ?? []);
      if (!looked.some((type) => condition.criteria.includes(type))) return false;
    }
    if (this.#plan.semantics.typeConditions === "input") return true;
    for (const condition of step.fhirConditions) {
      if (condition.operator !== "type" || condition.root !== undefined || condition.relation !== "filter") continue;
      if (!condition.criteria.includes(base(step, place, -1).type.name)) return false;
    }
    return true;
  }

  /** Iterates the occurrences of a structural end; each opens one element in which the children run. */
  #runStructure(step: Step, place: Place): void {
    const { openEhr: accessor, slotGroups } = step;
    if (slotGroups === undefined && accessor?.repeats === undefined) {
      if (accessor === undefined || place.openEhr.occurrences(accessor.node).length > 0)
        this.#openElement(step, place.openEhr, place);
      else this.#account?.because("no value");
      return;
    }
    const scopes = slotViews(step, this.#structureScopes(accessor, place.openEhr));
    if (scopes.length === 0) this.#account?.because("no value");
    for (const openEhr of scopes) this.#openElement(step, openEhr, place);
  }

  #openElement(step: Step, openEhr: OpenEhrScope, place: Place): void {
    const target = this.#element(step, place, -1);
    if (target === undefined) return;
    if (step.kind.kind === "constant" && step.kind.side === "fhir")
      this.#constantInto(target.instance, step.kind.value);
    const isIndexed = step.openEhr?.isIndexed === true;
    this.#runChildren(step, openEhr, place, isIndexed ? { instance: target.instance } : target);
  }

  #structureScopes(accessor: OpenEhrAccessor | undefined, scope: OpenEhrScope): readonly OpenEhrScope[] {
    if (accessor === undefined) return [scope];
    const { repeats } = accessor;
    const scopes = repeats === undefined ? [scope] : scope.occurrences(repeats).map((one) => scope.bind(one));
    return scopes.filter((one) => one.occurrences(accessor.node).length > 0);
  }

  #writeConstant(step: Step, place: Place): void {
    if (step.kind.kind !== "constant" || step.kind.side !== "fhir") return;
    const target = this.#element(step, place, -1);
    if (target !== undefined) this.#constantInto(target.instance, step.kind.value);
  }

  #constantInto(element: FhirInstance, text: string): void {
    this.#populate(element, { type: "string", value: text });
  }

  #populate(element: FhirInstance, data: FhirData): void {
    const account = this.#account;
    if (account === undefined) populate(element, data, this.#schema);
    else if (!account.filling(element, () => populate(element, data, this.#schema))) account.because("no converter");
  }

  #writeValue(step: Step, place: Place, { occurrence, data }: FoundValue): void {
    if (data === undefined) return;
    const target = this.#element(step, place, innermostIndex(occurrence), data);
    if (target === undefined) return;
    if (carriesValues(step)) this.#populate(target.instance, data);
    if (step.children.length === 0 && step.slot.length === 0) return;
    this.#runChildren(step, place.openEhr.bind(occurrence), place, { instance: target.instance });
  }

  /** An ELEMENT that says only why it has no value becomes an element that says it. */
  #writeAbsence(step: Step, place: Place, found: readonly FoundValue[]): void {
    if (step.kind.kind !== "convert" || step.openEhr?.members.length !== 0) return;
    for (const { occurrence } of found) {
      const reason = reasonOf(occurrence.value);
      const target = reason === undefined ? undefined : this.#element(step, place, innermostIndex(occurrence));
      if (reason === undefined || target === undefined) continue;
      putAbsence(target.instance, reason, this.#schema);
      this.#account?.wrote(target.instance);
    }
  }

  #runChildren(step: Step, openEhr: OpenEhrScope, place: Place, { instance, siblings }: Target): void {
    const list = this.#plan.semantics.listMember === "by-own-index" ? siblings : undefined;
    const slotFirst = this.#plan.semantics.slotOrder === "before-children";
    if (slotFirst) this.#runSlot(step, openEhr, place, instance, list);
    const inside = new Place(openEhr, place.model, instance, list, place);
    for (const child of step.children) this.#runStep(child, inside);
    if (!slotFirst) this.#runSlot(step, openEhr, place, instance, list);
  }

  #runSlot(
    step: Step,
    openEhr: OpenEhrScope,
    place: Place,
    instance: FhirInstance,
    list: readonly FhirInstance[] | undefined,
  ): void {
    if (step.slot.length === 0) return;
    const inSlot = new Place(openEhr, instance, instance, list, place);
    for (const entry of step.slot) this.#runModel(entry, inSlot);
  }

  /** The element at a step's FHIR end: the base itself, or a new one created at the path. */
  #element(step: Step, place: Place, index: number, data?: FhirData): Target | undefined {
    const from = base(step, place, index);
    const { fhir } = step;
    if (fhir.create === undefined) {
      return fhir.requiredType === undefined || fhir.requiredType === from.type.name ? { instance: from } : undefined;
    }
    return fhir.create.create(from, {
      hints: data === undefined ? undefined : typesOf(data),
      forText: step.kind.kind === "constant",
      referencedType: fhir.referencedType,
      onCreated: this.#account?.created,
      onReplaced: this.#account?.replaced,
    });
  }
}

const oneType = new Map<string, readonly string[]>();

/** The types that a value has forms of. */
function typesOf({ type, alternatives }: FhirData): readonly string[] {
  if (alternatives !== undefined) return [type, ...alternatives.map((form) => form.type)];
  let types = oneType.get(type);
  if (types === undefined) {
    types = [type];
    oneType.set(type, types);
  }
  return types;
}

/** The element a step starts at; of a list the member with the index of the value, if there is one. */
function base(step: Step, place: Place, index: number): FhirInstance {
  const { createsFrom: start } = step.fhir;
  let at = place;
  for (let up = typeof start === "number" ? start : 0; up > 0; up--) at = at.outer ?? at;
  const { model, enclosing, siblings } = at;
  const from = start === "model" ? model : enclosing;
  return (from === enclosing ? siblings?.[index] : undefined) ?? from;
}

function carriesValues({ kind: { kind } }: Step): boolean {
  return kind === "convert" || kind === "programmed" || kind === "entry";
}

/** Whether a step only opens an element for its children, whatever values there are (engine-behaviour 6.4, rule 4). */
function onlyOpens({ openEhr, slot, fhir }: Step): boolean {
  if (openEhr?.isReference === true || slot.length > 0) return true;
  return openEhr?.rmTypes.includes("EVENT") === true && !fhir.mentionsEffective;
}

function isTyped({ openEhrConditions }: Step): boolean {
  return openEhrConditions.length > 0 && openEhrConditions.some(({ operator }) => operator === "type");
}

function rmTypeOf(occurrence: Occurrence): string | undefined {
  const value = dataValueOf(occurrence.value);
  return isRmObject(value) ? value._type : undefined;
}
