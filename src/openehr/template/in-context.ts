import { isSubclassOf } from "../rm/rm-classes.js";
import type { NodeInProgress } from "./node-in-progress.js";

/** Ids of children that are marked "in context", by class of the parent (openehr-formats 4.4, 17). */
const IN_CONTEXT: readonly (readonly [string, readonly string[]])[] = [
  ["LOCATABLE", ["language"]],
  ["ACTION", ["time"]],
  ["EVENT", ["time"]],
  ["ACTIVITY", ["timing", "action_archetype_id"]],
  ["INSTRUCTION", ["narrative"]],
  ["ISM_TRANSITION", ["current_state", "careflow_step", "transition"]],
  ["HISTORY", ["origin"]],
  ["ENTRY", ["language", "provider", "other_participations", "subject", "encoding"]],
  ["EVENT_CONTEXT", ["start_time", "end_time", "location", "setting", "healthCareFacility", "participations"]],
  ["COMPOSITION", ["language", "territory", "composer", "category"]],
];

/** Marks the children of a node that a client usually gives once for the whole composition. */
export function markInContext(node: NodeInProgress): void {
  for (const [rmClass, ids] of IN_CONTEXT) {
    if (!isSubclassOf(node.rmType, rmClass)) continue;
    for (const child of node.children) if (ids.includes(child.baseId)) child.inContext = true;
  }
}
