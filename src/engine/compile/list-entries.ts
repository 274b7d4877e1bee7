import type { Located, MappingMethod } from "../../fhirconnect/syntax/tree.js";
import type { ListEntry, OpenEhrAccessor, OpenEhrCondition, StepKind } from "../plan.js";
import { rmMembers } from "../rm-members.js";
import type { Semantics } from "../semantics.js";
import { goingInto } from "./openehr-path.js";

/** Which attribute of an entry takes the converted value, and which text tells entries of one method from others. */
const attributes: Readonly<Record<ListEntry["entryClass"], { readonly value: string; readonly telling: string }>> = {
  PARTICIPATION: { value: "performer", telling: "function" },
  LINK: { value: "target", telling: "type" },
};

/** What `participationsFunction` or `link` of a method asks for; undefined for methods without either. */
export function listEntryOf(method: MappingMethod, semantics: Semantics): ListEntry | undefined {
  const { participationsFunction, link } = method;
  if (participationsFunction !== undefined) {
    return { entryClass: "PARTICIPATION", texts: { function: participationsFunction.value } };
  }
  if (link === undefined || semantics.links === "ignored") return undefined;
  const [meaning, type] = [textOf(link.meaning), textOf(link.type)];
  const own = meaning ?? type;
  return { entryClass: "LINK", texts: own === undefined ? {} : { meaning: own, type: type ?? own } };
}

/** A text without a character says nothing. */
function textOf(written: Located<string> | undefined): string | undefined {
  return written === undefined || written.value.trim() === "" ? undefined : written.value;
}

/**
 * Says what a method lacks that writes LINKs; undefined when it lacks nothing. The reference model demands meaning and type of
 * each, and the language has no defaults for them (fhirconnect-language 16); one stands for both.
 */
export function lacksOfEntry({ entryClass, texts }: ListEntry): string | undefined {
  if (entryClass !== "LINK" || Object.keys(texts).length > 0) return undefined;
  return "A LINK must say its meaning and its type, and this `link` says neither. Write `link: { meaning: …, type: … }`; one of the two stands for both.";
}

/** The parts of a step by which it keeps entries of a list. */
export interface ListEntryParts {
  readonly kind: StepKind;
  readonly openEhr: OpenEhrAccessor;
  /** Keeps the entries of other methods in the same list out, openEHR → FHIR. */
  readonly openEhrConditions: readonly OpenEhrCondition[];
}

/**
 * The condition by which a method on a list of participations reads only those of its function, when a child gives the
 * function as its only constant: the way to write it in constants (fhirconnect-language 15.1).
 */
export function ofConstantFunction(
  method: MappingMethod,
  accessor: OpenEhrAccessor | undefined,
  semantics: Semantics,
): readonly OpenEhrCondition[] {
  if (semantics.rmAttributes === "cut" || accessor?.node.rmType !== "PARTICIPATION") return [];
  if (accessor.members.length > 0 || !accessor.complete) return [];
  for (const child of method.followedBy) {
    const [entry, ...entries] = child.manual;
    const [constant, ...constants] = entry?.openehr ?? [];
    if (constant === undefined || entries.length > 0 || constants.length > 0) continue;
    const below = [child.with?.openehr?.value ?? "", constant.path.value].join("/");
    const way = below.replace(/\$openehrRoot/g, "").split("/");
    const names = way.filter((name) => name !== "" && name !== "value");
    if (names.length === 1 && names[0] === "function")
      return [telling(accessor, "PARTICIPATION", constant.value.value)];
  }
  return [];
}

function telling(accessor: OpenEhrAccessor, entryClass: ListEntry["entryClass"], text: string): OpenEhrCondition {
  const members = rmMembers(entryClass, [attributes[entryClass].telling, "value"]) ?? [];
  return { root: accessor, attributes: [goingInto(accessor, members)], operator: "one of", criteria: [text] };
}

/** @returns undefined when the path does not end in a list of such entries */
export function asListEntry(accessor: OpenEhrAccessor, entry: ListEntry): ListEntryParts | undefined {
  const { entryClass, texts } = entry;
  const { value, telling: teller } = attributes[entryClass];
  const kind: StepKind = { kind: "entry", ...entry };
  const text = texts[teller];
  const list = accessor.members.at(-1);
  const below = rmMembers(entryClass, [value]) ?? [];
  if (list !== undefined) {
    // An ELEMENT has links, but templates have no node for them: the list is part of its value.
    if (list.type !== entryClass || !list.isList) return undefined;
    const told = text === undefined ? list : { ...list, having: { name: teller, text } };
    const openEhr = goingInto(accessor, [...accessor.members.slice(0, -1), told, ...below]);
    return { kind, openEhr, openEhrConditions: [] };
  }
  if (accessor.node.rmType !== entryClass || !accessor.complete) return undefined;
  return {
    kind,
    openEhr: goingInto(accessor, below),
    openEhrConditions: text === undefined ? [] : [telling(accessor, entryClass, text)],
  };
}
