import { leftOutBecause } from "../../building/left-out.js";
import type { FlatKeys } from "./flat-keys.js";
import { nearestOf } from "./nearest-name.js";

/** The key of a shortcut: a place below `ctx`, and which of its attributes has the value. */
export interface ShortcutKey {
  readonly keys: FlatKeys;
  readonly attribute: string;
}

/** Attributes that come first where several are given. */
const PREFERRED_ATTRIBUTES = ["", "code", "value"];
/** Says of which terminology a code is, and is never the value itself. */
const TERMINOLOGY = "terminology";

/** Shortcuts that have a value of their own; a longer one is no other spelling of the shorter one. */
const SINGLE_VALUES = [
  "language",
  "territory",
  "composer_name",
  "composer_id",
  "composer_self",
  "id_scheme",
  "id_namespace",
  "time",
  "end_time",
  "history_origin",
  "action_time",
  "activity_timing",
  "provider_name",
  "provider_id",
  "action_ism_transition_current_state",
  "instruction_narrative",
  "location",
  "setting",
] as const;
/** Shortcuts that repeat and have one value at each index. */
const REPEATED_VALUES = [
  "participation_name",
  "participation_function",
  "participation_mode",
  "participation_id",
] as const;
/** Shortcuts with parts, each of which has a key of its own. */
const WITH_PARTS = ["health_care_facility", "participation_identifiers", "work_flow_id", "link"] as const;
const KNOWN_NAMES: readonly string[] = [...SINGLE_VALUES, ...REPEATED_VALUES, ...WITH_PARTS];

/**
 * Finds the keys of `ctx/` shortcuts (openehr-formats 11): a shortcut takes every key that starts with its name, so that
 * `ctx/language|code`, `ctx/language:0` and `ctx/time|value` are as good as the plain names. Where several keys are given,
 * the plain one comes first, then `|code`, `|value`, other attributes, and longer names last.
 */
export class ShortcutKeys {
  readonly #places: readonly FlatKeys[];

  /** @param places the occurrences of `ctx`: STRUCTURED may have its shortcuts spread over several objects */
  constructor(places: readonly FlatKeys[]) {
    this.#places = places;
  }

  /** The key of a shortcut that is one value. */
  find(name: string): ShortcutKey | undefined {
    for (const spelling of [name, ...this.#longerNames(name)]) {
      for (const [, keys] of this.occurrences(spelling)) {
        const attribute = valueAttribute(keys);
        if (attribute !== undefined) return { keys, attribute };
      }
    }
    return undefined;
  }

  /** The occurrences of a shortcut with parts or an index, ascending by index. */
  occurrences(name: string): readonly (readonly [index: number, keys: FlatKeys])[] {
    return this.#places.flatMap((keys) => keys.occurrences(name)).sort(([one], [other]) => one - other);
  }

  /**
   * Takes what else stands at keys of a shortcut, so that what is left over belongs to none: `|terminology` beside a code,
   * further spellings of one value. Parts that a shortcut does not have are left over.
   */
  consumeSpellings(): void {
    for (const keys of this.#places) {
      for (const name of keys.childNames) {
        const isTaken = isOneOf(REPEATED_VALUES, name) || isSpelling(name);
        if (!isTaken) continue;
        for (const [, spelling] of keys.occurrences(name)) {
          spelling.consume(TERMINOLOGY);
          spelling.leaveOutRest(leftOutBecause.otherForm);
        }
      }
    }
  }

  #longerNames(name: string): readonly string[] {
    const names = this.#places.flatMap((keys) => [...keys.childNames]);
    return names
      .filter((longer) => longer !== name && longer.startsWith(name) && !KNOWN_NAMES.includes(longer))
      .sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
  }
}

/** The attribute that has the value of a shortcut. */
export function valueAttribute(keys: FlatKeys): string | undefined {
  const given = [...keys.attributes];
  const preferred = PREFERRED_ATTRIBUTES.find((attribute) => given.includes(attribute));
  return preferred ?? given.find((attribute) => attribute !== TERMINOLOGY);
}

/** The text of a shortcut, or undefined when it is absent or blank. */
export function textAt(found: ShortcutKey | undefined): string | undefined {
  return found?.keys.filledText(found.attribute);
}

/** The shortcut that an unknown `ctx/` key most likely stands for, with the index and attribute of the key. */
export function nearestShortcut(path: string): string | undefined {
  const [, name = "", rest = ""] = /^ctx\/([^:|/]*)(.*)$/s.exec(path) ?? [];
  const nearest = nearestOf(name, KNOWN_NAMES);
  return nearest === undefined ? undefined : `ctx/${nearest}${rest}`;
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

/** Whether a name begins with that of a shortcut of one value, and is no other shortcut. */
function isSpelling(name: string): boolean {
  if (KNOWN_NAMES.includes(name)) return isOneOf(SINGLE_VALUES, name);
  return SINGLE_VALUES.some((known) => name.startsWith(known));
}
