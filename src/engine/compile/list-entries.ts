import type { MappingMethod } from "../../fhirconnect/syntax/tree.js";
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
  const { meaning = link.type, type = link.meaning } = link;
  return {
    entryClass: "LINK",
    texts: { ...(meaning && { meaning: meaning.value }), ...(type && { type: type.value }) },
  };
}

/** The parts of a step by which it keeps entries of a list. */
export interface ListEntryParts {
  readonly kind: StepKind;
  readonly openEhr: OpenEhrAccessor;
  /** Keeps the entries of other methods in the same list out, openEHR → FHIR. */
  readonly openEhrConditions: readonly OpenEhrCondition[];
}

/** @returns undefined when the path does not end in a list of such entries */
export function asListEntry(accessor: OpenEhrAccessor, entry: ListEntry): ListEntryParts | undefined {
  const { entryClass, texts } = entry;
  const { value, telling } = attributes[entryClass];
  const kind: StepKind = { kind: "entry", ...entry };
  const text = texts[telling];
  const list = accessor.members.at(-1);
  const below = rmMembers(entryClass, [value]) ?? [];
  if (list !== undefined) {
    // An ELEMENT has links, but templates have no node for them: the list is part of its value.
    if (list.type !== entryClass || !list.isList) return undefined;
    const told = text === undefined ? list : { ...list, having: { name: telling, text } };
    const openEhr = goingInto(accessor, [...accessor.members.slice(0, -1), told, ...below]);
    return { kind, openEhr, openEhrConditions: [] };
  }
  if (accessor.node.rmType !== entryClass || !accessor.complete) return undefined;
  const condition: OpenEhrCondition | undefined =
    text === undefined
      ? undefined
      : {
          root: accessor,
          attributes: [goingInto(accessor, rmMembers(entryClass, [telling, "value"]) ?? [])],
          operator: "one of",
          criteria: [text],
        };
  return {
    kind,
    openEhr: goingInto(accessor, below),
    openEhrConditions: condition === undefined ? [] : [condition],
  };
}
