import { Problem, type ProblemKind, type ProblemPlace, problemKind } from "../../errors/problem.js";

/** A problem as it passes from one thread to another, where classes do not survive. */
export interface PackedProblem {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly place: ProblemPlace;
  readonly others: readonly PackedProblem[];
}

export function packProblem({ kind, message, place, others }: Problem): PackedProblem {
  return { kind: { ...kind }, message, place, others: others.map(packProblem) };
}

/** A problem of the same code, message and place; its kind is not the very object that the room of the problem declares. */
export function unpackProblem({ kind, message, place, others }: PackedProblem): Problem {
  const { code, category, advice } = kind;
  return new Problem(problemKind(code, category, advice), message, place, others.map(unpackProblem));
}
