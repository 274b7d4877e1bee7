import type { Diagnostic, DiagnosticSeverity } from "../../errors/diagnostic.js";
import type { SourcePosition } from "../../errors/source-position.js";
import type { Direction, MappingMethod, ModelMapping } from "../syntax/tree.js";

/** A method of a merged model with what its place says about it. */
export interface VisitedMethod {
  readonly model: ModelMapping;
  readonly method: MappingMethod;
  /** Names from the top level down, joined with `.`. */
  readonly rule: string;
  /** The direction that the file or an enclosing method imposes. */
  readonly inherited?: Direction;
  /** The method stands in `reference.mappings`, or below one that does. */
  readonly insideReference: boolean;
}

/** All methods of a model, each before its children, in the order of the file. */
export function* visitMethods(model: ModelMapping): Generator<VisitedMethod> {
  const inherited = model.unidirectional?.value;
  for (const method of model.mappings) {
    yield* visit({
      model,
      method,
      rule: method.name,
      ...(inherited === undefined ? {} : { inherited }),
      insideReference: false,
    });
  }
}

function* visit(visited: VisitedMethod): Generator<VisitedMethod> {
  yield visited;
  const { model, method, rule } = visited;
  const inherited = visited.inherited ?? method.unidirectional?.value;
  const below = { model, ...(inherited === undefined ? {} : { inherited }) };
  for (const child of method.reference?.mappings ?? []) {
    yield* visit({ ...below, method: child, rule: `${rule}.${child.name}`, insideReference: true });
  }
  for (const child of method.followedBy) {
    yield* visit({ ...below, method: child, rule: `${rule}.${child.name}`, insideReference: visited.insideReference });
  }
}

/** A finding about a method. */
export function methodFinding(
  visited: VisitedMethod,
  severity: DiagnosticSeverity,
  code: string,
  message: string,
  position: SourcePosition,
  path?: string,
): Diagnostic {
  const place = { position, mapping: visited.model.name.value, rule: visited.rule };
  return { severity, code, message, ...place, ...(path === undefined ? {} : { path }) };
}
