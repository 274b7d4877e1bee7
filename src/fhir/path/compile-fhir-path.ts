import type { FhirSchema } from "../schema/fhir-schema.js";
import { spendVisits } from "./evaluation-budget.js";
import type { FhirNode, ReferenceResolver } from "./fhir-node.js";
import type { CastStep, FhirPathStep, WhereStep } from "./fhir-path-step.js";
import { specialises } from "./fhir-type-name.js";
import { type FoundNodes, isList, listOf } from "./found-nodes.js";
import { compileGeneralFhirPath } from "./general-fhir-path.js";
import { type ChildReader, childReader } from "./node-children.js";
import { parseFhirPath } from "./parse-fhir-path.js";

/** A FHIR path, read once and evaluated often. */
export interface CompiledFhirPath {
  readonly text: string;
  /** True when evaluation needs the FHIRPath engine, which costs some ten times as much. */
  readonly general: boolean;
  /** The nodes the path finds below a focus, in document order. Neither changes the data nor fetches anything. */
  evaluate(focus: FhirNode, resolver: ReferenceResolver): readonly FhirNode[];
  /** The same nodes without a list around a single one. */
  find(focus: FhirNode, resolver: ReferenceResolver): FoundNodes;
}

/** What a step, and those behind it, find at one node. */
type Walk = (node: FhirNode, resolver: ReferenceResolver) => FoundNodes;

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
  const find = evaluation(parsed.steps, schema);
  return { text, general: false, find, evaluate: (focus, resolver) => listOf(find(focus, resolver)) };
}

/** Evaluates steps from one node; those that look at the collection as a whole cut them into walks. */
function evaluation(steps: readonly FhirPathStep[], schema: FhirSchema): Walk {
  const at = steps.findIndex(({ kind }) => kind === "index" || kind === "first");
  const walk = walkThrough(at < 0 ? steps : steps.slice(0, at), schema);
  const picking = steps[at];
  if (picking === undefined) return walk;
  const index = picking.kind === "index" ? picking.index : 0;
  const rest = evaluation(steps.slice(at + 1), schema);
  return (focus, resolver) => {
    const picked = listOf(walk(focus, resolver))[index];
    return picked === undefined ? undefined : rest(picked, resolver);
  };
}

function walkThrough([step, ...others]: readonly FhirPathStep[], schema: FhirSchema): Walk {
  if (step === undefined) return (node) => node;
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
  // A path mostly starts at one type.
  let lastType: string | undefined;
  let lastReader: ChildReader | undefined;
  const readerFor = (type: string): ChildReader | undefined => {
    const read = readers.get(type) ?? childReader(type, name, schema);
    // Only types of the schema are remembered, so input cannot fill the table.
    if (read === undefined) return undefined;
    readers.set(type, read);
    lastType = type;
    lastReader = read;
    return read;
  };
  if (next === undefined) return (node) => (node.type === lastType ? lastReader : readerFor(node.type))?.(node);
  return (node, resolver) => {
    const children = (node.type === lastType ? lastReader : readerFor(node.type))?.(node);
    if (children === undefined) return undefined;
    return isList(children) ? throughEach(children, next, resolver) : next(children, resolver);
  };
}

function throughEach(nodes: readonly FhirNode[], next: Walk, resolver: ReferenceResolver): FoundNodes {
  if (nodes.length > 1) spendVisits(resolver, nodes.length);
  let all: FhirNode[] | undefined;
  for (const node of nodes) {
    const found = next(node, resolver);
    if (found === undefined) continue;
    all ??= [];
    if (isList(found)) for (const one of found) all.push(one);
    else all.push(found);
  }
  return all;
}

function keeping(keeps: (node: FhirNode, resolver: ReferenceResolver) => boolean, next: Walk | undefined): Walk {
  return (node, resolver) => {
    if (!keeps(node, resolver)) return undefined;
    return next === undefined ? node : next(node, resolver);
  };
}

function following(
  target: (node: FhirNode, resolver: ReferenceResolver) => FhirNode | undefined,
  next: Walk | undefined,
): Walk {
  return (node, resolver) => {
    const reached = target(node, resolver);
    return reached === undefined || next === undefined ? reached : next(reached, resolver);
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
    const values = listOf(compared(node, resolver));
    return values.length === 1 && values[0]?.value === literal;
  };
}
