import type {
  Condition,
  Direction,
  Located,
  ManualEntry,
  ManualValue,
  MappingMethod,
} from "../../fhirconnect/syntax/tree.js";
import type { Semantics } from "../semantics.js";

/** A method that stands for one constant of a `manual` entry. */
export interface ConstantMethod {
  readonly method: MappingMethod;
  readonly constant: MethodConstant;
}

export interface MethodConstant {
  readonly side: "fhir" | "openehr";
  readonly value: string;
  readonly direction: Direction;
  /** True for the first constant of an entry: the others join the value that it begins. */
  readonly startsEntry: boolean;
  /** True for the text of a coded text whose code the same entry gives: together they are one value. */
  readonly isRubric: boolean;
}

/** The constants of a method, as methods of their own (engine-behaviour 2.6). The method itself then only iterates. */
export interface ExpandedConstants {
  /** openEHR constants: siblings in front of the method. */
  readonly before: readonly ConstantMethod[];
  /** FHIR constants: children behind the others. */
  readonly children: readonly ConstantMethod[];
}

/** Takes the `manual` entries of a method apart, in their order. */
export function expandConstants(method: MappingMethod, gates: Semantics["constantGates"]): ExpandedConstants {
  const only = method.unidirectional?.value;
  const entries = (direction: Direction): readonly ManualEntry[] =>
    only === undefined || only === direction ? method.manual : [];
  return {
    before: entries("fhir->openehr").flatMap((entry) => {
      const conditions = conditionsOf(method, entry, gates);
      return entry.openehr.map((value, at) => openEhrConstant(method, entry, value, conditions, at === 0));
    }),
    children: entries("openehr->fhir").flatMap((entry) =>
      entry.fhir.map((value) => fhirConstant(method, entry, value)),
    ),
  };
}

const codedPath = /(?:^|\/)(?:defining_code|code_string|terminology_id)(?:\/|$)/;

/** A condition of the entry replaces that of the method, or both count; it looks from the method's own occurrence. */
function conditionsOf(
  method: MappingMethod,
  entry: ManualEntry,
  gates: Semantics["constantGates"],
): readonly Condition[] {
  if (entry.fhirConditions.length === 0) return method.fhirConditions;
  const own = entry.fhirConditions.map((condition) => rootedAt(condition, method.with?.fhir?.value));
  return gates === "entry" ? own : [...method.fhirConditions, ...own];
}

function openEhrConstant(
  method: MappingMethod,
  entry: ManualEntry,
  { path, value }: ManualValue,
  fhirConditions: readonly Condition[],
  startsEntry: boolean,
): ConstantMethod {
  const base = method.with?.openehr?.value ?? "$openehrRoot";
  const isOwnPath = path.value === "" || path.value === "value" || path.value === "$openehrRoot";
  const openehr = { position: path.position, value: isOwnPath ? base : `${base}/${path.value}` };
  return {
    method: { ...constantMethod(method, entry, value), with: { position: path.position, openehr }, fhirConditions },
    constant: {
      side: "openehr",
      value: value.value,
      direction: "fhir->openehr",
      startsEntry,
      isRubric: isOwnPath && entry.openehr.some((other) => codedPath.test(other.path.value)),
    },
  };
}

function fhirConstant(method: MappingMethod, entry: ManualEntry, { path, value }: ManualValue): ConstantMethod {
  const fhir = path.value === "" ? { ...path, value: "$fhirRoot" } : path;
  const openehr =
    method.with?.openehr === undefined ? {} : { openehr: { position: path.position, value: "$openehrRoot" } };
  return {
    // The method's own condition has been applied by the time its children run.
    method: {
      ...constantMethod(method, entry, value),
      // A child of the method, whose name comes before this one anyway.
      name: entry.name,
      with: { position: path.position, fhir, ...openehr },
      openehrConditions: entry.openehrConditions,
    },
    constant: { side: "fhir", value: value.value, direction: "openehr->fhir", startsEntry: false, isRubric: false },
  };
}

function constantMethod(method: MappingMethod, entry: ManualEntry, value: Located<string>): MappingMethod {
  return {
    name: `${method.name}.${entry.name}`,
    position: value.position,
    fhirConditions: [],
    openehrConditions: [],
    manual: [],
    followedBy: [],
  };
}

/**
 * Conditions of constants look from the method's own occurrence (fhirconnect-language 4.1). Published files also write the
 * method's path out; it is not put in front of itself then.
 */
function rootedAt(condition: Condition, path: string | undefined): Condition {
  const root = condition.targetRoot;
  if (path === undefined || !root.value.startsWith("$fhirRoot")) return condition;
  if (path.startsWith("$fhirRoot.") && `${root.value}.`.startsWith(`${path}.`)) return condition;
  return { ...condition, targetRoot: { ...root, value: path + root.value.slice("$fhirRoot".length) } };
}
