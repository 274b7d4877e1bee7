import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode, ReferenceResolver } from "../../fhir/path/fhir-node.js";
import { type FoundNodes, isList, isNothing, listOf } from "../../fhir/path/found-nodes.js";
import { CompositionDraft } from "../../openehr/building/composition-draft.js";
import { isSubclassOf, withoutGeneric } from "../../openehr/rm/rm-classes.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import type { Account } from "../account/account.js";
import type { WithoutEffect } from "../account/rule-application.js";
import type { ConversionContext } from "../datatypes/fhir-data.js";
import { reasonOnContainer, reasonOnElement } from "../datatypes/null-flavour.js";
import type {
  FhirAccessor,
  FhirCondition,
  ListEntry,
  ModelEntry,
  NodeGroups,
  OpenEhrAccessor,
  Plan,
  Step,
} from "../plan.js";
import type { Semantics } from "../semantics.js";
import { isBlank } from "./blank-elements.js";
import { FhirSelection } from "./fhir-conditions.js";
import { fhirGroups } from "./fhir-groups.js";
import { baseOf, FhirPlace, OccurrenceIndexes } from "./fhir-scope.js";
import { GroupIndexes } from "./group-indexes.js";
import { withLiteralsToOpenEhr } from "./joined-text.js";
import { entryFromFhir } from "./list-entry-values.js";
import { OpenEhrWriter } from "./openehr-writer.js";
import { resourceNode, startResources } from "./start-resources.js";
import { inRule, StepBudget } from "./step-budget.js";

/**
 * Runs a plan FHIR → openEHR (engine-behaviour 7). All start resources of the input write into one draft.
 * @param input a resource or a Bundle
 * @param onStart told each resource that the plan starts with
 * @param account told what each rule does; the input has to be one it watches
 */
export function runToOpenEhr(
  plan: Plan,
  input: JsonObject,
  resolver: ReferenceResolver,
  context: ConversionContext,
  onStart?: (resource: JsonObject) => void,
  account?: Account,
): CompositionDraft {
  const draft = account?.draft(plan.template) ?? new CompositionDraft(plan.template);
  const writer = new OpenEhrWriter(draft, context);
  const run = new ToOpenEhrRun(writer, resolver, context, account);
  account?.enter("start");
  const resources = startResources(plan, input, new FhirSelection(resolver, account === undefined));
  for (const [at, resource] of resources.entries()) {
    onStart?.(resource.resource);
    writer.iteration = resources.length > 1 ? { elements: resources, at, outer: undefined } : undefined;
    const indexes = run.startIndexes(plan.start);
    for (const entry of plan.start) run.runModel(entry, resource, indexes);
  }
  account?.leave();
  return draft;
}

/** The node that the results of a step iterate, and the occurrence they begin with. */
interface Repetition {
  readonly free: TemplateNode | undefined;
  readonly first: number;
}

const noRepetition: Repetition = { free: undefined, first: 0 };

class ToOpenEhrRun {
  readonly #writer: OpenEhrWriter;
  readonly #context: ConversionContext;
  readonly #resolver: ReferenceResolver;
  readonly #selection: FhirSelection;
  readonly #budget = new StepBudget();
  #lastSelection:
    | {
        readonly conditions: readonly FhirCondition[];
        readonly enclosing: FhirNode;
        readonly elements: FoundNodes;
      }
    | undefined;
  /** Where the constants of the last `manual` entry began to write. */
  #lastEntry: { readonly free: TemplateNode; readonly first: number } | undefined;
  /** Next occurrence of each split node. */
  #splits: Map<TemplateNode, number> | undefined = undefined;
  #groupIndexes: GroupIndexes | undefined = undefined;
  readonly #account: Account | undefined;

  constructor(
    writer: OpenEhrWriter,
    resolver: ReferenceResolver,
    context: ConversionContext,
    account: Account | undefined,
  ) {
    this.#account = account;
    this.#writer = writer;
    this.#context = context;
    this.#resolver = resolver;
    this.#selection = new FhirSelection(resolver, account === undefined);
  }

  /** Where a start resource writes: where all do, or into an entry of its own. */
  startIndexes(models: readonly ModelEntry[]): OccurrenceIndexes {
    const root = models.find((model) => model.root !== undefined)?.root;
    // What one entry is cut into comes back into one.
    if (models.some((model) => model.groups?.resources !== undefined)) return OccurrenceIndexes.none;
    if (root === undefined || this.#context.semantics.startOccurrences === "shared") return OccurrenceIndexes.none;
    return OccurrenceIndexes.none.bind(root, this.#writer.nextIndex([root], OccurrenceIndexes.none));
  }

  /** Runs a model on one object. What it writes below its split node goes into the next occurrence of that node. */
  runModel(entry: ModelEntry, object: FhirNode, indexes: OccurrenceIndexes, outer?: FhirPlace): void {
    const place = new FhirPlace(object, object, indexes, outer);
    for (const condition of entry.fhirPreconditions) if (!this.#selection.holds(condition, place)) return;
    const nodes = entry.groups?.nodes;
    if (nodes !== undefined) {
      this.#runGroups(entry, nodes, object, indexes, outer);
      return;
    }
    const split = entry.takes;
    const occurrence = split === undefined ? 0 : (this.#splits?.get(split) ?? 0);
    const before = this.#writer.added;
    for (const step of entry.steps) {
      const own =
        split === undefined
          ? place
          : new FhirPlace(object, object, indexes.inSplit(split, occurrence, step.openEhr?.chain), outer);
      if (!this.#isOutOfTheQuestion(step, own)) this.#runStep(step, own);
    }
    if (split === undefined || this.#writer.added === before) return;
    this.#splits ??= new Map();
    this.#splits.set(split, occurrence + 1);
  }

  /** Each group writes into an occurrence of its own; what concerns no group runs with the first. */
  #runGroups(entry: ModelEntry, groups: NodeGroups, object: FhirNode, indexes: OccurrenceIndexes, outer?: FhirPlace) {
    this.#groupIndexes ??= new GroupIndexes();
    let steps = entry.steps;
    for (const { view, unique } of fhirGroups(groups, object, this.#resolver)) {
      const index = (this.#groupIndexes as GroupIndexes).indexFor(groups, unique, indexes, this.#writer);
      const place = new FhirPlace(view, view, indexes.bindWithin(groups.node, index), outer);
      for (const step of steps) this.#runStep(step, place);
      steps = groups.furtherSteps;
    }
  }

  /** The other constants of an entry whose conditions were just found to fail: nobody has to hear of them. */
  #isOutOfTheQuestion({ kind, fhirConditions }: Step, { enclosing }: FhirPlace): boolean {
    const last = this.#lastSelection;
    return (
      kind.kind === "constant" &&
      last?.conditions === fhirConditions &&
      last.enclosing === enclosing &&
      isNothing(last.elements) &&
      this.#account === undefined
    );
  }

  #runStep(step: Step, place: FhirPlace): void {
    this.#budget.spend(step);
    this.#account?.enter(step.source);
    try {
      this.#apply(step, place);
    } catch (error) {
      throw inRule(error, step);
    }
    this.#account?.leave();
  }

  #apply(step: Step, place: FhirPlace): void {
    const { openEhr } = step;
    if (step.leadsNowhere && step.direction !== "openehr->fhir") {
      this.#leadOn(step, place);
      return;
    }
    if (step.direction === "openehr->fhir" || openEhr === undefined || !rmTypesFit(step, this.#context.semantics)) {
      this.#account?.because(
        openEhr !== undefined && !rmTypesFit(step, this.#context.semantics) ? "condition false" : "other direction",
      );
      return;
    }
    const found = this.#select(step, place);
    const elements = isList(found) ? found : undefined;
    if (elements !== undefined && elements.length > 1) this.#budget.spend(step, elements.length - 1);
    if (isBlank(found)) {
      this.#account?.because(this.#whyNothing(step, found, place));
      this.#writeAbsence(step, found, place);
      return;
    }
    const { free, first } = this.#repetition(step, openEhr, place.indexes);
    if (elements !== undefined) this.#applyToEach(step, openEhr, elements, place, free, first);
    else if (found !== undefined) this.#applyTo(step, openEhr, found as FhirNode, place, free, first);
  }

  #applyToEach(
    step: Step,
    openEhr: OpenEhrAccessor,
    elements: readonly FhirNode[],
    place: FhirPlace,
    free: TemplateNode | undefined,
    first: number,
  ): void {
    const outer = this.#writer.iteration;
    for (let at = 0; at < elements.length; at++) {
      if (elements.length > 1) this.#writer.iteration = { elements, at, outer };
      this.#applyTo(step, openEhr, elements[at] as FhirNode, place, free, first + at);
    }
    this.#writer.iteration = outer;
  }

  #applyTo(
    step: Step,
    openEhr: OpenEhrAccessor,
    element: FhirNode,
    place: FhirPlace,
    free: TemplateNode | undefined,
    index: number,
  ): void {
    if (step.kind.kind === "entry") {
      this.#addEntry(step, openEhr, step.kind, element, place);
      return;
    }
    const indexes = free === undefined ? place.indexes : place.indexes.bind(free, index);
    this.#write(step, element, indexes);
    this.#runBelow(step, element, place, indexes);
  }

  /** The place of a method is nowhere in the template; the methods below it have places of their own. */
  #leadOn(step: Step, place: FhirPlace): void {
    this.#account?.because("other direction");
    if (step.children.length === 0 && step.slot.length === 0) return;
    const found = this.#select(step, place);
    const elements = listOf(found);
    if (elements.length > 1) this.#budget.spend(step, elements.length - 1);
    if (isBlank(found)) return;
    for (const element of elements) this.#runBelow(step, element, place, place.indexes);
  }

  #runBelow(step: Step, element: FhirNode, place: FhirPlace, indexes: OccurrenceIndexes): void {
    const slotFirst = this.#context.semantics.slotOrder === "before-children";
    if (slotFirst) for (const entry of step.slot) this.runModel(entry, element, indexes, place);
    if (step.children.length > 0) {
      const inside = new FhirPlace(place.model, element, indexes, place);
      for (const child of step.children) if (!this.#isOutOfTheQuestion(child, inside)) this.#runStep(child, inside);
    }
    if (!slotFirst) for (const entry of step.slot) this.runModel(entry, element, indexes, place);
  }

  /** Which node the results of a step iterate, and from which occurrence on (fhirconnect-language 10.2 and 10.3). */
  #repetition(step: Step, { chain, isIndexed }: OpenEhrAccessor, indexes: OccurrenceIndexes): Repetition {
    if (!isIndexed) return noRepetition;
    const list =
      this.#context.semantics.listWrites === "appended" ? indexes.outermostFree(chain, isListBelowEvent) : undefined;
    if (list === undefined) return { free: indexes.innermostFree(chain), first: 0 };
    const { kind } = step;
    const last = kind.kind === "constant" && !kind.startsEntry ? this.#lastEntry : undefined;
    const first = last?.free === list ? last.first : this.#writer.nextIndex(chain.slice(chain.indexOf(list)), indexes);
    if (kind.kind === "constant") this.#lastEntry = { free: list, first };
    return { free: list, first };
  }

  /** Several methods fill one list of participations or links; each element adds to it. */
  #addEntry(step: Step, openEhr: OpenEhrAccessor, entry: ListEntry, element: FhirNode, place: FhirPlace): void {
    const { node } = openEhr;
    const isFree = place.indexes.innermostFree([node]) === node;
    const indexes = isFree ? place.indexes.bind(node, this.#writer.nextIndex([node], place.indexes)) : place.indexes;
    const value = entryFromFhir(entry.entryClass, element, this.#resolver, this.#context);
    if (value === undefined) this.#account?.because("no converter");
    else this.#writer.entry(openEhr, entry, value, indexes);
    this.#runBelow(step, element, place, indexes);
    if (value === undefined) this.#writer.entry(openEhr, entry, value, indexes);
  }

  /** Constants of one entry follow each other with the same conditions at the same place: these are decided once. */
  #select(step: Step, place: FhirPlace): FoundNodes {
    const { fhir, fhirConditions } = step;
    if (fhir.isBase && step.openEhr?.isReference === true) {
      const referred = this.#referredTo(step, place);
      if (referred !== undefined) return referred;
    }
    if (!fhir.isBase || fhir.text !== undefined || fhirConditions.length === 0) {
      return this.#selection.elements(fhir, fhirConditions, place);
    }
    const last = this.#lastSelection;
    if (last?.conditions === fhirConditions && last.enclosing === place.enclosing) return last.elements;
    const elements = this.#selection.elements(fhir, fhirConditions, place);
    this.#lastSelection = { conditions: fhirConditions, enclosing: place.enclosing, elements };
    return elements;
  }

  /** `$reference` on an element that refers to a resource is that resource, also without a `reference` (engine-behaviour 7.4). */
  #referredTo({ fhir, fhirConditions }: Step, place: FhirPlace): FoundNodes {
    if (fhirConditions.length > 0) return undefined;
    const base = baseOf(fhir.base, place);
    if (base.type === "Bundle.entry" && isJsonObject(base.value) && isJsonObject(base.value.resource)) {
      return resourceNode(base.value.resource);
    }
    if (base.type !== "Reference") return undefined;
    const target = this.#resolver.resolve(base);
    return target === undefined ? [] : [target];
  }

  /** Whether it is the conditions that left nothing of what stands at the path. */
  #whyNothing({ fhir, fhirConditions }: Step, found: FoundNodes, place: FhirPlace): WithoutEffect {
    if (!isNothing(found) || fhirConditions.length === 0) return "no value";
    return isBlank(this.#selection.elements(fhir, [], place)) ? "no value" : "condition false";
  }

  /** Nothing was found: the reason, if FHIR gives one, becomes the null flavour of the place. */
  #writeAbsence(step: Step, found: FoundNodes, place: FhirPlace): void {
    const { openEhr, kind, fhir } = step;
    if (openEhr === undefined || openEhr.rmTypes.length === 0 || kind.kind === "constant") return;
    if (openEhr.members.length > 0) return;
    for (const holder of this.#valueHolders(fhir, place)) {
      if (this.#writer.absence(openEhr, reasonOnContainer(holder), place.indexes)) return;
    }
    for (const element of isNothing(found) ? this.#selection.addressed(fhir, place) : listOf(found)) {
      if (!this.#reasonCounts(element)) continue;
      if (this.#writer.absence(openEhr, reasonOnElement(element), place.indexes)) return;
    }
  }

  #reasonCounts(element: FhirNode): boolean {
    return element.inListWithoutValues !== true || this.#context.semantics.reasonsInLists === "read";
  }

  #valueHolders({ base, valueHolder }: FhirAccessor, place: FhirPlace): readonly FhirNode[] {
    if (valueHolder === undefined) return [];
    const from = baseOf(base, place);
    return valueHolder === "base" ? [from] : valueHolder.evaluate(from, this.#resolver);
  }

  #write(step: Step, element: FhirNode, indexes: OccurrenceIndexes): void {
    const { openEhr, kind } = step;
    if (openEhr === undefined || (openEhr.rmTypes.length === 0 && kind.kind !== "programmed")) return;
    switch (kind.kind) {
      case "convert":
        if (
          isTakenApart(step, element) ||
          !this.#writer.convert(openEhr, withLiteralsToOpenEhr(element, step.literals), indexes)
        ) {
          this.#account?.because("no converter");
          this.#writer.absence(openEhr, reasonOnElement(element), indexes);
        } else this.#account?.because("overwritten");
        return;
      case "constant":
        if (kind.side === "openehr" && !this.#writer.constant(openEhr, kind.value, element, indexes))
          this.#account?.because("no converter");
        return;
      case "programmed":
        if (!kind.mapping.toOpenEhr(element, this.#writer.place(openEhr, indexes), this.#context))
          this.#account?.because("no converter");
        return;
      case "iterate":
        if (kind.writesValue && !isTakenApart(step, element)) this.#writer.convert(openEhr, element, indexes);
        return;
      case "entry":
        return;
      default:
        kind satisfies never;
    }
  }
}

/** Methods that name different parts of an event or an entry mean the same one; each result has list members of its own. */
function isListBelowEvent({ rmType }: TemplateNode): boolean {
  return !isSubclassOf(rmType, "EVENT") && !isSubclassOf(rmType, "CONTENT_ITEM");
}

function rmTypesFit(step: Step, { typeConditions }: Semantics): boolean {
  if (typeConditions === "input") return true;
  return (
    step.openEhrConditions.length === 0 ||
    step.openEhrConditions.every(
      ({ operator, criteria }) =>
        operator !== "type" ||
        (step.openEhr?.rmTypes ?? []).some(
          (type) => criteria.includes(type) || criteria.includes(withoutGeneric(type)),
        ),
    )
  );
}

/** An Extension whose value is mapped by methods below it says nothing itself. */
function isTakenApart(step: Step, { type }: FhirNode): boolean {
  return (
    type === "Extension" &&
    (step.slot.length > 0 ||
      step.children.some((child) => child.openEhr !== undefined && child.direction !== "openehr->fhir"))
  );
}
