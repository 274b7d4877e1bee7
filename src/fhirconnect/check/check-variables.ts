import type { Diagnostic } from "../../errors/diagnostic.js";
import { quoted, suggestion } from "../syntax/nearest-name.js";
import type { Condition, Located, ModelMapping, Preprocessor } from "../syntax/tree.js";
import type { VisitedMethod } from "./visit-methods.js";

type Side = "fhir" | "openehr";

/** Variables by the side on which they are legal (fhirconnect-language 4). */
const variables: Readonly<Record<Side, readonly string[]>> = {
  fhir: ["$resource", "$fhirRoot", "$context"],
  openehr: ["$archetype", "$openehrRoot", "$composition", "$reference"],
};

/** Tokens of older generations and what they mean today (fhirconnect-language 20.2, 20.3). */
const olderVariables: Readonly<Record<Side, ReadonlyMap<string, string>>> = {
  fhir: new Map([["$fhirResource", "$resource"]]),
  openehr: new Map([
    ["$openEHRRoot", "$openehrRoot"],
    ["$openEhrArchetype", "$archetype"],
  ]),
};

interface SidedPath {
  readonly side: Side;
  readonly path: Located<string>;
}

/** Variables and steps in the paths of a method: `with`, conditions, constants. */
export function checkMethodVariables(visited: VisitedMethod): readonly Diagnostic[] {
  const { method } = visited;
  const paths: SidedPath[] = [
    ...sided("fhir", method.with?.fhir),
    ...sided("openehr", method.with?.openehr),
    ...conditionPaths(method),
  ];
  for (const entry of method.manual) {
    paths.push(...entry.fhir.flatMap((constant) => sided("fhir", constant.path)));
    paths.push(...entry.openehr.flatMap((constant) => sided("openehr", constant.path)), ...conditionPaths(entry));
  }
  return paths.flatMap((path) => checkPath(visited, path));
}

/** The same for the guard and the iteration of a file. */
export function checkPreprocessorVariables(model: ModelMapping): readonly Diagnostic[] {
  const { preprocessor } = model;
  if (preprocessor === undefined) return [];
  const paths = [...conditionPaths(preprocessor), ...hierarchyPaths(preprocessor)];
  return paths.flatMap((path) => checkPath({ model, rule: "preprocessor" }, path));
}

function conditionPaths(owner: {
  readonly fhirConditions: readonly Condition[];
  readonly openehrConditions: readonly Condition[];
}): readonly SidedPath[] {
  return [
    ...owner.fhirConditions.flatMap((condition) => sided("fhir", condition.targetRoot)),
    ...owner.openehrConditions.flatMap((condition) => sided("openehr", condition.targetRoot)),
  ];
}

function hierarchyPaths({ hierarchy }: Preprocessor): readonly SidedPath[] {
  return [
    ...sided("fhir", hierarchy?.fhir),
    ...sided("openehr", hierarchy?.openehr),
    ...sided("fhir", hierarchy?.splitFhir?.path),
    ...sided("openehr", hierarchy?.splitOpenehr?.path),
    // What is told apart stands on the side that is cut.
    ...(hierarchy?.splitFhir?.unique ?? []).flatMap((path) => sided("openehr", path)),
    ...(hierarchy?.splitOpenehr?.unique ?? []).flatMap((path) => sided("fhir", path)),
  ];
}

function sided(side: Side, path: Located<string> | undefined): readonly SidedPath[] {
  return path === undefined ? [] : [{ side, path }];
}

function checkPath(place: Pick<VisitedMethod, "model" | "rule">, { side, path }: SidedPath): readonly Diagnostic[] {
  const steps = withoutLiterals(path.value);
  const finding = (severity: Diagnostic["severity"], code: string, message: string): Diagnostic => ({
    severity,
    code,
    message,
    position: path.position,
    mapping: place.model.name.value,
    rule: place.rule,
    path: path.value,
  });
  const diagnostics: Diagnostic[] = [];
  if (steps.replace(side === "fhir" ? /^\s*\^+/ : "", "").includes("^")) {
    const message = "`^` may only begin a FHIR path: it goes to the element of the method one further out.";
    diagnostics.push(finding("error", "CHECK_PARENT_STEP", message));
  }
  const variable = leadingVariable(steps, side);
  if (variable === undefined || variables[side].includes(variable)) return diagnostics;
  const other: Side = side === "fhir" ? "openehr" : "fhir";
  const meant = olderVariables[side].get(variable);
  if (meant !== undefined) {
    const message = `${quoted(variable)} is an older name of \`${meant}\`. Write \`${meant}\`.`;
    diagnostics.push(finding("note", "CHECK_VARIABLE_OLD", message));
  } else if (variables[other].includes(variable) || olderVariables[other].has(variable)) {
    const message = `${quoted(variable)} is a variable of the other side and means nothing in a path of the ${sideName(side)} side.`;
    diagnostics.push(finding("error", "CHECK_VARIABLE_SIDE", message));
  } else {
    const message = `There is no variable ${quoted(variable)} on the ${sideName(side)} side.${suggestion(variable, variables[side])}`;
    diagnostics.push(finding("error", "CHECK_VARIABLE_UNKNOWN", message));
  }
  return diagnostics;
}

function sideName(side: Side): string {
  return side === "fhir" ? "FHIR" : "openEHR";
}

/** The path without quoted texts, in which every character stands for itself (fhirconnect-language 5.1, 20.5). */
function withoutLiterals(path: string): string {
  return path
    .split("'")
    .filter((_, index) => index % 2 === 0)
    .join("");
}

/** The `$name` at the start of a path; behind the `&` where a literal is put in front (fhirconnect-language 20.5). */
function leadingVariable(steps: string, side: Side): string | undefined {
  const path = side === "fhir" ? steps.replace(/^\s*&/, "").trimStart() : steps.trimStart();
  return /^\$\w*/.exec(path)?.[0];
}
