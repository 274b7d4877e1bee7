import type { SourcePosition } from "../../errors/source-position.js";
import { quoted } from "../syntax/nearest-name.js";
import type { Condition, Located, MappingMethod, ModelMapping } from "../syntax/tree.js";
import type { SemanticsEvidence, SemanticsName } from "./semantics-setting.js";

/** A construct that only one dialect has. */
export interface DialectMark extends SemanticsEvidence {
  readonly dialect: SemanticsName;
  /** The construct in words, as the subject of a sentence. */
  readonly construct: string;
}

/**
 * The constructs in the models of a context that tell its dialect, in file order (fhirconnect-language 20.2 and 20.3).
 * openFHIR: a static `with.type`, `with.value`, concatenation with `&`, criteria in a bracketed text, a slot by archetype
 * id. v1.0.0: what openFHIR refuses or takes literally, so that no such file was ever tried on it: `participationsFunction`
 * and the parent operators `^` and `../`.
 */
export function* dialectMarks(models: readonly ModelMapping[]): Generator<DialectMark> {
  const modelNames = new Set(models.map((model) => model.name.value));
  for (const model of models) {
    const mapping = model.name.value;
    const { fhirConditions = [], openehrConditions = [] } = model.preprocessor ?? {};
    for (const mark of conditionMarks([...fhirConditions, ...openehrConditions])) yield { mapping, ...mark };
    for (const method of model.mappings) {
      for (const { rule, ...mark } of methodMarks(method, "", modelNames)) yield { mapping, rule, ...mark };
    }
  }
}

type Mark = Pick<DialectMark, "dialect" | "construct" | "position">;
type MethodMark = Mark & { readonly rule: string };

function* methodMarks(method: MappingMethod, parent: string, modelNames: ReadonlySet<string>): Generator<MethodMark> {
  const rule = parent === "" ? method.name : `${parent}.${method.name}`;
  for (const mark of ownMarks(method, modelNames)) yield { ...mark, rule };
  for (const child of [...(method.reference?.mappings ?? []), ...method.followedBy]) {
    yield* methodMarks(child, rule, modelNames);
  }
}

function* ownMarks(method: MappingMethod, modelNames: ReadonlySet<string>): Generator<Mark> {
  const { type, value, fhir, openehr } = method.with ?? {};
  if (type !== undefined && type.value !== "NONE") yield openFhir(`The static type ${quoted(type.value)}`, type);
  if (value !== undefined) yield openFhir("A constant in `with.value`", value);
  for (const path of [fhir, openehr]) yield* pathMarks(path);
  const slot = method.slotArchetype;
  // A model that is called like an archetype is called by its name.
  if (slot?.value.startsWith("openEHR-") && !modelNames.has(slot.value)) {
    yield openFhir("A slot by archetype id", slot);
  }
  if (method.participationsFunction !== undefined) yield v1("`participationsFunction`", method.participationsFunction);
  for (const guarded of [method, ...method.manual]) {
    yield* conditionMarks([...guarded.fhirConditions, ...guarded.openehrConditions]);
  }
}

function* conditionMarks(conditions: readonly Condition[]): Generator<Mark> {
  for (const condition of conditions) {
    yield* pathMarks(condition.targetRoot);
    if (condition.bracketed === true) {
      yield openFhir("A list of criteria in one bracketed text", condition.criteria[0] ?? condition);
    }
  }
}

function* pathMarks(path: Located<string> | undefined): Generator<Mark> {
  if (path === undefined) return;
  const text = path.value.trim();
  if (isConcatenation(text)) yield openFhir("Concatenation with `&`", path);
  else if (text.startsWith("^")) yield v1("The parent operator `^`", path);
  else if (text.startsWith("../") || text.includes("/../")) yield v1("The parent operator `../`", path);
}

/** A quote touches `&`, with at most one blank between (fhirconnect-language 20.5). */
function isConcatenation(path: string): boolean {
  return /['"] ?&|& ?['"]/.test(path);
}

function openFhir(construct: string, { position }: { readonly position: SourcePosition }): Mark {
  return { dialect: "openfhir", construct, position };
}

function v1(construct: string, { position }: { readonly position: SourcePosition }): Mark {
  return { dialect: "v1", construct, position };
}
