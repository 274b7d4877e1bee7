import { createRequire } from "node:module";
import type { Model, ResourceNode } from "fhirpath";
import { Problem } from "../../errors/problem.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import { fhirPathFailed, fhirPathTooExpensive, fhirPathUnsupported } from "../problems.js";
import type { FhirSchema, FhirVersion } from "../schema/fhir-schema.js";
import type { CompiledFhirPath } from "./compile-fhir-path.js";
import type { FhirNode, ReferenceResolver } from "./fhir-node.js";
import { type ExpressionNode, pathProblem, refuseUnsupported, syntaxProblem } from "./general-fhir-path-check.js";
import { joinedNodeText } from "./node-text.js";

// The engine takes a tenth of a second to load and few mappings need it, so it is loaded by the first that does.
const require = createRequire(import.meta.url);
let loadedEngine: typeof import("fhirpath") | undefined;

function engine(): typeof import("fhirpath") {
  loadedEngine ??= require("fhirpath") as typeof import("fhirpath");
  return loadedEngine;
}

/** R4B has no model of its own; its types are those of R4 but for a few new resources. */
const modelFolder: Readonly<Record<FhirVersion, string>> = { STU3: "stu3", R4: "r4", R4B: "r4", R5: "r5" };

function modelOf(version: FhirVersion): Model {
  return require(`fhirpath/fhir-context/${modelFolder[version]}`) as Model;
}

/** Bounds of one evaluation: a mapping file may come from anybody who may upload one. */
const mostSteps = 200_000;
const mostValues = 20_000;
const longestText = 1_000_000;
const longestExpression = 10_000;

type Evaluate = (focus: unknown) => unknown[];

/**
 * Compiles a path outside the plain subset with the fhirpath package. `resolve()` is replaced by ours: the package's
 * own would fetch any URL found in the data. Functions that reach a server or run a regular expression are refused.
 * Throws FHIR_PATH_SYNTAX and FHIR_PATH_UNSUPPORTED with the column.
 */
export function compileGeneralFhirPath(text: string, schema: FhirSchema): CompiledFhirPath {
  refuseUnsupported(text, parse(text));
  const evaluation = new GeneralEvaluation(text, schema);
  const evaluate: CompiledFhirPath["evaluate"] = (focus, resolver) => evaluation.run(focus, resolver);
  return { text, general: true, find: evaluate, evaluate };
}

function parse(text: string): ExpressionNode {
  if (text.length > longestExpression) {
    throw pathProblem(fhirPathUnsupported, text.slice(0, 60), `it is longer than ${longestExpression} characters`, 1);
  }
  try {
    return engine().parse(text) as ExpressionNode;
  } catch (error) {
    throw syntaxProblem(text, error);
  }
}

class GeneralEvaluation {
  readonly #text: string;
  readonly #schema: FhirSchema;
  /** Compiled per type of the focus, which the engine wants to know beforehand. */
  readonly #compiled = new Map<string, Evaluate>();
  #focus: FhirNode | undefined;
  #resolver: ReferenceResolver | undefined;
  #steps = 0;

  constructor(text: string, schema: FhirSchema) {
    this.#text = text;
    this.#schema = schema;
  }

  run(focus: FhirNode, resolver: ReferenceResolver): FhirNode[] {
    if (focus.value === undefined) return [];
    this.#focus = focus;
    this.#resolver = resolver;
    this.#steps = 0;
    try {
      return this.#evaluator(focus.type)(focus.value).flatMap((value) => this.#nodeOf(value, focus) ?? []);
    } catch (error) {
      if (error instanceof Problem) throw error;
      // The package's messages may hold values of the data, so they are not passed on.
      throw new Problem(fhirPathFailed, `The FHIR path "${this.#text}" cannot be evaluated on this input.`, {
        path: this.#text,
        valueType: focus.type,
      });
    } finally {
      this.#focus = undefined;
      this.#resolver = undefined;
    }
  }

  #evaluator(focusType: string): Evaluate {
    const known = this.#compiled.get(focusType);
    if (known !== undefined) return known;
    const type = this.#schema.type(focusType);
    const path =
      type === undefined || type.kind === "resource" ? this.#text : { base: focusType, expression: this.#text };
    const compiled = engine().compile(path, modelOf(this.#schema.version), {
      resolveInternalTypes: false,
      async: false,
      traceFn: () => undefined,
      debugger: (_context, _focus, result) => this.#count(result),
      userInvocationTable: {
        resolve: {
          fn: (references: ResourceNode[]) => references.flatMap((reference) => this.#resolve(reference)),
          arity: { 0: [] },
          internalStructures: true,
        },
        // Conditions are written with it, and it must not fail on several values (engine-behaviour 4.5).
        toString: {
          fn: (values: unknown[]) => [
            joinedNodeText(values.flatMap((value) => this.#nodeOf(value, this.#focus) ?? [])),
          ],
          arity: { 0: [] },
          internalStructures: true,
        },
      },
    }) as Evaluate;
    if (type !== undefined) this.#compiled.set(focusType, compiled);
    return compiled;
  }

  #count(result: unknown): void {
    this.#steps += 1;
    const budget = this.#resolver?.budget;
    if (budget !== undefined) budget.left -= 1;
    const values = Array.isArray(result) ? result : [];
    const last: unknown = values.at(-1);
    if (
      this.#steps > mostSteps ||
      (budget !== undefined && budget.left < 0) ||
      values.length > mostValues ||
      (values.length === 1 && typeof last === "string" && last.length > longestText)
    ) {
      throw new Problem(fhirPathTooExpensive, `The FHIR path "${this.#text}" visits too much of this input.`, {
        path: this.#text,
      });
    }
  }

  #resolve(reference: ResourceNode): ResourceNode[] {
    const node = this.#nodeOf(reference, this.#focus);
    const target = node === undefined ? undefined : this.#resolver?.resolve(node);
    if (target === undefined) return [];
    // Only nodes made this way know their type, which a following ofType() needs.
    const internals = reference as unknown as NodeInternals;
    return [internals.constructor.makeResNode(internals.ctx, target.value, null, null, null, null)];
  }

  #nodeOf(value: unknown, focus: FhirNode | undefined): FhirNode | undefined {
    if (focus === undefined) return undefined;
    if (!isResourceNode(value)) return systemValueNode(value, focus);
    const data = plainValue(value.data);
    const extension = isJsonObject(value._data) ? (value._data as JsonObject) : undefined;
    if (data === undefined && extension === undefined) return undefined;
    return {
      type: this.#typeOf(value, data),
      value: data,
      ...(extension === undefined ? {} : { primitiveExtension: extension }),
      resource: resourceAround(value) ?? focus.resource,
    };
  }

  #typeOf(node: ResourceNode, data: JsonValue | undefined): string {
    const path = node.path ?? "";
    const declared = node.fhirNodeDataType;
    if (declared === "BackboneElement" || declared === "Element") return this.#schema.type(path)?.name ?? declared;
    if (declared !== null && this.#schema.type(declared) !== undefined) return declared;
    // Ids and extension urls have System types in the model.
    return isJsonObject(data) ? (declared ?? "Element") : systemType(data);
  }
}

interface NodeInternals {
  readonly ctx: unknown;
  readonly constructor: {
    makeResNode(context: unknown, data: unknown, parent: null, path: null, beside: null, type: null): ResourceNode;
  };
}

function isResourceNode(value: unknown): value is ResourceNode {
  return typeof value === "object" && value !== null && "fhirNodeDataType" in value;
}

/** The resource a result node lies in, as far as the evaluation knows its ancestors. */
function resourceAround(node: ResourceNode): JsonObject | undefined {
  for (let at: ResourceNode | null = node; at !== null; at = at.parentResNode) {
    if (isJsonObject(at.data) && typeof at.data.resourceType === "string") return at.data as JsonObject;
  }
  return undefined;
}

/** JSON of what the engine holds: its own numbers, dates and times know how to write themselves. */
function plainValue(value: unknown): JsonValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object") return value as JsonValue;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === "function" ? (toJSON.call(value) as JsonValue) : (value as JsonValue);
}

/** Results that are no elements: counts, comparisons, joined texts. */
function systemValueNode(value: unknown, focus: FhirNode): FhirNode | undefined {
  const data = plainValue(value);
  return data === undefined ? undefined : { type: systemType(data), value: data, resource: focus.resource };
}

function systemType(value: JsonValue | undefined): string {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
      return Number.isInteger(value) ? "integer" : "decimal";
    default:
      return "string";
  }
}
