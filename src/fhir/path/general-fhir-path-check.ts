import { Problem, type ProblemKind } from "../../errors/problem.js";
import { fhirPathSyntax, fhirPathUnsupported } from "../problems.js";

/** A node of the tree the fhirpath package parses an expression into. */
export interface ExpressionNode {
  readonly type: string;
  readonly text?: string;
  readonly start?: { readonly line: number; readonly column: number };
  readonly children?: readonly ExpressionNode[];
}

/**
 * Functions that look at nothing but the data and cost no more than its size. Not here on purpose: `memberOf`,
 * `subsumes`, `weight` and the like ask a server; `matches`, `replaceMatches` run a regular expression of the mapping
 * author on data of a stranger; `repeat`, `aggregate` can grow without bound; `trace` prints values.
 */
const functions: ReadonlySet<string> = new Set(
  `abs all allFalse allTrue anyFalse anyTrue as avg ceiling children coalesce combine comparable contains
  convertsToBoolean convertsToDate convertsToDateTime convertsToDecimal convertsToInteger convertsToQuantity
  convertsToString convertsToTime count dateOf dayOf decode defineVariable descendants distinct div empty encode endsWith
  escape exclude exists exp extension first floor hasValue getValue highBoundary hourOf iif indexOf intersect is
  isDistinct join last lastIndexOf length ln log lowBoundary lower max millisecondOf min minuteOf monthOf not now ofType
  power precision replace resolve round secondOf select single skip sort split sqrt startsWith subsetOf
  substring sum supersetOf tail take timeOf timeOfDay timezoneOffsetOf toBoolean toChars toDate toDateTime toDecimal
  toInteger toQuantity toString toTime today trim truncate type unescape union upper where yearOf`.split(/\s+/),
);

/** `%context` and the like; the ones of servers (`%terminologies`, `%factory`) are not among them. */
const constants: ReadonlySet<string> = new Set(["context", "resource", "ucum", "sct", "loinc"]);

/** Deep brackets make deep trees; no path of a mapping comes near. */
const deepestExpression = 400;

/** Throws FHIR_PATH_UNSUPPORTED at the first function or constant in the text that may not be used. */
export function refuseUnsupported(text: string, root: ExpressionNode): void {
  const open: { readonly node: ExpressionNode; readonly depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (depth > deepestExpression) throw pathProblem(fhirPathUnsupported, text, "it is nested too deeply", 1);
    const name = node.children?.[0];
    if (node.type === "Functn" && !functions.has(name?.text ?? "")) {
      throw pathProblem(fhirPathUnsupported, text, `the function ${name?.text}() is not supported`, columnOf(name));
    }
    if (node.type === "ExternalConstant" && !constants.has(name?.text ?? "")) {
      throw pathProblem(fhirPathUnsupported, text, `the constant %${name?.text} is not supported`, columnOf(name));
    }
    for (const child of node.children?.toReversed() ?? []) open.push({ node: child, depth: depth + 1 });
  }
}

/** FHIR_PATH_SYNTAX for what the parser of the package threw: some errors carry a place, some are plain accidents. */
export function syntaxProblem(text: string, error: unknown): Problem {
  const message = error instanceof Error ? error.message : "";
  const column = /^line: \d+; column: (\d+)/.exec(message)?.[1];
  return pathProblem(
    fhirPathSyntax,
    text,
    "it is no FHIRPath expression",
    column === undefined ? 1 : Number(column) + 1,
  );
}

/** A problem that names the path and the column in it. */
export function pathProblem(kind: ProblemKind, text: string, what: string, column: number): Problem {
  return new Problem(kind, `The FHIR path "${text}" is refused at column ${column}: ${what}.`, {
    path: text,
    position: { line: 1, column },
  });
}

function columnOf(node: ExpressionNode | undefined): number {
  return node?.start?.column ?? 1;
}
