import { isJsonObject } from "./json-pointer.js";

interface RmPathStep {
  readonly attribute: string;
  /** Archetype id or node id that `archetype_node_id` must have. */
  readonly nodeId: string | undefined;
}

/** Splits `/attribute[id]/…`; throws when the text has another form. */
function rmPathSteps(path: string): RmPathStep[] {
  if (!path.startsWith("/")) throw new Error(`not an RM path: ${path}`);
  return path
    .slice(1)
    .split("/")
    .map((text) => {
      const match = /^(\w+)(?:\[([\w.-]+)\])?$/.exec(text);
      if (match?.[1] === undefined) throw new Error(`not a step of an RM path: ${text} in ${path}`);
      return { attribute: match[1], nodeId: match[2] };
    });
}

/**
 * Evaluates an RM path on a canonical composition (conformance README, "rmPath"): a list attribute contributes all members,
 * with a predicate those whose `archetype_node_id` is the given one. Matches come in document order. Throws when the path
 * is not of the form `/attribute[id]/…`.
 */
export function valuesAtRmPath(composition: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [composition];
  for (const { attribute, nodeId } of rmPathSteps(path)) {
    found = found
      .flatMap((owner) => (isJsonObject(owner) && Object.hasOwn(owner, attribute) ? [owner[attribute]] : []))
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .filter((value) => nodeId === undefined || (isJsonObject(value) && value.archetype_node_id === nodeId));
  }
  return found;
}
