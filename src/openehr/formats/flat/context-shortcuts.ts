import { openehrCodedTextFrom } from "../../building/coded-text.js";
import type { CompositionContextDefaults } from "../../building/context-defaults.js";
import { isLanguageCode, isTerritoryCode } from "../../building/iso-codes.js";
import { type LeftOutReason, leftOutBecause } from "../../building/left-out.js";
import type { OpenehrGroup } from "../../rm/openehr-terminology.js";
import { isRmObject, type RmObject } from "../../rm/rm-object.js";
import { normalContextTime } from "../../rm/temporal-text.js";
import { FLAT_CODE_UNKNOWN } from "../problems.js";
import { type ShortcutKey, ShortcutKeys, textAt, valueAttribute } from "./context-shortcut-keys.js";
import { readIndexedIdentifiers } from "./datatypes/participation.js";
import { partyRef, readIdentifiedParty } from "./datatypes/party.js";
import type { FlatReadContext } from "./flat-data-type.js";
import type { FlatKeys } from "./flat-keys.js";

/**
 * Reads the `ctx/` shortcuts (openehr-formats 11). Wrong codes and times are reported; keys that belong to no shortcut are left
 * unread, and so refused like every other unknown path.
 */
export function readContextShortcuts(document: FlatKeys, context: FlatReadContext): CompositionContextDefaults {
  const occurrences = document.occurrences("ctx").map(([, keys]) => keys);
  if (occurrences.length === 0) return {};
  const keys = new ShortcutKeys(occurrences);
  const defaults = new ContextShortcuts(keys, context).read();
  keys.consumeSpellings();
  return defaults;
}

class ContextShortcuts {
  readonly #keys: ShortcutKeys;
  readonly #context: FlatReadContext;

  constructor(keys: ShortcutKeys, context: FlatReadContext) {
    this.#keys = keys;
    this.#context = context;
  }

  read(): CompositionContextDefaults {
    const defaults: {
      -readonly [Name in keyof CompositionContextDefaults]: CompositionContextDefaults[Name] | undefined;
    } = {
      language: this.#code("language", isLanguageCode, "ISO_639-1"),
      territory: this.#code("territory", isTerritoryCode, "ISO_3166-1"),
      composer: this.#composer(),
      time: this.#time("time"),
      endTime: this.#time("end_time"),
      historyOrigin: this.#time("history_origin"),
      actionTime: this.#time("action_time"),
      activityTiming: this.#text("activity_timing"),
      provider: this.#party(this.#text("provider_name"), this.#text("provider_id")),
      healthCareFacility: this.#facility(),
      currentState: this.#openehrCode("action_ism_transition_current_state", "instruction states"),
      narrative: this.#text("instruction_narrative"),
      location: this.#text("location"),
      setting: this.#openehrCode("setting", "setting"),
      participations: filled(this.#participations()),
      workflowId: this.#workflowId(),
      links: filled(this.#links()),
      idScheme: this.#text("id_scheme"),
      idNamespace: this.#text("id_namespace"),
    };
    const given = Object.entries(defaults).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as CompositionContextDefaults;
  }

  #text(name: string): string | undefined {
    return textAt(this.#keys.find(name));
  }

  #leaveOut(name: string, reason: LeftOutReason): void {
    const found = this.#keys.find(name);
    found?.keys.leaveOut(found.attribute, reason);
  }

  #code(name: string, isKnown: (code: string) => boolean, terminology: string): string | undefined {
    const found = this.#keys.find(name);
    const code = textAt(found);
    if (code === undefined || isKnown(code)) return code;
    found?.keys.invalid(found.attribute, `is no code of ${terminology}`, undefined, FLAT_CODE_UNKNOWN);
    return undefined;
  }

  #openehrCode(name: string, group: OpenehrGroup): RmObject | undefined {
    return openehrCodeAt(this.#keys.find(name), group);
  }

  #time(name: string): string | undefined {
    const found = this.#keys.find(name);
    const text = textAt(found);
    if (text === undefined || text === "now") return text === undefined ? undefined : this.#context.now();
    const normal = normalContextTime(text);
    if ("text" in normal) return normal.text;
    found?.keys.invalid(found.attribute, normal.reason, "DV_DATE_TIME");
    return undefined;
  }

  #composer(): RmObject | undefined {
    const name = this.#text("composer_name");
    const id = this.#text("composer_id");
    const self = this.#keys.find("composer_self");
    if (self?.keys.boolean(self.attribute) !== true) return this.#party(name, id);
    if (name !== undefined) this.#leaveOut("composer_name", leftOutBecause.self);
    return { _type: "PARTY_SELF", ...(id === undefined ? {} : { external_ref: this.#reference(id) }) };
  }

  #facility(): RmObject | undefined {
    const [[, keys] = []] = this.#keys.occurrences("health_care_facility");
    return keys === undefined ? undefined : readIdentifiedParty(keys, this.#context);
  }

  #party(name: string | undefined, id: string | undefined): RmObject | undefined {
    if (name === undefined && id === undefined) return undefined;
    return {
      _type: "PARTY_IDENTIFIED",
      ...(id === undefined ? {} : { external_ref: this.#reference(id) }),
      ...(name === undefined ? {} : { name }),
    };
  }

  #reference(id: string): RmObject {
    return partyRef(id, this.#text("id_scheme"), this.#text("id_namespace"));
  }

  #participations(): readonly RmObject[] {
    const at = (name: string): ReadonlyMap<number, FlatKeys> =>
      new Map(this.#keys.occurrences(`participation_${name}`));
    const [names, functions, modes, ids, identifiers] = [
      at("name"),
      at("function"),
      at("mode"),
      at("id"),
      at("identifiers"),
    ] as const;
    const indexes = new Set([names, functions, modes, ids, identifiers].flatMap((each) => [...each.keys()]));
    return [...indexes]
      .sort((one, other) => one - other)
      .map((index) =>
        this.#participation(
          this.#party(textAt(shortcutAt(names.get(index))), textAt(shortcutAt(ids.get(index)))),
          textAt(shortcutAt(functions.get(index))),
          shortcutAt(modes.get(index)),
          readIdentifiers(identifiers.get(index)),
        ),
      );
  }

  #participation(
    party: RmObject | undefined,
    functionText: string | undefined,
    modeKey: ShortcutKey | undefined,
    identifiers: readonly RmObject[],
  ): RmObject {
    const performer: RmObject =
      identifiers.length === 0
        ? (party ?? { _type: "PARTY_SELF" })
        : { ...party, _type: "PARTY_IDENTIFIED", identifiers: [...identifiers] };
    const mode = openehrCodeAt(modeKey, "participation mode");
    return {
      _type: "PARTICIPATION",
      ...(functionText === undefined ? {} : { function: { _type: "DV_TEXT", value: functionText } }),
      ...(mode === undefined ? {} : { mode }),
      performer,
    };
  }

  #workflowId(): RmObject | undefined {
    const [[, keys] = []] = this.#keys.occurrences("work_flow_id");
    const reference = keys === undefined ? undefined : this.#context.dataType("OBJECT_REF")?.read(keys, this.#context);
    return isRmObject(reference) ? reference : undefined;
  }

  #links(): readonly RmObject[] {
    return this.#keys
      .occurrences("link")
      .map(([, keys]) => this.#context.dataType("LINK")?.read(keys, this.#context))
      .filter(isRmObject);
  }
}

/** The key of one occurrence of a shortcut. */
function shortcutAt(keys: FlatKeys | undefined): ShortcutKey | undefined {
  const attribute = keys === undefined ? undefined : valueAttribute(keys);
  return keys === undefined || attribute === undefined ? undefined : { keys, attribute };
}

/** The coded text that a shortcut names by code or rubric; what is neither is reported. */
function openehrCodeAt(found: ShortcutKey | undefined, group: OpenehrGroup): RmObject | undefined {
  const text = textAt(found);
  const coded = text === undefined ? undefined : openehrCodedTextFrom(group, text);
  if (found !== undefined && text !== undefined && coded === undefined) {
    const reason = `is no code of the openEHR group ${group}`;
    found.keys.invalid(found.attribute, reason, undefined, FLAT_CODE_UNKNOWN);
  }
  return coded;
}

function filled(list: readonly RmObject[]): readonly RmObject[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Identifiers in the compact form `issuer::assigner::id::type;…`, or spread over attributes with an index. */
function readIdentifiers(keys: FlatKeys | undefined): readonly RmObject[] {
  if (keys === undefined) return [];
  const compact = keys.filledText()?.split(";") ?? [];
  const fromText = compact.map((text) => {
    const [issuer = "", assigner = "", id = "", type = "", ...more] = text.split("::");
    if (more.length > 0) keys.invalid("", "has more than the four parts issuer::assigner::id::type", "DV_IDENTIFIER");
    const members = Object.entries({ issuer, assigner, id, type }).filter(([, value]) => value !== "");
    return { _type: "DV_IDENTIFIER", ...Object.fromEntries(members) };
  });
  return [...fromText, ...readIndexedIdentifiers(keys, "")];
}
