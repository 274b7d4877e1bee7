import { isSubclassOf } from "../../openehr/rm/rm-classes.js";

/** An attribute on the way to a leaf: of which class, and which. */
export interface Holder {
  readonly type: string | undefined;
  readonly member: string;
}

/**
 * What a composition has without any rule: what the reference model asks for (openehr-formats 12.7), what the template says
 * of its nodes (12.4), and what it lets complete in a value of which a part was written (9).
 */
const compositionDefaults: Readonly<Record<string, readonly string[]>> = {
  LOCATABLE: ["name", "archetype_details"],
  COMPOSITION: ["language", "territory", "composer", "category"],
  EVENT_CONTEXT: ["start_time", "setting"],
  ENTRY: ["language", "encoding", "subject"],
  ACTION: ["time"],
  ISM_TRANSITION: ["current_state"],
  INSTRUCTION: ["narrative"],
  ACTIVITY: ["timing", "action_archetype_id"],
  HISTORY: ["origin"],
  EVENT: ["time"],
  INTERVAL_EVENT: ["math_function"],
  DV_CODED_TEXT: ["value", "defining_code"],
  DV_ORDINAL: ["value", "symbol"],
  DV_SCALE: ["value", "symbol"],
  DV_QUANTITY: ["units"],
  DV_PROPORTION: ["type"],
  DV_INTERVAL: ["lower_unbounded", "upper_unbounded", "lower_included", "upper_included"],
};

/** The name (`COMPOSITION.language`) under which a leaf is there without any rule; undefined when there is none. */
export function compositionDefault(holders: readonly Holder[]): string | undefined {
  for (const { type, member } of holders.toReversed()) {
    if (type === undefined) continue;
    for (const [owner, members] of Object.entries(compositionDefaults)) {
      if (members.includes(member) && isSubclassOf(type, owner)) return `${owner}.${member}`;
    }
  }
  return undefined;
}

/**
 * What a Bundle has without any rule: its type, and what joins its resources (engine-behaviour 6.8).
 * @param way names of the members from the Bundle to the leaf, positions in lists among them
 */
export function bundleDefault(way: readonly string[]): string | undefined {
  const last = way.at(-1);
  if (way.length === 1 && last === "type") return "Bundle.type";
  if (last === "id") return "Resource.id";
  return last === "reference" ? "Reference.reference" : undefined;
}
