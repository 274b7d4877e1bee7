import { Problem } from "../../errors/problem.js";
import { fhirPathNotCreatable } from "../problems.js";
import type { FhirElement, FhirSchema, FhirType } from "../schema/fhir-schema.js";
import { FhirInstance } from "./fhir-instance.js";
import type { FhirPathStep } from "./fhir-path-step.js";
import { specialises } from "./fhir-type-name.js";
import { parseFhirPath } from "./parse-fhir-path.js";

/** What a mapping knows when it creates an element. */
export interface CreationOptions {
  /** FHIR types that the data to be written has forms of, the best first; picks among the types of a choice element at the end of the path. */
  readonly hints?: readonly string[] | undefined;
  /** A text will be written: a choice element whose first type takes none becomes a `string`, where it may be one. */
  readonly forText?: boolean;
  /** Resource type to create behind a Reference, where the path says `resolve()`. */
  readonly referencedType?: string | undefined;
  /** Told each element that is made on the way. */
  readonly onCreated?: ((instance: FhirInstance) => void) | undefined;
  /** Told each element, with all below it, whose place a new one takes. */
  readonly onReplaced?: ((instance: FhirInstance) => void) | undefined;
}

export interface CreatedElement {
  /** The last instance created, or the base itself when the path is empty. */
  readonly instance: FhirInstance;
  /**
   * The list `instance` was appended to, when its element is one. Behind a Reference in a list this is the list of the
   * References, and `instance` the resource.
   */
  readonly siblings?: FhirInstance[];
}

/** A FHIR path as instructions for building, read once. */
export interface CompiledCreation {
  readonly text: string;
  /** Creates the elements of the path below `base`; undefined when `base` has none of them. */
  create(base: FhirInstance, options?: CreationOptions): CreatedElement | undefined;
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
  /** What was made of the last element that the step met. */
  readonly last: {
    element?: FhirElement | undefined;
    referencedType?: string | undefined;
    making?: Making | undefined;
  };
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
  const creator = new Creator(schema);
  return {
    text,
    create(base, options = {}) {
      if (steps.length === 0) {
        if (typeName === undefined || typeName === base.type.name) return { instance: base };
        return typeName === base.target?.type.name ? { instance: base.target } : undefined;
      }
      return creator.create(base, steps, options);
    },
  };
}

/** Folds casts and `resolve()` into the element they follow. */
function creationSteps(steps: readonly FhirPathStep[]): readonly CreationStep[] {
  const folded: CreationStep[] = [];
  for (const step of steps) {
    const last = folded.at(-1);
    switch (step.kind) {
      case "child":
        folded.push({ name: step.name, cast: undefined, resolve: false, url: undefined, last: {} });
        break;
      case "extension":
        folded.push({ name: "extension", cast: undefined, resolve: false, url: step.url, last: {} });
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

class Creator {
  readonly #schema: FhirSchema;
  readonly #uri: FhirType | undefined;

  constructor(schema: FhirSchema) {
    this.#schema = schema;
    this.#uri = schema.type("uri");
  }

  create(base: FhirInstance, steps: readonly CreationStep[], options: CreationOptions): CreatedElement | undefined {
    let current = base;
    let created: CreatedElement | undefined;
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at] as CreationStep;
      const owner = ownerOf(current, step.name);
      const element = owner.type.elements.get(step.name);
      if (element === undefined) continue;
      const isLast = at === steps.length - 1;
      const passed = isLast ? undefined : writtenPrimitive(owner, element);
      if (passed !== undefined) {
        current = passed;
        created = { instance: passed };
        continue;
      }
      const hints = isLast ? (options.hints ?? (options.forText === true ? textHints(element) : undefined)) : undefined;
      const making =
        element.choice && hints !== undefined
          ? this.#making(element, step, hints, options.referencedType)
          : this.#knownMaking(element, step, options.referencedType);
      if (making === undefined) continue;
      const made = this.#make(making, step);
      options.onCreated?.(made);
      const siblings = attach(owner, element, made, options.onReplaced);
      current = made.target !== undefined && behindReference(step, this.#schema) ? made.target : made;
      created = siblings === undefined ? { instance: current } : { instance: current, siblings };
    }
    return created;
  }

  /** What does not depend on the data is worked out once; a step nearly always meets the same element. */
  #knownMaking(element: FhirElement, step: CreationStep, referencedType: string | undefined): Making | undefined {
    const { last } = step;
    if (last.element === element && last.referencedType === referencedType) return last.making;
    last.making = this.#making(element, step, undefined, referencedType);
    last.element = element;
    last.referencedType = referencedType;
    return last.making;
  }

  #make({ type, targetType }: Making, step: CreationStep): FhirInstance {
    const instance = new FhirInstance(type);
    if (step.url !== undefined) this.#setUrl(instance, step.url);
    if (targetType !== undefined) instance.target = new FhirInstance(targetType);
    return instance;
  }

  #making(
    element: FhirElement,
    step: CreationStep,
    hints: readonly string[] | undefined,
    referencedType: string | undefined,
  ): Making | undefined {
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

/** A primitive that has its value already: a path into its extensions leaves that value alone. */
function writtenPrimitive(owner: FhirInstance, { name, list }: FhirElement): FhirInstance | undefined {
  const present = list ? undefined : owner.field(name);
  return present instanceof FhirInstance && present.primitive !== undefined ? present : undefined;
}

function attach(
  owner: FhirInstance,
  element: FhirElement,
  instance: FhirInstance,
  onReplaced: CreationOptions["onReplaced"],
): FhirInstance[] | undefined {
  if (!element.list) {
    if (onReplaced !== undefined) {
      const before = owner.field(element.name);
      if (before instanceof FhirInstance) onReplaced(before);
    }
    owner.setElement(element, instance);
    return undefined;
  }
  const present = owner.field(element.name);
  if (Array.isArray(present)) {
    present.push(instance);
    return present;
  }
  const siblings = [instance];
  owner.setElement(element, siblings);
  return siblings;
}
