import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { ProgrammedSource } from "../functions/programmed-mapping.js";
import type { Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { dataValueOf } from "./openehr-values.js";
import type { ScopeNode } from "./scope-nodes.js";

/** What a programmed mapping sees of an occurrence; conditions that have narrowed the scope hold for it, too. */
export function programmedSource(occurrence: Occurrence, scope: OpenEhrScope): ProgrammedSource {
  const own = dataValueOf(occurrence.value);
  const inside = scope.bind(occurrence);
  return {
    value: isRmObject(own) ? own : undefined,
    values: (nodeIds) => {
      const node = nodeIds.reduce<ScopeNode | undefined>(
        (at, id) => at?.children.find((child) => child.nodeId === id),
        occurrence.node,
      );
      if (node === undefined) return [];
      return inside
        .occurrences(node)
        .map((one) => dataValueOf(one.value))
        .filter((value): value is RmObject => isRmObject(value));
    },
  };
}
