import type { FhirSchema } from "../schema/fhir-schema.js";
import { spendVisits } from "./evaluation-budget.js";
import type { FhirNode, ReferenceResolver } from "./fhir-node.js";
import type { CastStep, FhirPathStep, WhereStep } from "./fhir-path-step.js";
import { specialises } from "./fhir-type-name.js";
import { compileGeneralFhirPath } from "./general-fhir-path.js";
import { type ChildReader, childReader } from "./node-children.js";
import { parseFhirPath } from "./parse-fhir-path.js";

/** A FHIR path, read once and evaluated often. */
export interface CompiledFhirPath {
  readonly text: string;
  /** True when evaluation needs the FHIRPath engine, which costs some ten times as much. */
  readonly general: boolean;
  /** The nodes the path finds below a focus, in document order. Neither changes the data nor fetches anything. */
  evaluate(focus: FhirNode, resolver: ReferenceResolver): FhirNode[];
}

/** Adds what a step, and those behind it, find at one node. */
type Walk = (node: FhirNode, resolver: ReferenceResolver, found: FhirNode[]) => void;

/**
 * Compiles a FHIR path (fhirconnect-language 5.2, engine-behaviour 4.6). The plain subset becomes closures over the
 * element tables; the rest goes to the FHIRPath engine. Names that the focus type does not have find nothing:
 * `checkPath` reports them. Throws FHIR_PATH_SYNTAX when the text is no FHIRPath and FHIR_PATH_UNSUPPORTED when it
 * uses a function that leaves the data or has unbounded cost. Evaluating throws FHIR_PATH_TOO_EXPENSIVE, and a general path
 * also FHIR_PATH_FAILED.
 */
export function compileFhirPath(text: string, schema: FhirSchema): CompiledFhirPath {
  const parsed = parseFhirPath(text, schema);
  if (parsed.kind === "general") return compileGeneralFhirPath(text, schema);
  return { text, general: false, evaluate: evaluation(parsed.steps, schema) };
}

/** Evaluates steps from one node; those that look at the collection as a whole cut them into walks. */
function evaluation(steps: readonly FhirPathStep[], schema: FhirSchema): CompiledFhirPath["evaluate"] {
  const at = steps.findIndex(({ kind }) => kind === "index" || kind === "first");
  const walk = walkThrough(at < 0 ? steps : steps.slice(0, at), schema);
  const walked: CompiledFhirPath["evaluate"] = (focus, resolver) => {
    const found: FhirNode[] = [];
    walk(focus, resolver, found);
    return found;
  };
  const picking = steps[at];
  if (picking === undefined) return walked;
  const index = picking.kind === "index" ? picking.index : 0;
  const rest = evaluation(steps.slice(at + 1), schema);
  return (focus, resolver) => {
    const picked = walked(focus, resolver)[index];
    return picked === undefined ? [] : rest(picked, resolver);
  };
}

function walkThrough([step, ...others]: readonly FhirPathStep[], schema: FhirSchema): Walk {
  if (step === undefined) return (node, _, found) => void found.push(node);
  const next = others.length === 0 ? undefined : walkThrough(others, schema);
  switch (step.kind) {
    case "child":
      return throughChildren(step.name, next, schema);
    case "resource-type":
      return keeping(
        (node) => schema.type(node.type)?.kind === "resource" && specialises(node.type, step.name, schema),
        next,
      );
    case "cast":
      return throughCast(step, next, schema);
    case "resolve":
      return following((node, resolver) => resolver.resolve(node), next);
    case "extension": {
      const url = [{ kind: "child" as const, name: "url", column: step.column }];
      return throughChildren("extension", keeping(equality({ steps: url, literal: step.url }, schema), next), schema);
    }
    case "where":
      return keeping(equality(step.equals, schema), next);
    case "index":
    case "first":
      throw new Error("steps that look at the whole collection stand between walks");
    default:
      return step satisfies never;
  }
}

function throughChildren(name: string, next: Walk | undefined, schema: FhirSchema): Walk {
  const readers = new Map<string, ChildReader>();
  const addChildren = (node: FhirNode, found: FhirNode[]): void => {
    let read = readers.get(node.type);
    if (read === undefined) {
      read = childReader(node.type, name, schema);
      // Only types of the schema are remembered, so input cannot fill the table.
      if (read === undefined) return;
      readers.set(node.type, read);
    }
    read(node, found);
  };
  if (next === undefined) return (node, _, found) => addChildren(node, found);
  return (node, resolver, found) => {
    // Children are put where the result grows, and taken off again to go on from them: mostly there is one or none.
    const before = found.length;
    addChildren(node, found);
    const added = found.length - before;
    if (added === 0) return;
    if (added === 1) next(found.pop() as FhirNode, resolver, found);
    else {
      spendVisits(resolver, added);
      for (const child of found.splice(before)) next(child, resolver, found);
    }
  };
}

function keeping(keeps: (node: FhirNode, resolver: ReferenceResolver) => boolean, next: Walk | undefined): Walk {
  return (node, resolver, found) => {
    if (!keeps(node, resolver)) return;
    if (next === undefined) found.push(node);
    else next(node, resolver, found);
  };
}

function following(
  target: (node: FhirNode, resolver: ReferenceResolver) => FhirNode | undefined,
  next: Walk | undefined,
): Walk {
  return (node, resolver, found) => {
    const reached = target(node, resolver);
    if (reached === undefined) return;
    if (next === undefined) found.push(reached);
    else next(reached, resolver, found);
  };
}

/**
 * A data type keeps values of exactly that type (HAPI's cast). A resource type keeps resources of that type and follows
 * References to them.
 */
function throughCast(step: CastStep, next: Walk | undefined, schema: FhirSchema): Walk {
  if (schema.type(step.type)?.kind !== "resource") return keeping((node) => node.type === step.type, next);
  return following((node, resolver) => {
    const resource = node.type === "Reference" ? resolver.resolve(node) : node;
    return resource !== undefined && specialises(resource.type, step.type, schema) ? resource : undefined;
  }, next);
}

/** FHIRPath equality of a collection with one literal: there must be exactly one value, and it must be the literal. */
function equality(
  equals: WhereStep["equals"],
  schema: FhirSchema,
): (node: FhirNode, resolver: ReferenceResolver) => boolean {
  if (equals === undefined) throw new Error("criteria that are not plain belong to the FHIRPath engine");
  const { literal } = equals;
  const compared = evaluation(equals.steps, schema);
  return (node, resolver) => {
    const values = compared(node, resolver);
    return values.length === 1 && values[0]?.value === literal;
  };
}
