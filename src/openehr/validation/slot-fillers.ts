import { isSubclassOf } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import { textMember } from "./object-place.js";
import type { SlotProgram } from "./slot-program.js";
import { classOf, isAllowed, type NodeGroup, type Occurrences } from "./template-program.js";

/** How often a slot is filled, where that is not as often as it has to be. */
export interface SlotCount {
  readonly slot: SlotProgram;
  readonly count: number;
  readonly allowed: Occurrences;
}

/** Gathers the objects of one attribute that no node of the template is for, and spreads them over its open slots. */
export class SlotFillers {
  readonly #slots: readonly SlotProgram[];
  /** For every object the slots that admit it. */
  readonly #admitting: (readonly SlotProgram[])[] = [];

  constructor(slots: readonly SlotProgram[]) {
    this.#slots = slots;
  }

  /**
   * Takes an object.
   * @returns undefined when a slot admits it; otherwise the slots it fits by class and name, whose assertions exclude it
   */
  take(object: RmObject): readonly SlotProgram[] | undefined {
    const fitting = this.#slots.filter(({ fits }) => fits(object));
    const archetypeId = textMember(object, "archetype_node_id") ?? "";
    const admitting = fitting.filter(({ admits }) => admits(archetypeId));
    if (admitting.length === 0) return fitting;
    this.#admitting.push(admitting);
    return undefined;
  }

  /**
   * The slots that are filled too often or not often enough. Objects that only one slot admits choose first, others go where
   * there is room. Where the template itself fills a slot, with nodes of its own, those count towards the minimum.
   * @param counts how often the nodes of the attribute occur
   */
  wrongCounts(counts: ReadonlyMap<NodeGroup, number>): readonly SlotCount[] {
    const own = this.#spread();
    return this.#slots.flatMap((slot) => {
      const allowed = { min: Math.max(0, slot.node.min), max: slot.node.max };
      const count = own.get(slot) ?? 0;
      if (isAllowed(count, allowed)) return [];
      if (count < allowed.min && count + filledByTemplate(slot, counts) >= allowed.min) return [];
      return [{ slot, count, allowed }];
    });
  }

  #spread(): ReadonlyMap<SlotProgram, number> {
    const counts = new Map<SlotProgram, number>();
    const hasRoom = (slot: SlotProgram): boolean => slot.node.max < 0 || (counts.get(slot) ?? 0) < slot.node.max;
    for (const admitting of this.#admitting.sort((one, other) => one.length - other.length)) {
      const slot = admitting.find(hasRoom) ?? admitting.at(-1);
      if (slot !== undefined) counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }
    return counts;
  }
}

/** How many of the nodes of the template itself fill a slot. */
export function filledByTemplate({ node, admits }: SlotProgram, counts: ReadonlyMap<NodeGroup, number>): number {
  let filled = 0;
  for (const [{ alternatives }, count] of counts) {
    const [root] = alternatives;
    if (root?.isArchetypeRoot !== true || !isSubclassOf(classOf(root), classOf(node))) continue;
    if (admits(root.nodeId ?? "")) filled += count;
  }
  return filled;
}
