import type { Diagnostic } from "../../errors/diagnostic.js";
import type { Piecewise } from "../../event-loop/slices.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { Condition, Direction, Located, MappingMethod, ModelMapping } from "../../fhirconnect/syntax/tree.js";
import type { Template, TemplateNode } from "../../openehr/template/template.js";
import { findProgrammedMapping } from "../functions/registry.js";
import type {
  FhirCondition,
  ModelEntry,
  ModelGroups,
  OpenEhrAccessor,
  OpenEhrGroups,
  Plan,
  Step,
  StepKind,
} from "../plan.js";
import type { Semantics } from "../semantics.js";
import { joinedOpenEhrPaths, withoutLiterals } from "./concatenation.js";
import { checkConstant } from "./constant-check.js";
import { checkElements } from "./element-check.js";
import { FhirAccessors } from "./fhir-accessors.js";
import type { GuardedPath } from "./fhir-conditions.js";
import { readFhirPathText } from "./fhir-path-text.js";
import { Findings } from "./findings.js";
import { frozenStep } from "./frozen-step.js";
import { isOfElementGroup, isOfNodeGroup, stepsOfFurtherGroups } from "./group-steps.js";
import { type CompiledHierarchy, Hierarchies } from "./hierarchy.js";
import { asListEntry, type ListEntryParts, lacksOfEntry, listEntryOf, ofConstantFunction } from "./list-entries.js";
import { checkLiterals } from "./literal-check.js";
import { type ConstantMethod, expandConstants, type MethodConstant } from "./manual.js";
import { OpenEhrAccessors } from "./openehr-accessors.js";
import { boundAtTop, boundBelow, OverwriteCheck } from "./overwrite-check.js";
import { type EnteredSlot, fullOpenEhrPath, inside, type Place, placeAtBase, topOf, typedPath } from "./place.js";
import { checkTarget, toReference } from "./reference-path.js";
import { slotGroupsOf } from "./slot-groups.js";
import { checkStaticType, staticType } from "./static-type.js";
import { checkTypePair } from "./type-pair-check.js";

/** The models of a context after selection and merging. */
export interface SelectedModels {
  /** Models by `metadata.name` and by archetype id. */
  find(nameOrArchetype: string): readonly ModelMapping[];
  /** The models of the archetype with which a run begins. */
  readonly start: readonly ModelMapping[];
  /** Those of them that the context names. */
  readonly namedStart: readonly ModelMapping[];
}

/** More steps than any real context has; a slot that unfolds without end is stopped here. */
const maximumSteps = 50_000;
/** Slots within slots. */
const maximumDepth = 60;

/** A Plan, and what was found on the way to it. */
export interface CompiledPlan {
  readonly plan: Plan;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles the models of a context for a template into a Plan, step by step: each step is a piece. Nothing is thrown for
 * what a mapping file gets wrong: every path, slot and condition that cannot be resolved is a diagnostic with its place.
 */
export function compilePlan(
  template: Template,
  schema: FhirSchema,
  models: SelectedModels,
  semantics: Semantics,
): Piecewise<CompiledPlan> {
  return new PlanCompiler(template, schema, models, semantics).compile();
}

class PlanCompiler {
  readonly #template: Template;
  readonly #schema: FhirSchema;
  readonly #models: SelectedModels;
  readonly #semantics: Semantics;
  readonly #findings = new Findings();
  readonly #openEhr: OpenEhrAccessors;
  readonly #fhir: FhirAccessors;
  readonly #hierarchies: Hierarchies;
  readonly #overwrites: OverwriteCheck;
  /** Constants of one entry share their conditions, so that a run decides them once. */
  readonly #shared = new Map<readonly Condition[], readonly FhirCondition[]>();
  #stepCount = 0;
  /** What start resources are made for, one for each occurrence: decided by the first start model. */
  #startNodes: readonly TemplateNode[] | undefined = undefined;

  constructor(template: Template, schema: FhirSchema, models: SelectedModels, semantics: Semantics) {
    this.#template = template;
    this.#schema = schema;
    this.#models = models;
    this.#semantics = semantics;
    this.#openEhr = new OpenEhrAccessors(template, semantics, this.#findings);
    this.#fhir = new FhirAccessors(schema, semantics, this.#findings);
    this.#hierarchies = new Hierarchies(this.#openEhr, this.#fhir, schema, semantics, this.#findings);
    this.#overwrites = new OverwriteCheck(schema, semantics);
  }

  *compile(): Piecewise<CompiledPlan> {
    const start: ModelEntry[] = [];
    const { start: ofArchetype, namedStart } = this.#models;
    for (const model of this.#semantics.startModels === "named" ? namedStart : ofArchetype) {
      start.push(yield* this.#enter(model, model.archetype?.value ?? model.name.value, undefined, []));
    }
    const plan: Plan = {
      template: this.#template,
      schema: this.#schema,
      semantics: this.#semantics,
      start,
      startType: start[0]?.fhirType ?? "Bundle",
      stepCount: this.#stepCount,
    };
    this.#overwrites.report(this.#findings);
    return { plan, diagnostics: this.#findings.diagnostics };
  }

  /** A model at the place where it is entered. */
  *#enter(
    model: ModelMapping,
    archetypeText: string,
    slot: EnteredSlot | undefined,
    entered: readonly string[],
  ): Piecewise<ModelEntry> {
    const top = topOf(model, archetypeText, slot, entered, this.#semantics);
    const { preprocessor } = model;
    const root = slot === undefined ? this.#openEhr.repeatingNode(archetypeText) : undefined;
    const written = preprocessor?.hierarchy;
    const hierarchy = written === undefined ? undefined : this.#hierarchies.compile(top, written, root);
    const place: Place = hierarchy === undefined ? top : { ...top, hierarchy };
    const guarded = { own: { base: "model", steps: [] } as const, hasElements: false, enclosing: [] };
    const fhirPreconditions = (preprocessor?.fhirConditions ?? []).map((condition) =>
      this.#fhir.condition(place, condition, guarded),
    );
    const openEhrPreconditions = this.#openEhr.conditions(place, preprocessor?.openehrConditions ?? []);
    const chosen = this.#chosenAtTop(slot, hierarchy, root);
    const bound = boundAtTop(place, chosen, openEhrPreconditions);
    const steps = yield* this.#steps({ ...place, bound }, model.mappings);
    return {
      name: model.name.value,
      fhirType: place.fhirType,
      split: hierarchy?.split,
      takes: hierarchy?.takes,
      groups: hierarchy && groupsOf(hierarchy, steps),
      root,
      fhirPreconditions,
      openEhrPreconditions,
      steps,
    };
  }

  /** The nodes of which a model, where it begins, sees one occurrence at a time on the way to FHIR. */
  #chosenAtTop(
    slot: EnteredSlot | undefined,
    hierarchy: CompiledHierarchy | undefined,
    root: TemplateNode | undefined,
  ): readonly TemplateNode[] {
    const elements = occurrenceOf(hierarchy?.elements);
    if (slot !== undefined) return [...occurrenceOf(hierarchy?.resources), ...elements];
    const each = this.#semantics.startOccurrences === "own" ? (hierarchy?.split ?? root) : hierarchy?.split;
    this.#startNodes ??= hierarchy?.resources === undefined ? toList(each) : occurrenceOf(hierarchy.resources);
    return [...this.#startNodes, ...elements];
  }

  /** Constants directly in a reference are not applied by the engine that today's files were tried on. */
  #ignoresConstants(place: Place): boolean {
    return place.insideReference && this.#semantics.constantsInReference === "ignored";
  }

  *#steps(place: Place, methods: readonly MappingMethod[]): Piecewise<readonly Step[]> {
    const steps: Step[] = [];
    for (const method of methods) {
      const ignored = this.#ignoresConstants(place);
      const { before, children } = ignored
        ? { before: [], children: [] }
        : expandConstants(method, this.#semantics.constantGates);
      steps.push(...(yield* this.#constantSteps(place, before)));
      steps.push(...(yield* this.#step(place, method, undefined, children)));
    }
    return steps;
  }

  *#constantSteps(place: Place, methods: readonly ConstantMethod[]): Piecewise<readonly Step[]> {
    this.#shared.clear();
    const only = place.model.unidirectional?.value;
    const steps: Step[] = [];
    for (const { method, constant } of methods) {
      if (only !== undefined && only !== constant.direction) continue;
      steps.push(...(yield* this.#step(place, method, constant, [])));
    }
    return steps;
  }

  *#step(
    place: Place,
    written: MappingMethod,
    constant: MethodConstant | undefined,
    constantChildren: readonly ConstantMethod[],
  ): Piecewise<readonly Step[]> {
    const rule = place.rule === "" ? written.name : `${place.rule}.${written.name}`;
    const here: Place = { ...place, rule };
    if (!this.#countStep(here, written)) return [];
    yield;
    const { method, literals } =
      this.#semantics.concatenation === "literals"
        ? withoutLiterals(written)
        : { method: written, literals: undefined };
    const joined = this.#semantics.concatenation === "literals" ? joinedOpenEhrPaths(method) : undefined;
    const openEhrText = fullOpenEhrPath(place, joined?.path ?? method.with?.openehr?.value);
    const toTarget = toReference(here, method, readFhirPathText(method.with?.fhir?.value), this.#schema);
    const implicit = this.#fhir.implicit(here, method, toTarget);
    const own = implicit ?? toTarget;
    const start = placeAtBase(place, own.base);
    const fhirText = method.with?.fhir?.value.trim();
    const hasElements = fhirText !== undefined && fhirText !== "$fhirRoot";
    const asked = constant?.direction ?? method.unidirectional?.value ?? place.model.unidirectional?.value;
    if (implicit !== undefined && asked === "openehr->fhir") return [];
    const direction = implicit === undefined ? asked : "fhir->openehr";
    const found = ofRubric(this.#openEhr.accessor(here, method, openEhrText), constant);
    const accessor = joined === undefined ? found : this.#openEhr.joined(here, method, found, joined.parts, direction);
    const entry = constant === undefined ? this.#listEntry(here, method, accessor, direction) : undefined;
    const ends = {
      direction,
      openEhr: entry?.openEhr ?? accessor,
      leadsNowhere: openEhrText !== undefined && accessor === undefined,
      fhir: this.#fhir.accessor(here, method, own, direction),
      openEhrConditions: [
        ...(entry?.openEhrConditions ?? ofConstantFunction(method, accessor, this.#semantics)),
        ...this.#openEhr.conditions(here, method.openehrConditions),
      ],
    };
    const inner: Place = {
      ...inside(here, method, own, openEhrText),
      bound: boundBelow(here, ends, method.slotArchetype !== undefined),
    };
    const step: Step = {
      source: { mapping: place.model.name.value, rule, position: method.position },
      ...ends,
      fhirConditions: this.#fhirConditions(here, method, { own, hasElements, enclosing: start?.fhir }),
      kind: entry?.kind ?? this.#kind(here, method, constant),
      readAs: staticType(method.with?.type?.value, this.#semantics),
      literals,
      children: [
        ...(yield* this.#steps({ ...inner, insideReference: true }, method.reference?.mappings ?? [])),
        ...(yield* this.#steps(inner, method.followedBy)),
        ...(yield* this.#constantSteps(inner, constantChildren)),
      ],
      slot: yield* this.#slot(inner, method),
      slotGroups: undefined,
    };
    const { type: from, steps: path } = typedPath(here, own);
    const position = method.with?.fhir?.position ?? method.position;
    checkElements(here, from, path, position, this.#schema, this.#findings);
    checkStaticType(here, method.with?.type, this.#findings);
    checkTarget(here, method, from, path, this.#schema, this.#findings);
    checkTypePair(here, step, from, path, this.#schema, this.#semantics, this.#findings);
    checkConstant(here, step, from, path, this.#schema, this.#semantics, this.#findings);
    checkLiterals(here, step, from, path, method, this.#schema, this.#findings);
    this.#overwrites.check(here, step, own);
    const slotGroups = slotGroupsOf(step);
    if (slotGroups === undefined) return [frozenStep(step)];
    if (slotGroups !== "uncreated") return [frozenStep({ ...step, slotGroups })];
    const message =
      "The hierarchy of the model makes several elements of what it is entered with, but this method hands over one that is there; they are mapped as one. Let the method create the element.";
    this.#findings.report("warning", "MAPPING_HIERARCHY_UNUSABLE", message, here, method.position);
    return [frozenStep(step)];
  }

  #countStep(place: Place, method: MappingMethod): boolean {
    this.#stepCount++;
    if (this.#stepCount === maximumSteps + 1) {
      const message = `The mapping unfolds to more than ${maximumSteps} steps: slots in the models of slots multiply. Enter models at fewer places.`;
      this.#findings.report("error", "MAPPING_TOO_LARGE", message, place, method.position);
    }
    return this.#stepCount <= maximumSteps;
  }

  #fhirConditions(place: Place, method: MappingMethod, guarded: GuardedPath): readonly FhirCondition[] {
    const known = this.#shared.get(method.fhirConditions);
    if (known !== undefined && !guarded.hasElements) return known;
    const compiled = method.fhirConditions.map((condition) => this.#fhir.condition(place, condition, guarded));
    if (!guarded.hasElements) this.#shared.set(method.fhirConditions, compiled);
    return compiled;
  }

  #kind(place: Place, method: MappingMethod, constant: MethodConstant | undefined): StepKind {
    if (constant !== undefined) {
      const { side, value, startsEntry } = constant;
      return { kind: "constant", side, value, startsEntry };
    }
    if (method.mappingCode !== undefined) return this.#programmed(place, method.mappingCode);
    if (neverWrites(method, this.#ignoresConstants(place))) return { kind: "iterate", writesValue: false };
    if (leadsOn(method)) return { kind: "iterate", writesValue: true };
    const value = method.with?.value?.value;
    if (value === undefined) return { kind: "convert" };
    const side = method.unidirectional?.value === "fhir->openehr" ? "openehr" : "fhir";
    return { kind: "constant", side, value, startsEntry: true };
  }

  /** What a method with `participationsFunction` or `link` is, when its path ends in the list that these are entries of. */
  #listEntry(
    place: Place,
    method: MappingMethod,
    accessor: OpenEhrAccessor | undefined,
    direction: Direction | undefined,
  ): ListEntryParts | undefined {
    const entry = listEntryOf(method, this.#semantics);
    if (entry === undefined) return undefined;
    const lack = direction === "openehr->fhir" ? undefined : lacksOfEntry(entry);
    const written = method.link?.position ?? method.position;
    if (lack !== undefined) this.#findings.report("error", "MAPPING_LINK_INCOMPLETE", lack, place, written);
    if (accessor === undefined) return undefined;
    const parts = asListEntry(accessor, entry);
    if (parts !== undefined) return parts;
    const list = entry.entryClass === "LINK" ? "`links`" : "`participations` or `other_participations`";
    const key = entry.entryClass === "LINK" ? "link" : "participationsFunction";
    const message = `\`${key}\` belongs on an openEHR path that ends in ${list}; it has no effect here.`;
    const position = method.with?.openehr?.position ?? method.position;
    this.#findings.report("warning", "MAPPING_ENTRY_PLACE", message, place, position, accessor.text);
    return undefined;
  }

  #programmed(place: Place, code: Located<string>): StepKind {
    const found = findProgrammedMapping(code.value);
    if ("mapping" in found) return { kind: "programmed", mapping: found.mapping };
    const message = `${found.fault} The method maps nothing itself.`;
    this.#findings.report("warning", "MAPPING_CODE_UNKNOWN", message, place, code.position);
    return { kind: "iterate", writesValue: false };
  }

  *#slot(place: Place, method: MappingMethod): Piecewise<readonly ModelEntry[]> {
    const slot = method.slotArchetype;
    const text = place.openEhr;
    if (slot === undefined) return [];
    if (text === undefined) return [];
    // That no model has the name is found without a template (`fhirconnect/check`).
    const called = this.#models.find(slot.value);
    const isOwn = place.slotName === slot.value && this.#semantics.ownSlot === "cut";
    const entries: ModelEntry[] = [];
    for (const model of called) {
      const key = `${model.name.value} ${this.#openEhr.nodeAt(text)?.ordinal ?? "nowhere"}`;
      if (!isOwn && !place.entered.includes(key) && place.entered.length < maximumDepth) {
        entries.push(
          yield* this.#enter(model, text, { text, name: slot.value, outer: place.outer, bound: place.bound }, [
            ...place.entered,
            key,
          ]),
        );
        continue;
      }
      const message = `The slot leads back to "${model.name.value}", in which it stands; it is not followed again.`;
      this.#findings.report("warning", "MAPPING_SLOT_CIRCULAR", message, place, slot.position, slot.value);
    }
    return entries;
  }
}

/** What a hierarchy groups by, with the steps that each group behind the first runs. */
function groupsOf({ resources, elements, nodes }: CompiledHierarchy, steps: readonly Step[]): ModelGroups | undefined {
  if (resources === undefined && elements === undefined && nodes === undefined) return undefined;
  return {
    resources,
    elements: elements && { ...elements, furtherSteps: stepsOfFurtherGroups(steps, isOfElementGroup(elements.node)) },
    nodes: nodes && { ...nodes, furtherSteps: stepsOfFurtherGroups(steps, isOfNodeGroup(nodes.node)) },
  };
}

/** The node of which a group holds one occurrence; a group of several is within one of the archetype. */
function occurrenceOf(groups: OpenEhrGroups | undefined): readonly TemplateNode[] {
  return toList(groups?.unique.length === 0 ? groups.node : groups?.archetype);
}

function toList<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}

/** A constant that is the text of a coded text means that, also where other classes are allowed. */
function ofRubric(
  accessor: OpenEhrAccessor | undefined,
  constant: MethodConstant | undefined,
): OpenEhrAccessor | undefined {
  if (constant?.isRubric !== true || accessor === undefined || !accessor.targets.has("DV_CODED_TEXT")) return accessor;
  return { ...accessor, part: "value" };
}

function neverWrites(method: MappingMethod, ignoresConstants: boolean): boolean {
  return method.with?.type?.value === "NONE" || (method.manual.length > 0 && !ignoresConstants);
}

function leadsOn({ slotArchetype, reference, link }: MappingMethod): boolean {
  return slotArchetype !== undefined || reference !== undefined || link !== undefined;
}
