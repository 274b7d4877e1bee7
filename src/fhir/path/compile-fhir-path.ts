import type { FhirSchema } from "../schema/fhir-schema.js";
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

type Step = (nodes: readonly FhirNode[], resolver: ReferenceResolver) => FhirNode[];

/**
 * Compiles a FHIR path (fhirconnect-language 5.2, engine-behaviour 4.6). The plain subset becomes closures over the
 * element tables; the rest goes to the FHIRPath engine. Names that the focus type does not have find nothing:
 * `checkPath` reports them. Throws FHIR_PATH_SYNTAX when the text is no FHIRPath and FHIR_PATH_UNSUPPORTED when it
 * uses a function that leaves the data or has unbounded cost. Evaluating a plain path never throws; a general one throws
 * FHIR_PATH_FAILED or FHIR_PATH_TOO_EXPENSIVE.
 */
export function compileFhirPath(text: string, schema: FhirSchema): CompiledFhirPath {
  const parsed = parseFhirPath(text, schema);
  if (parsed.kind === "general") return compileGeneralFhirPath(text, schema);
  const evaluateSteps = compileSteps(parsed.steps, schema);
  return {
    text,
    general: false,
    evaluate: (focus, resolver) => evaluateSteps([focus], resolver),
  };
}

function compileSteps(steps: readonly FhirPathStep[], schema: FhirSchema): Step {
  const compiled = steps.map((step) => compileStep(step, schema));
  return (nodes, resolver) => {
    let found = nodes as FhirNode[];
    for (const step of compiled) {
      if (found.length === 0) return found;
      found = step(found, resolver);
    }
    return found;
  };
}

function compileStep(step: FhirPathStep, schema: FhirSchema): Step {
  switch (step.kind) {
    case "child":
      return childStep(step.name, schema);
    case "resource-type":
      return (nodes) =>
        nodes.filter(
          (node) => schema.type(node.type)?.kind === "resource" && specialises(node.type, step.name, schema),
        );
    case "index":
      return (nodes) => nodes.slice(step.index, step.index + 1);
    case "first":
      return (nodes) => nodes.slice(0, 1);
    case "cast":
      return castStep(step, schema);
    case "resolve":
      return resolveStep;
    case "extension":
      return whereStep(
        childStep("extension", schema),
        { steps: [{ kind: "child", name: "url", column: step.column }], literal: step.url },
        schema,
      );
    case "where":
      return whereStep((nodes) => nodes as FhirNode[], step.equals, schema);
  }
}

function childStep(name: string, schema: FhirSchema): Step {
  const readers = new Map<string, ChildReader>();
  return (nodes) => {
    const children: FhirNode[] = [];
    for (const node of nodes) {
      let read = readers.get(node.type);
      if (read === undefined) {
        read = childReader(node.type, name, schema);
        // Only types of the schema are remembered, so input cannot fill the table.
        if (read === undefined) continue;
        readers.set(node.type, read);
      }
      read(node, children);
    }
    return children;
  };
}

/**
 * A data type keeps values of exactly that type (HAPI's cast). A resource type keeps resources of that type and follows
 * References to them.
 */
function castStep(step: CastStep, schema: FhirSchema): Step {
  if (schema.type(step.type)?.kind !== "resource") {
    return (nodes) => nodes.filter((node) => node.type === step.type);
  }
  return (nodes, resolver) => {
    const found: FhirNode[] = [];
    for (const node of nodes) {
      const resource = node.type === "Reference" ? resolver.resolve(node) : node;
      if (resource !== undefined && specialises(resource.type, step.type, schema)) found.push(resource);
    }
    return found;
  };
}

function resolveStep(nodes: readonly FhirNode[], resolver: ReferenceResolver): FhirNode[] {
  const found: FhirNode[] = [];
  for (const node of nodes) {
    const target = resolver.resolve(node);
    if (target !== undefined) found.push(target);
  }
  return found;
}

/** FHIRPath equality of a collection with one literal: there must be exactly one value, and it must be the literal. */
function whereStep(from: Step, equals: WhereStep["equals"], schema: FhirSchema): Step {
  if (equals === undefined) throw new Error("criteria that are not plain belong to the FHIRPath engine");
  const evaluateCriteria = compileSteps(equals.steps, schema);
  return (nodes, resolver) =>
    from(nodes, resolver).filter((node) => {
      const values = evaluateCriteria([node], resolver);
      return values.length === 1 && values[0]?.value === equals.literal;
    });
}
