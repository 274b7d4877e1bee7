import type { MappingMethod } from "../syntax/tree.js";

/** Lists of methods below a method that a name may lead through. */
type ChildList = "followedBy" | "reference";

/** The way to a method: its index in the top-level list, then list and index for each level below. */
export interface MethodLocation {
  readonly index: number;
  readonly below: readonly { readonly list: ChildList; readonly index: number }[];
}

/**
 * Finds the method that `name` or `parent.child` addresses (fhirconnect-language 10.4): the first part is the name of a
 * top-level method, further parts step through `followedBy`, and where that has no such method, through
 * `reference.mappings`. Names are not unique: the first match counts (engine-behaviour 3).
 */
export function locateByPath(methods: readonly MappingMethod[], path: string): MethodLocation | undefined {
  const [first, ...rest] = path.split(".");
  const index = methods.findIndex((method) => method.name === first);
  let current = methods[index];
  const below: MethodLocation["below"][number][] = [];
  for (const part of rest) {
    const step: MethodLocation["below"][number] | undefined =
      current === undefined ? undefined : childNamed(current, part);
    if (step === undefined) return locateWholeName(methods, path);
    below.push(step);
    current = current === undefined ? undefined : childrenOf(current, step.list)[step.index];
  }
  return current === undefined ? locateWholeName(methods, path) : { index, below };
}

/**
 * Finds the first method of a name: the whole top level, then depth-first through `followedBy`, never into `reference`
 * (engine-behaviour 3, `overwrite`).
 */
export function locateByName(methods: readonly MappingMethod[], name: string): MethodLocation | undefined {
  const index = methods.findIndex((method) => method.name === name);
  if (index >= 0) return { index, below: [] };
  for (const [topIndex, method] of methods.entries()) {
    const found = locateByName(method.followedBy, name);
    if (found !== undefined) {
      return { index: topIndex, below: [{ list: "followedBy", index: found.index }, ...found.below] };
    }
  }
  return undefined;
}

/** A copy of a method in which one below it is changed; everything off the way to that one is shared with the original. */
export function changeBelow(
  method: MappingMethod,
  way: MethodLocation["below"],
  change: (method: MappingMethod) => MappingMethod,
): MappingMethod {
  const [step, ...rest] = way;
  if (step === undefined) return change(method);
  const children = childrenOf(method, step.list);
  const child = children[step.index];
  return child === undefined
    ? method
    : withChildren(method, step.list, children.with(step.index, changeBelow(child, rest, change)));
}

/** A name that itself contains dots can only be addressed as a whole. */
function locateWholeName(methods: readonly MappingMethod[], name: string): MethodLocation | undefined {
  const index = methods.findIndex((method) => method.name === name);
  return index < 0 ? undefined : { index, below: [] };
}

function childNamed(method: MappingMethod, name: string): MethodLocation["below"][number] | undefined {
  for (const list of ["followedBy", "reference"] as const) {
    const index = childrenOf(method, list).findIndex((child) => child.name === name);
    if (index >= 0) return { list, index };
  }
  return undefined;
}

function childrenOf(method: MappingMethod, list: ChildList): readonly MappingMethod[] {
  switch (list) {
    case "followedBy":
      return method.followedBy;
    case "reference":
      return method.reference?.mappings ?? [];
  }
}

function withChildren(method: MappingMethod, list: ChildList, children: readonly MappingMethod[]): MappingMethod {
  switch (list) {
    case "followedBy":
      return { ...method, followedBy: children };
    case "reference":
      return method.reference === undefined
        ? method
        : { ...method, reference: { ...method.reference, mappings: children } };
  }
}
