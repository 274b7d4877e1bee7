import { Problem } from "../../errors/problem.js";
import { fhirPathNotCreatable } from "../problems.js";
import type { FhirElement, FhirSchema, FhirType } from "../schema/fhir-schema.js";
import { FhirInstance } from "./fhir-instance.js";
import type { FhirPathStep } from "./fhir-path-step.js";
import { specialises } from "./fhir-type-name.js";
import { parseFhirPath } from "./parse-fhir-path.js";

/** Forms that a value to be written has: its FHIR type, and those of its alternatives. */
export interface WrittenForms {
  readonly type: string;
  readonly alternatives?: readonly { readonly type: string }[];
}

/** What is known of all that is written at a path before there is data. */
export interface CreationUse {
  /** A text will be written: a choice element whose first type takes none becomes a `string`, where it may be one. */
  readonly forText?: boolean;
  /** Resource type to create behind a Reference, where the path says `resolve()`. */
  readonly referencedType?: string | undefined;
}

/** Told what becomes of the elements of a resource in the making. */
export interface CreationWatcher {
  /** Told each element that is made on the way. */
  readonly created?: (instance: FhirInstance) => void;
  /** Told each element, with all below it, whose place a new one takes. */
  readonly replaced?: (instance: FhirInstance) => void;
}

/** A FHIR path as instructions for building, read once. */
export interface CompiledCreation {
  readonly text: string;
  /** The creator for one use of the path; made once for each method. */
  creatorFor(use: CreationUse): ElementCreator;
}

/** Creates the elements of a path. It remembers what it made of the types it met, which are nearly always the same. */
export interface ElementCreator {
  /** True when the path names no element: what is created then is there already. */
  readonly isEmpty: boolean;
  /**
   * Creates the elements of the path below `base`.
   * @param forms pick among the types of a choice element at the end of the path
   * @returns the last instance created (its `siblings` are the list it was appended to); `base` itself when the path is empty;
   *   undefined when `base` has none of the elements
   */
  create(base: FhirInstance, forms?: WrittenForms, watcher?: CreationWatcher): FhirInstance | undefined;
}

/** One element to create, with what the path says about its type. */
interface CreationStep {
  readonly name: string;
  /** Type of `as(T)` or `ofType(T)`. */
  readonly cast: string | undefined;
  /** `resolve()` follows: create the resource behind the Reference too. */
  readonly resolve: boolean;
  /** Url to give an extension made by `extension('url')`. */
  readonly url: string | undefined;
}

/**
 * Compiles a FHIR path for creation (engine-behaviour 6.6, fhirconnect-language 5.4). Every step always makes a new
 * instance: a single-valued element is overwritten, a list gets one more member. Criteria of `where()`, indexes and
 * `first()` are read-only and dropped, unknown element names skipped. Throws FHIR_PATH_NOT_CREATABLE when the path is an
 * expression that names no elements.
 */
export function compileCreation(text: string, schema: FhirSchema): CompiledCreation {
  const parsed = parseFhirPath(text, schema);
  if (parsed.steps === undefined) {
    throw new Problem(fhirPathNotCreatable, `Nothing can be created at the FHIR path "${text}".`, { path: text });
  }
  const typeName = parsed.steps[0]?.kind === "resource-type" ? parsed.steps[0].name : undefined;
  const steps = creationSteps(parsed.steps);
  return {
    text,
    creatorFor: (use) => (steps.length === 0 ? new TypeCheck(typeName) : new Creator(steps, use, schema)),
  };
}

/** A path without elements: it leads to the base, or to the resource behind it, when that has the type of the path. */
class TypeCheck implements ElementCreator {
  readonly isEmpty = true;
  readonly #typeName: string | undefined;

  constructor(typeName: string | undefined) {
    this.#typeName = typeName;
  }

  create(base: FhirInstance): FhirInstance | undefined {
    if (this.#typeName === undefined || this.#typeName === base.type.name) return base;
    return this.#typeName === base.target?.type.name ? base.target : undefined;
  }
}

/** Folds casts and `resolve()` into the element they follow. */
function creationSteps(steps: readonly FhirPathStep[]): readonly CreationStep[] {
  const folded: CreationStep[] = [];
  for (const step of steps) {
    const last = folded.at(-1);
    switch (step.kind) {
      case "child":
        folded.push({ name: step.name, cast: undefined, resolve: false, url: undefined });
        break;
      case "extension":
        folded.push({ name: "extension", cast: undefined, resolve: false, url: step.url });
        break;
      case "cast":
        // `as(Reference).resolve()` keeps the resource type of a later `ofType(Condition)`.
        if (last !== undefined) folded[folded.length - 1] = { ...last, cast: step.type };
        break;
      case "resolve":
        if (last !== undefined) folded[folded.length - 1] = { ...last, resolve: true };
        break;
      case "where":
      case "index":
      case "first":
      case "resource-type":
        break;
    }
  }
  return folded;
}

/** What a step makes of an element, where that does not depend on the data. */
interface Making {
  readonly type: FhirType;
  /** Type of the resource behind a Reference. */
  readonly targetType: FhirType | undefined;
}

/** What a step makes in owners of one type. */
interface Meeting {
  readonly ownerType: FhirType;
  /** Undefined when the owner has no element of that name. */
  readonly element: FhirElement | undefined;
  readonly making: Making | undefined;
  /** Whether a value may stand in the element that a path into its extensions leaves alone. */
  readonly mayHoldValue: boolean;
  /** What is made for the type of a value, in a choice element at the end of the path. */
  readonly byForm: Map<string, Making | undefined> | undefined;
}

class Creator implements ElementCreator {
  readonly isEmpty = false;
  readonly #steps: readonly CreationStep[];
  readonly #use: CreationUse;
  readonly #schema: FhirSchema;
  readonly #uri: FhirType | undefined;
  /** What each step met last. */
  readonly #met: (Meeting | undefined)[];
  /** Whether the path goes on in the resource behind a Reference that a step makes. */
  readonly #goesBehind: readonly boolean[];

  constructor(steps: readonly CreationStep[], use: CreationUse, schema: FhirSchema) {
    this.#steps = steps;
    this.#use = use;
    this.#schema = schema;
    this.#uri = schema.type("uri");
    this.#met = steps.map(() => undefined);
    this.#goesBehind = steps.map((step) => behindReference(step, schema));
  }

  create(base: FhirInstance, forms?: WrittenForms, watcher?: CreationWatcher): FhirInstance | undefined {
    const steps = this.#steps;
    const last = steps.length - 1;
    let current = base;
    let created: FhirInstance | undefined;
    for (let at = 0; at <= last; at++) {
      const step = steps[at] as CreationStep;
      const owner = current.target === undefined ? current : ownerOf(current, step.name);
      const known = this.#met[at];
      const meeting = known !== undefined && known.ownerType === owner.type ? known : this.#meet(at, owner.type);
      const { element } = meeting;
      if (element === undefined) continue;
      const passed = meeting.mayHoldValue ? writtenPrimitive(owner, element, step) : undefined;
      if (passed !== undefined) {
        current = passed;
        created = passed;
        continue;
      }
      const making =
        meeting.byForm === undefined || forms === undefined ? meeting.making : this.#chosen(at, meeting, forms);
      if (making === undefined) continue;
      const made = this.#make(making, step);
      watcher?.created?.(made);
      const siblings = attach(owner, element, made, watcher);
      current = made.target !== undefined && this.#goesBehind[at] === true ? made.target : made;
      current.siblings = siblings;
      created = current;
    }
    return created;
  }

  #meet(at: number, ownerType: FhirType): Meeting {
    const step = this.#steps[at] as CreationStep;
    const element = ownerType.elements.get(step.name);
    const isLast = at === this.#steps.length - 1;
    const hints =
      element !== undefined && isLast && element.choice && this.#use.forText === true ? textHints(element) : undefined;
    const meeting: Meeting = {
      ownerType,
      element,
      making: element && this.#making(element, step, hints),
      mayHoldValue: element !== undefined && !isLast && !element.list && this.#takesValues(element, at),
      byForm: isLast && element?.choice === true ? new Map() : undefined,
    };
    this.#met[at] = meeting;
    return meeting;
  }

  #takesValues({ types }: FhirElement, at: number): boolean {
    const next = this.#steps[at + 1]?.name ?? "";
    return types.some((name) => {
      const type = this.#schema.type(name);
      return type?.kind === "primitive" && type.elements.has(next);
    });
  }

  #chosen(at: number, { element, byForm }: Meeting, forms: WrittenForms): Making | undefined {
    const step = this.#steps[at] as CreationStep;
    if (element === undefined || byForm === undefined) return undefined;
    const { type, alternatives } = forms;
    if (alternatives !== undefined)
      return this.#making(element, step, [type, ...alternatives.map((alternative) => alternative.type)]);
    const known = byForm.get(type);
    if (known !== undefined) return known;
    const making = this.#making(element, step, [type]);
    byForm.set(type, making);
    return making;
  }

  #make({ type, targetType }: Making, step: CreationStep): FhirInstance {
    const instance = new FhirInstance(type);
    if (step.url !== undefined) this.#setUrl(instance, step.url);
    if (targetType !== undefined) instance.target = new FhirInstance(targetType);
    return instance;
  }

  #making(element: FhirElement, step: CreationStep, hints: readonly string[] | undefined): Making | undefined {
    const { referencedType } = this.#use;
    const cast = step.cast === undefined ? undefined : this.#schema.type(step.cast);
    if (step.cast !== undefined && cast === undefined) return undefined;
    const resourceType = cast?.kind === "resource" ? cast.name : undefined;
    // `Bundle.entry.resource` and `contained` hold the resource itself.
    if (this.#holdsResources(element)) {
      const held = this.#resourceType(resourceType ?? referencedType);
      return held && { type: held, targetType: undefined };
    }
    const type = this.#elementType(element, resourceType === undefined ? cast : this.#schema.type("Reference"), hints);
    if (type === undefined) return undefined;
    const targetType =
      type.name === "Reference"
        ? this.#resourceType(this.#targetType(element, step, resourceType, referencedType))
        : undefined;
    return { type, targetType };
  }

  /**
   * `as(Reference)` alone makes a Reference for an identifier or a display. Without any cast the Reference carries an
   * empty resource of the first type allowed there, so that a step the Reference does not have itself, or that both
   * have (`request` followed by `identifier`), goes into the resource; what stays empty is removed in the end.
   */
  #targetType(
    element: FhirElement,
    step: CreationStep,
    resourceType: string | undefined,
    referencedType: string | undefined,
  ): string | undefined {
    if (step.resolve) return resourceType ?? referencedType ?? element.targets?.[0];
    return step.cast === undefined ? element.targets?.[0] : resourceType;
  }

  #holdsResources(element: FhirElement): boolean {
    return this.#schema.type(element.types[0] ?? "")?.kind === "resource";
  }

  #resourceType(name: string | undefined): FhirType | undefined {
    const type = name === undefined ? undefined : this.#schema.type(name);
    return type?.kind === "resource" ? type : undefined;
  }

  #elementType(
    element: FhirElement,
    cast: FhirType | undefined,
    hints: readonly string[] | undefined,
  ): FhirType | undefined {
    const declared = this.#schema.type(element.types[0] ?? "");
    if (cast === undefined) {
      const hinted = element.choice && hints !== undefined ? hintedType(element, hints, this.#schema) : undefined;
      return hinted === undefined ? declared : this.#schema.type(hinted);
    }
    if (element.types.includes(cast.name)) return cast;
    if (element.choice || declared === undefined) return undefined;
    // A cast among primitives (`as(String)` on a code) changes nothing in FHIR JSON, so the declared type stays.
    if (declared.kind === "primitive" && cast.kind === "primitive") return declared;
    return specialises(cast.name, declared.name, this.#schema) ? cast : undefined;
  }

  #setUrl(extension: FhirInstance, url: string): void {
    if (this.#uri === undefined) return;
    const instance = new FhirInstance(this.#uri);
    instance.primitive = url;
    extension.setField("url", instance);
  }
}

/** A Reference that carries a resource stands for it; only what the resource does not have is the Reference's own. */
function ownerOf(current: FhirInstance, name: string): FhirInstance {
  return current.target?.type.elements.has(name) ? current.target : current;
}

/** Whether the path goes on in the resource: after `resolve()` and after a cast to a resource type. */
function behindReference(step: CreationStep, schema: FhirSchema): boolean {
  return step.resolve || (step.cast !== undefined && schema.type(step.cast)?.kind === "resource");
}

/** What coded data also fits, besides its own type. */
const codedTypes = ["code", "CodeableConcept", "Coding"];

/** The first declared type that the data has a form of. */
function hintedType(element: FhirElement, hints: readonly string[], schema: FhirSchema): string | undefined {
  const exact = hints.find((hint) => element.types.includes(hint));
  if (exact !== undefined) return exact;
  const coded = hints.includes("Coding") || hints.includes("CodeableConcept");
  const kin = coded ? codedTypes.find((type) => element.types.includes(type)) : undefined;
  return kin ?? element.types.find((type) => hints.some((hint) => specialises(type, hint, schema)));
}

/** A constant in a choice element takes its first type when that takes a text, as other engines do. */
function textHints({ types }: FhirElement): readonly string[] | undefined {
  const [first] = types;
  return first !== undefined && textTypes.has(first) ? undefined : ["string"];
}

const textTypes: ReadonlySet<string> = new Set([
  "CodeableConcept",
  "dateTime",
  "date",
  "instant",
  "time",
  "boolean",
  "uri",
]);

/**
 * A primitive that has its value already: a path into its extensions leaves that value alone. Where the path asks for another
 * type of a choice element, that type takes its place.
 */
function writtenPrimitive(
  owner: FhirInstance,
  { name, choice }: FhirElement,
  { cast }: CreationStep,
): FhirInstance | undefined {
  const present = owner.field(name);
  if (!(present instanceof FhirInstance) || present.primitive === undefined) return undefined;
  return choice && cast !== undefined && cast !== present.type.name ? undefined : present;
}

function attach(
  owner: FhirInstance,
  element: FhirElement,
  instance: FhirInstance,
  watcher: CreationWatcher | undefined,
): FhirInstance[] | undefined {
  if (!element.list) {
    if (watcher?.replaced !== undefined) {
      const before = owner.field(element.name);
      if (before instanceof FhirInstance) watcher.replaced(before);
    }
    owner.setElement(element, instance);
    return undefined;
  }
  return owner.addMember(element, instance);
}
