import { isLocatable } from "../rm/rm-classes.js";
import type { TemplateNode } from "../template/template.js";
import type { AttributeProgram, NodeGroup } from "../validation/template-program.js";
import type { ExampleChoices } from "./example-choices.js";

/** Structures that say nothing when they are empty are given at least one part, where the template has any. */
const LISTS_WITH_PARTS = new Set([
  "CLUSTER.items",
  "HISTORY.events",
  "ITEM_TREE.items",
  "ITEM_LIST.items",
  "ITEM_TABLE.rows",
  "SECTION.items",
]);

/**
 * How often each node of a list occurs in an example, so that the nodes themselves and the list as a whole get what the
 * template wants of them.
 * @param list class and attribute: `CLUSTER.items`
 * @param depth how many repeated nodes the list stands in
 */
export function occurrenceCounts(
  list: string,
  groups: readonly NodeGroup[],
  program: AttributeProgram | undefined,
  choices: ExampleChoices,
  depth: number,
): readonly number[] {
  const most = program?.cardinality?.max ?? -1;
  const counts = groups.map(({ occurrences }) => occurrences.min);
  // Slots that want to be filled take their part of the list.
  const inSlots = (program?.slots ?? []).reduce((sum, { node }) => sum + Math.max(0, node.min), 0);
  let total = counts.reduce((sum, count) => sum + count, inSlots);
  const add = (at: number, wanted: number): void => {
    const roomInList = most < 0 ? wanted : Math.max(0, most - total);
    const added = Math.max(0, Math.min(wanted, roomInList));
    counts[at] = (counts[at] ?? 0) + added;
    total += added;
  };
  for (const [at, group] of groups.entries()) {
    const { min, max } = group.occurrences;
    if (!holdsValues(group)) continue;
    add(at, choices.occurrences(min, max, kindsOf(group), depth) - min);
  }
  const least = leastItems(list, groups, program, total);
  const fillers = [...groups.entries()].sort(
    ([, one], [, other]) => Number(holdsValues(other)) - Number(holdsValues(one)),
  );
  for (const [at, { occurrences }] of fillers) {
    const room = occurrences.max < 0 ? least : occurrences.max - (counts[at] ?? 0);
    add(at, Math.min(room, least - total));
  }
  return counts;
}

/** A list that may be missing altogether needs its least number of items only when it is there. */
function leastItems(
  list: string,
  groups: readonly NodeGroup[],
  program: AttributeProgram | undefined,
  planned: number,
): number {
  const isWanted = groups.length > 0 && (LISTS_WITH_PARTS.has(list) || (program?.existence?.min ?? 0) > 0);
  if (planned === 0 && !isWanted) return 0;
  return Math.max(isWanted ? 1 : 0, program?.cardinality?.min ?? 0);
}

/** How many kinds of objects may stand on a node: its classes, or those of the value of an ELEMENT. */
function kindsOf({ alternatives, occurrences }: NodeGroup): number {
  const values = alternatives.map(({ children }) => children.filter(({ attribute }) => attribute === "value").length);
  return Math.max(alternatives.length, ...values, occurrences.max === 1 ? 1 : 2);
}

/** Whether there is anything to show on a node: structures that only have open slots stay away where they can. */
function holdsValues({ alternatives }: NodeGroup): boolean {
  return alternatives.some(holdsValue);
}

/** Whether a structure can have values by what the template says about it. */
export function holdsValue({ rmType, children }: TemplateNode): boolean {
  if (rmType === "ELEMENT" || rmType === "INSTRUCTION" || !isLocatable(rmType)) return true;
  return children.some((child) => isLocatable(child.rmType) && !child.isArchetypeSlot && holdsValue(child));
}
