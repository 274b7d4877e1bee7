import type { Diagnostic } from "../../errors/diagnostic.js";
import { Problem } from "../../errors/problem.js";
import type { SourcePosition } from "../../errors/source-position.js";
import { type CompiledFhirPath, compileFhirPath } from "../../fhir/path/compile-fhir-path.js";
import { type CompiledCreation, compileCreation } from "../../fhir/path/create-at-path.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { Condition, Located, MappingMethod, ModelMapping } from "../../fhirconnect/syntax/tree.js";
import { flatNames } from "../../openehr/template/flat-names.js";
import { isRepeatable, type Template, type TemplateNode } from "../../openehr/template/template.js";
import { programmedMappings } from "../functions/registry.js";
import type {
  FhirAccessor,
  FhirCondition,
  ModelEntry,
  OpenEhrAccessor,
  OpenEhrCondition,
  Plan,
  Step,
  StepKind,
} from "../plan.js";
import type { Semantics } from "../semantics.js";
import { compileFhirCondition, type GuardedPath } from "./fhir-conditions.js";
import { type FhirPathText, readFhirPathText } from "./fhir-path-text.js";
import { type ConstantMethod, expandConstants, type MethodConstant } from "./manual.js";
import { OpenEhrPaths } from "./openehr-path.js";

/** The models of a context after selection and merging. */
export interface SelectedModels {
  /** Models by `metadata.name` and by archetype id. */
  find(nameOrArchetype: string): readonly ModelMapping[];
  readonly start: readonly ModelMapping[];
}

/** More steps than any real context has; a slot that unfolds without end is stopped here. */
const maximumSteps = 50_000;
/** Slots within slots. */
const maximumDepth = 60;

const structureDefinitionPrefix = "http://hl7.org/fhir/StructureDefinition/";

/** Where in the mapping files the compiler is: what relative paths are relative to. */
interface Place {
  readonly model: ModelMapping;
  readonly fhirType: string | undefined;
  /** Text that `$archetype` stands for. */
  readonly archetypeText: string;
  /** Full openEHR path text of the enclosing method, or of the slot at the top of a slotted model. */
  readonly openEhr: string | undefined;
  /** Steps from the model's object to the enclosing element; undefined behind a reference. */
  readonly fhir: readonly string[] | undefined;
  readonly rule: string;
  readonly insideReference: boolean;
  /** The slot through which the model was entered, as it is written there. */
  readonly slotName: string | undefined;
  /** Models entered so far with the place they were entered at, to stop a model that calls itself on the same node. */
  readonly entered: readonly string[];
}

/**
 * Compiles the models of a context for a template into a Plan. Nothing is thrown for what a mapping file gets wrong:
 * every path, slot and condition that cannot be resolved is a diagnostic with its place.
 */
export function compilePlan(
  template: Template,
  schema: FhirSchema,
  models: SelectedModels,
  semantics: Semantics,
): { readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] } {
  return new PlanCompiler(template, schema, models, semantics).compile();
}

class PlanCompiler {
  readonly #template: Template;
  readonly #schema: FhirSchema;
  readonly #models: SelectedModels;
  readonly #semantics: Semantics;
  readonly #paths: OpenEhrPaths;
  readonly #visible: ReadonlyMap<TemplateNode, unknown>;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #reads = new Map<string, CompiledFhirPath>();
  readonly #creations = new Map<string, CompiledCreation>();
  #stepCount = 0;

  constructor(template: Template, schema: FhirSchema, models: SelectedModels, semantics: Semantics) {
    this.#template = template;
    this.#schema = schema;
    this.#models = models;
    this.#semantics = semantics;
    this.#paths = new OpenEhrPaths(template);
    this.#visible = flatNames(template).steps;
  }

  compile(): { plan: Plan; diagnostics: readonly Diagnostic[] } {
    const start = this.#models.start.map((model) => this.#enter(model, archetypeOf(model), undefined, []));
    const plan: Plan = {
      template: this.#template,
      schema: this.#schema,
      semantics: this.#semantics,
      start,
      startType: start[0]?.fhirType ?? "Bundle",
      stepCount: this.#stepCount,
    };
    return { plan, diagnostics: this.#diagnostics };
  }

  /** A model at the place where it is entered. */
  #enter(
    model: ModelMapping,
    archetypeText: string,
    slot: { readonly text: string; readonly name: string } | undefined,
    entered: readonly string[],
  ): ModelEntry {
    const fhirType = typeOf(model);
    const place: Place = {
      model,
      fhirType,
      archetypeText,
      openEhr: slot?.text,
      fhir: [],
      rule: "",
      insideReference: false,
      slotName: slot?.name,
      entered,
    };
    const { preprocessor } = model;
    const guarded = { own: { base: "model", steps: [] } as const, hasElements: false, enclosing: [] };
    const hierarchy = preprocessor?.hierarchy?.openehr;
    return {
      name: model.name.value,
      fhirType,
      split: hierarchy === undefined ? undefined : this.#splitNode(place, hierarchy.value, hierarchy.position),
      fhirPreconditions: (preprocessor?.fhirConditions ?? []).map((condition) =>
        this.#fhirCondition(place, condition, guarded),
      ),
      openEhrPreconditions: this.#openEhrConditions(place, preprocessor?.openehrConditions ?? []),
      steps: this.#steps(place, model.mappings),
    };
  }

  #steps(place: Place, methods: readonly MappingMethod[]): readonly Step[] {
    return methods.flatMap((method) => {
      // Constants directly in a reference are not applied by the engine that today's files were tried on.
      const { before, children } = place.insideReference ? { before: [], children: [] } : expandConstants(method);
      return [...this.#constantSteps(place, before), ...this.#step(place, method, undefined, children)];
    });
  }

  #constantSteps(place: Place, methods: readonly ConstantMethod[]): readonly Step[] {
    return methods.flatMap(({ method, constant }) => this.#step(place, method, constant, []));
  }

  #step(
    place: Place,
    method: MappingMethod,
    constant: MethodConstant | undefined,
    constantChildren: readonly ConstantMethod[],
  ): readonly Step[] {
    if (++this.#stepCount > maximumSteps) {
      if (this.#stepCount === maximumSteps + 1) {
        this.#report(
          "error",
          "MAPPING_TOO_LARGE",
          `The mapping unfolds to more than ${maximumSteps} steps; a slot leads back to itself.`,
          place,
          method.position,
        );
      }
      return [];
    }
    const rule = place.rule === "" ? method.name : `${place.rule}.${method.name}`;
    const here: Place = { ...place, rule };
    const openEhrText = fullOpenEhrPath(place, method.with?.openehr?.value);
    const accessor = this.#openEhrAccessor(here, method, openEhrText);
    const openEhr =
      constant?.isRubric === true && accessor?.targets.has("DV_CODED_TEXT") ? rubricOf(accessor) : accessor;
    const own = readFhirPathText(method.with?.fhir?.value);
    const fhir = this.#fhirAccessor(here, method, own);
    const written = method.with?.fhir?.value.trim();
    const guarded = { own, hasElements: written !== undefined && written !== "$fhirRoot", enclosing: place.fhir };
    const inner: Place = { ...here, openEhr: openEhrText ?? place.openEhr, fhir: innerFhir(place, own, method) };
    const children = [
      ...this.#steps({ ...inner, insideReference: true }, method.reference?.mappings ?? []),
      ...this.#steps(inner, method.followedBy),
      ...this.#constantSteps(inner, constantChildren),
    ];
    const step: Step = {
      source: { mapping: place.model.name.value, rule, position: method.position },
      direction: constant?.direction ?? method.unidirectional?.value ?? place.model.unidirectional?.value,
      openEhr,
      fhir,
      openEhrConditions: this.#openEhrConditions(here, method.openehrConditions),
      fhirConditions: method.fhirConditions.map((condition) => this.#fhirCondition(here, condition, guarded)),
      kind: this.#kind(here, method, constant),
      readAs: staticType(method.with?.type?.value),
      children,
      slot: this.#slot(inner, method),
    };
    return [step];
  }

  #kind(place: Place, method: MappingMethod, constant: MethodConstant | undefined): StepKind {
    if (constant !== undefined) return { kind: "constant", side: constant.side, value: constant.value };
    if (method.mappingCode !== undefined) return this.#programmed(place, method.mappingCode);
    if (iterates(method)) return { kind: "iterate" };
    const value = method.with?.value?.value;
    if (value === undefined) return { kind: "convert" };
    return { kind: "constant", side: method.unidirectional?.value === "fhir->openehr" ? "openehr" : "fhir", value };
  }

  #programmed(place: Place, code: Located<string>): StepKind {
    const mapping = programmedMappings.get(code.value);
    if (mapping !== undefined) return { kind: "programmed", mapping };
    const known = [...programmedMappings.keys()].join(", ");
    this.#report(
      "warning",
      "MAPPING_CODE_UNKNOWN",
      `There is no programmed mapping "${code.value}"; the method maps nothing itself. Known are ${known}.`,
      place,
      code.position,
    );
    return { kind: "iterate" };
  }

  #slot(place: Place, method: MappingMethod): readonly ModelEntry[] {
    const slot = method.slotArchetype;
    if (slot === undefined) return [];
    const called = this.#models.find(slot.value);
    if (called.length === 0) {
      this.#report(
        "warning",
        "MAPPING_SLOT_UNKNOWN",
        `No model of this context is called "${slot.value}"; the slot maps nothing. List the model in context.archetypes.`,
        place,
        slot.position,
        slot.value,
      );
      return [];
    }
    if (place.openEhr === undefined) return [];
    const text = place.openEhr;
    const entries: ModelEntry[] = [];
    const isOwn = place.slotName === slot.value && this.#semantics.ownSlot === "cut";
    for (const model of called) {
      const key = `${model.name.value} ${text}`;
      if (isOwn || place.entered.includes(key) || place.entered.length >= maximumDepth) {
        this.#report(
          "warning",
          "MAPPING_SLOT_CIRCULAR",
          `The slot leads back to "${model.name.value}", in which it stands; it is not followed again.`,
          place,
          slot.position,
          slot.value,
        );
      } else {
        entries.push(this.#enter(model, text, { text, name: slot.value }, [...place.entered, key]));
      }
    }
    return entries;
  }

  #openEhrAccessor(place: Place, method: MappingMethod, text: string | undefined): OpenEhrAccessor | undefined {
    if (text === undefined) return undefined;
    const written = method.with?.openehr;
    const accessor = this.#paths.resolve(text);
    if (accessor === undefined) {
      this.#report(
        "warning",
        "MAPPING_OPENEHR_PATH_UNKNOWN",
        `The template has no node at the start of this path; the method maps nothing.`,
        place,
        written?.position ?? method.position,
        text,
      );
      return undefined;
    }
    if (accessor.unreachable) {
      this.#report(
        "warning",
        "MAPPING_OPENEHR_PATH_UNREACHABLE",
        "This path runs through nodes of the template that are not below each other; nothing is ever found there.",
        place,
        written?.position ?? method.position,
        text,
      );
      return undefined;
    }
    if (!accessor.complete) {
      this.#report(
        "note",
        "MAPPING_OPENEHR_PATH_CUT",
        `The template "${this.#template.templateId}" has only the beginning of this path, up to ${accessor.node.name} (${accessor.node.rmType}).`,
        place,
        written?.position ?? method.position,
        text,
      );
    }
    return written?.value.trim() === "$reference" ? { ...accessor, isReference: true } : accessor;
  }

  #fhirAccessor(place: Place, method: MappingMethod, own: FhirPathText): FhirAccessor {
    const written = method.with?.fhir;
    const steps = method.reference === undefined ? own.steps : [...own.steps, "as(Reference)", "resolve()"];
    const position = written?.position ?? method.position;
    const isBase = own.steps.length === 0;
    return {
      text: written?.value,
      base: own.base,
      isBase,
      requiredType: written?.value.trim() === "$resource" ? place.fhirType : undefined,
      read: isBase ? undefined : this.#read(place, own.steps, position),
      create: steps.length === 0 ? undefined : this.#creation(place, steps, position),
      referencedType: method.reference?.resourceType.value,
      valueHolder: this.#valueHolder(place, own.steps, position),
      mentionsEffective: own.steps.includes("effective"),
    };
  }

  #valueHolder(place: Place, steps: readonly string[], position: SourcePosition): FhirAccessor["valueHolder"] {
    const names = steps.filter((step) => !step.endsWith(")"));
    const last = names.at(-1);
    if (last === undefined || !last.startsWith("value")) return undefined;
    const holder = steps.slice(0, steps.lastIndexOf(last));
    return holder.length === 0 ? "base" : this.#read(place, holder, position);
  }

  #fhirCondition(place: Place, condition: Condition, guarded: GuardedPath): FhirCondition {
    return compileFhirCondition(
      condition,
      guarded,
      (steps) => this.#read(place, steps, condition.targetRoot.position),
      this.#semantics,
    );
  }

  #openEhrConditions(place: Place, conditions: readonly Condition[]): readonly OpenEhrCondition[] {
    const compiled: OpenEhrCondition[] = [];
    for (const condition of conditions) {
      const rootText = fullOpenEhrPath(place, condition.targetRoot.value);
      const root = rootText === undefined ? undefined : this.#paths.resolve(rootText);
      if (rootText === undefined || root === undefined || root.unreachable) {
        this.#report(
          "warning",
          "MAPPING_OPENEHR_PATH_UNKNOWN",
          "The template does not have the path of this condition; the condition has no effect.",
          place,
          condition.targetRoot.position,
          condition.targetRoot.value,
        );
        continue;
      }
      const attributes = condition.targetAttributes
        .map((attribute) => this.#paths.resolve(`${rootText}/${attribute.value}`))
        .filter((attribute) => attribute !== undefined);
      compiled.push({
        root,
        attributes: attributes.length === 0 ? [root] : attributes,
        operator: condition.operator.value,
        criteria: condition.criteria.map((criterion) => criterion.value),
      });
    }
    return compiled;
  }

  /** The repeatable node whose occurrences a hierarchy path splits; undefined when its last visible node cannot repeat. */
  #splitNode(place: Place, path: string, position: SourcePosition): TemplateNode | undefined {
    const text = fullOpenEhrPath(place, path);
    const accessor = text === undefined ? undefined : this.#paths.resolve(text);
    if (accessor === undefined || !accessor.complete) {
      this.#report(
        "warning",
        "MAPPING_OPENEHR_PATH_UNKNOWN",
        "The template lacks the path of this hierarchy; nothing is split.",
        place,
        position,
        path,
      );
      return undefined;
    }
    return splitNode(accessor, this.#visible);
  }

  #read(place: Place, steps: readonly string[], position: SourcePosition): CompiledFhirPath | undefined {
    const text = steps.join(".");
    const known = this.#reads.get(text);
    if (known !== undefined) return known;
    return this.#compiled(place, text, position, () => compileFhirPath(text, this.#schema), this.#reads);
  }

  #creation(place: Place, steps: readonly string[], position: SourcePosition): CompiledCreation | undefined {
    const text = steps.join(".");
    const known = this.#creations.get(text);
    if (known !== undefined) return known;
    return this.#compiled(place, text, position, () => compileCreation(text, this.#schema), this.#creations);
  }

  #compiled<T>(
    place: Place,
    text: string,
    position: SourcePosition,
    compile: () => T,
    memory: Map<string, T>,
  ): T | undefined {
    try {
      const compiled = compile();
      memory.set(text, compiled);
      return compiled;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#report("error", error.code, error.message, place, position, text);
      return undefined;
    }
  }

  #report(
    severity: Diagnostic["severity"],
    code: string,
    message: string,
    place: Place,
    position: SourcePosition,
    path?: string,
  ): void {
    this.#diagnostics.push({
      severity,
      code,
      message,
      position,
      mapping: place.model.name.value,
      ...(place.rule !== "" && { rule: place.rule }),
      ...(path !== undefined && { path }),
    });
  }
}

/** The node that repeats when a path is iterated: the last one on it that FLAT shows, if that one can repeat. */
export function splitNode(
  accessor: OpenEhrAccessor,
  visible: ReadonlyMap<TemplateNode, unknown>,
): TemplateNode | undefined {
  for (let at = accessor.chain.length - 1; at >= 0; at--) {
    const node = accessor.chain[at] as TemplateNode;
    if (isRepeatable(node)) return node;
    if (visible.has(node)) return undefined;
  }
  return undefined;
}

function archetypeOf(model: ModelMapping): string {
  return model.archetype?.value ?? model.name.value;
}

/** FHIR type of a model: its structure definition without the HL7 prefix; undefined for BackboneElement or none. */
function typeOf(model: ModelMapping): string | undefined {
  const url = model.structureDefinition?.value;
  if (url === undefined) return undefined;
  const type = url.startsWith(structureDefinitionPrefix) ? url.slice(structureDefinitionPrefix.length) : url;
  return type === "BackboneElement" ? undefined : type;
}

/** Puts a path text behind what it is relative to (engine-behaviour 4.3). */
function fullOpenEhrPath(place: Place, written: string | undefined): string | undefined {
  const text = written?.trim();
  if (text === undefined || text === "") return undefined;
  if (text.includes("$composition")) return text;
  if (text.startsWith("$archetype")) return place.archetypeText + text.slice("$archetype".length);
  const enclosing = place.openEhr ?? place.archetypeText;
  if (text.startsWith("$openehrRoot")) return enclosing + text.slice("$openehrRoot".length);
  const rest = text.startsWith("$reference") ? text.slice("$reference".length) : `/${text}`;
  return enclosing + rest;
}

function innerFhir(place: Place, own: FhirPathText, method: MappingMethod): readonly string[] | undefined {
  if (method.reference !== undefined) return undefined;
  if (own.base === "model") return own.steps;
  return place.fhir === undefined ? undefined : [...place.fhir, ...own.steps];
}

/** RM classes behind the static types of older dialects (fhirconnect-language 20.2). */
const staticTypes: ReadonlyMap<string, string> = new Map([
  ["QUANTITY", "DV_QUANTITY"],
  ["DATETIME", "DV_DATE_TIME"],
  ["DATE", "DV_DATE"],
  ["TIME", "DV_TIME"],
  ["CODEABLECONCEPT", "DV_CODED_TEXT"],
  ["CODING", "CODE_PHRASE"],
  ["STRING", "DV_TEXT"],
  ["TEXT", "DV_TEXT"],
  ["BOOL", "DV_BOOLEAN"],
  ["IDENTIFIER", "DV_IDENTIFIER"],
  ["MEDIA", "DV_MULTIMEDIA"],
  ["PROPORTION", "DV_PROPORTION"],
]);

function staticType(type: string | undefined): string | undefined {
  return type === undefined || type === "NONE" ? undefined : (staticTypes.get(type) ?? type);
}

/** The text of the coded text at a place that may also take other classes. */
function rubricOf(accessor: OpenEhrAccessor): OpenEhrAccessor {
  return { ...accessor, part: "value" };
}

function iterates(method: MappingMethod): boolean {
  return (
    method.with?.type?.value === "NONE" ||
    method.manual.length > 0 ||
    method.slotArchetype !== undefined ||
    method.reference !== undefined ||
    method.link !== undefined
  );
}
