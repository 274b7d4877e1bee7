import type { FlatKeys } from "./flat-keys.js";

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
const KNOWN_NAMES: ReadonlySet<string> = new Set([
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
  "health_care_facility",
  "action_ism_transition_current_state",
  "instruction_narrative",
  "location",
  "setting",
  "work_flow_id",
  "link",
]);

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

  #longerNames(name: string): readonly string[] {
    const names = this.#places.flatMap((keys) => [...keys.childNames]);
    return names
      .filter((longer) => longer !== name && longer.startsWith(name) && !KNOWN_NAMES.has(longer))
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
