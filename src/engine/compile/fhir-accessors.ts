import { Problem } from "../../errors/problem.js";
import type { SourcePosition } from "../../errors/source-position.js";
import { type CompiledFhirPath, compileFhirPath } from "../../fhir/path/compile-fhir-path.js";
import { type CompiledCreation, compileCreation } from "../../fhir/path/create-at-path.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { Condition, Direction, MappingMethod } from "../../fhirconnect/syntax/tree.js";
import type { FhirAccessor, FhirCondition } from "../plan.js";
import type { Semantics } from "../semantics.js";
import { checkElements } from "./element-check.js";
import { compileFhirCondition, type GuardedPath } from "./fhir-conditions.js";
import { type FhirPathText, readFhirPathText } from "./fhir-path-text.js";
import type { Findings } from "./findings.js";
import { creationOf, meetsIterated } from "./group-paths.js";
import { type Place, placeAtBase, typedPath } from "./place.js";
import { withImplicitResolve, withPlainReferences } from "./through-references.js";
import { typesAt } from "./type-pair-check.js";

/** Compiles the FHIR ends and conditions of methods; the same path text is compiled once. */
export class FhirAccessors {
  readonly #schema: FhirSchema;
  readonly #semantics: Semantics;
  readonly #findings: Findings;
  readonly #reads = new Map<string, CompiledFhirPath>();
  readonly #creations = new Map<string, CompiledCreation>();

  constructor(schema: FhirSchema, semantics: Semantics, findings: Findings) {
    this.#schema = schema;
    this.#semantics = semantics;
    this.#findings = findings;
  }

  /**
   * @param own the method's FHIR path, taken apart
   * @param direction the only one in which the method runs: where nothing is written to FHIR, any path that can be read will do
   */
  accessor(place: Place, method: MappingMethod, own: FhirPathText, direction: Direction | undefined): FhirAccessor {
    const written = method.with?.fhir;
    const { from: createsFrom, steps, isInGroup } = creationOf(place, own);
    const created =
      method.reference === undefined
        ? this.#plain(place, method, own, steps)
        : [...steps, "as(Reference)", "resolve()"];
    const position = written?.position ?? method.position;
    const isBase = own.steps.length === 0;
    this.#checkBase(place, own, position);
    return {
      text: written?.value,
      base: own.base,
      createsFrom,
      ...(isInGroup && { isInGroup }),
      ...(place.hierarchy.iteratedPath !== undefined && { meetsIterated: meetsIterated(place, method, own) }),
      isBase,
      requiredType: written?.value.trim() === "$resource" ? place.fhirType : undefined,
      read: isBase ? undefined : this.#read(place, own.steps, position),
      create:
        created.length === 0 || direction === "fhir->openehr" ? undefined : this.#creation(place, created, position),
      referencedType: method.reference?.resourceType.value,
      targetType: this.#semantics.referenceTargets === "of-resource-type" ? concreteTarget(method) : undefined,
      targetsOnly: this.#semantics.resourcesAsTargets === "of-entries" && !mayBeTarget(method, own),
      valueHolder: this.#valueHolder(place, own.steps, position),
      addressed: this.#addressed(place, method, own.steps, position),
      mentionsEffective: own.steps.includes("effective"),
    };
  }

  /** A path of a hierarchy as it is read; undefined, with a finding, when it is no path. */
  reader(place: Place, steps: readonly string[], position: SourcePosition): CompiledFhirPath | undefined {
    return this.#read(place, steps, position);
  }

  /** A path of a hierarchy as it is created; undefined, with a finding, when nothing can be created there. */
  creator(place: Place, steps: readonly string[], position: SourcePosition): CompiledCreation | undefined {
    return this.#creation(place, steps, position);
  }

  condition(place: Place, written: Condition, guarded: GuardedPath): FhirCondition {
    const condition = this.#withoutPrimitiveValue(place, written);
    this.#checkBase(place, readFhirPathText(condition.targetRoot.value), condition.targetRoot.position);
    this.#checkCondition(place, condition);
    const read = (steps: readonly string[]) => this.#read(place, steps, condition.targetRoot.position);
    return compileFhirCondition(condition, guarded, read, this.#semantics);
  }

  /** The attribute `value` behind a primitive is the primitive itself (fhirconnect-language 6.3). */
  #withoutPrimitiveValue(place: Place, condition: Condition): Condition {
    if (condition.targetAttributes.every(({ value }) => !endsInValue.test(value))) return condition;
    const { type, steps } = typedPath(place, readFhirPathText(condition.targetRoot.value));
    const targetAttributes = condition.targetAttributes.map((attribute) => {
      if (!endsInValue.test(attribute.value)) return attribute;
      const holder = attribute.value.trim().replace(endsInValue, "");
      const types = typesAt(type, [...steps, ...readFhirPathText(holder).steps], this.#schema);
      const isPrimitive = types.length > 0 && types.every((name) => this.#schema.type(name)?.kind === "primitive");
      return isPrimitive ? { ...attribute, value: holder } : attribute;
    });
    return { ...condition, targetAttributes };
  }

  /** What a condition looks at must be there in this version of FHIR, else it never holds, or always. */
  #checkCondition(place: Place, { targetRoot, targetAttributes }: Condition): void {
    const { type, steps } = typedPath(place, readFhirPathText(targetRoot.value));
    const isThere = checkElements(place, type, steps, targetRoot.position, this.#schema, this.#findings);
    if (!isThere) return;
    for (const attribute of targetAttributes) {
      const whole = [...steps, ...readFhirPathText(attribute.value).steps];
      checkElements(place, type, whole, attribute.position, this.#schema, this.#findings);
    }
  }

  /** A model that is entered with a reference may make the resource behind it. */
  #plain(place: Place, method: MappingMethod, own: FhirPathText, steps: readonly string[]): readonly string[] {
    if (this.#semantics.throughReferences === "created" || method.slotArchetype !== undefined) return steps;
    const typed = typedPath(place, own);
    return withPlainReferences(
      typed.type,
      typed.steps.slice(0, typed.steps.length - steps.length),
      steps,
      this.#schema,
    );
  }

  /** The path of a method as it is read, where it runs through a reference without saying so; undefined elsewhere. */
  implicit(place: Place, method: MappingMethod, own: FhirPathText): FhirPathText | undefined {
    if (this.#semantics.throughReferences === "created" || method.with?.fhir === undefined) return undefined;
    const path = withImplicitResolve(place, own, this.#schema);
    if (path === undefined) return undefined;
    const { value, position } = method.with.fhir;
    const message = `The path goes on in the resource behind a reference: it is read as \`${path.steps.join(".")}\`, and to FHIR nothing is made. Write \`resolve()\` or \`reference\`.`;
    this.#findings.report("warning", "FHIR_REFERENCE_NOT_FOLLOWED", message, place, position, value);
    return path;
  }

  #checkBase(place: Place, { base }: FhirPathText, position: SourcePosition): void {
    if (placeAtBase(place, base) !== undefined) return;
    const message = "The path climbs out of the start model: there are more `^` than enclosing methods.";
    this.#findings.report("error", "MAPPING_PARENT_BEYOND_START", message, place, position);
  }

  #valueHolder(place: Place, steps: readonly string[], position: SourcePosition): FhirAccessor["valueHolder"] {
    const last = steps.filter((step) => !step.endsWith(")")).at(-1);
    if (last === undefined || !last.startsWith("value")) return undefined;
    const holder = steps.slice(0, steps.lastIndexOf(last));
    return holder.length === 0 ? "base" : this.#read(place, holder, position);
  }

  #addressed(
    place: Place,
    { fhirConditions, reference }: MappingMethod,
    steps: readonly string[],
    position: SourcePosition,
  ): FhirAccessor["addressed"] {
    if (this.#semantics.nullFlavours !== "to-openehr" || !fhirConditions.every(narrows)) return undefined;
    const end = steps.findLastIndex((step) => !step.endsWith(")")) + 1;
    const isWhole = end === steps.length && fhirConditions.length === 0 && reference === undefined;
    return isWhole || end === 0 ? undefined : this.#read(place, steps.slice(0, end), position);
  }

  #read(place: Place, steps: readonly string[], position: SourcePosition): CompiledFhirPath | undefined {
    return this.#once(this.#reads, place, steps.join("."), position, (text) => compileFhirPath(text, this.#schema));
  }

  #creation(place: Place, steps: readonly string[], position: SourcePosition): CompiledCreation | undefined {
    return this.#once(this.#creations, place, steps.join("."), position, (text) => compileCreation(text, this.#schema));
  }

  #once<T>(
    memory: Map<string, T>,
    place: Place,
    text: string,
    position: SourcePosition,
    compile: (text: string) => T,
  ): T | undefined {
    const known = memory.get(text);
    if (known !== undefined) return known;
    try {
      const compiled = compile(text);
      memory.set(text, compiled);
      return compiled;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#findings.report("error", error.code, error.message, place, position, text);
      return undefined;
    }
  }
}

const endsInValue = /(?:^|\.)value\s*$/;

/** The type of the targets of a `reference`, unless that is one of which all resources are. */
function concreteTarget({ reference }: MappingMethod): string | undefined {
  const type = reference?.resourceType.value;
  return type === "Resource" || type === "DomainResource" ? undefined : type;
}

/** Conditions of other operators decide for the method as a whole. */
function narrows({ operator }: Condition): boolean {
  return operator.value === "one of" || operator.value === "not of";
}

/** Whether a resource at the path of a `reference` method counts as what it refers to (engine-behaviour 7.4). */
function mayBeTarget({ with: ends }: MappingMethod, { base, steps }: FhirPathText): boolean {
  if (steps.length === 0) return base !== "model";
  return ends?.openehr?.value.trim() === "$reference" && steps.at(-1) === "resource";
}
