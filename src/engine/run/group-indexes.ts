import type { NodeGroups } from "../plan.js";
import type { OccurrenceIndexes } from "./fhir-scope.js";
import type { OpenEhrWriter } from "./openehr-writer.js";

/**
 * Which occurrence of its node each group of a run writes into: the next free one, except that objects which are grouped
 * themselves come back to the occurrence of the first that had the same values (fhirconnect-language 7).
 */
export class GroupIndexes {
  /** By the place in which the node stands: the values of the group that has each occurrence. */
  readonly #holders = new Map<string, string[]>();

  /** @param unique the values that tell the group from others, as a text */
  indexFor(groups: NodeGroups, unique: string, indexes: OccurrenceIndexes, writer: OpenEhrWriter): number {
    const { node } = groups;
    const next = writer.nextIndex([node], indexes);
    if (groups.iterated !== undefined || groups.unique.length === 0) return next;
    const place = JSON.stringify([node.path, indexes.of(node).slice(0, -1)]);
    const holders = this.#holders.get(place) ?? [];
    this.#holders.set(place, holders);
    const known = holders.indexOf(unique);
    if (known >= 0) return known;
    // An occurrence into which nothing was written is still free, also for another group.
    holders[next] = unique;
    return next;
  }
}
