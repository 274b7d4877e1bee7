import { NodeInProgress } from "./node-in-progress.js";
import { choiceId } from "./node-naming.js";
import { proportionTypes, typeInputs } from "./type-inputs.js";

/** The types of value an ELEMENT takes when the template does not constrain it, in the order of openehr-formats 4.4, 9. */
const ANY_VALUE = [
  "DV_TEXT",
  "DV_CODED_TEXT",
  "DV_MULTIMEDIA",
  "DV_PARSABLE",
  "DV_STATE",
  "DV_BOOLEAN",
  "DV_IDENTIFIER",
  "DV_URI",
  "DV_EHR_URI",
  "DV_DURATION",
  "DV_QUANTITY",
  "DV_COUNT",
  "DV_PROPORTION",
  "DV_DATE_TIME",
  "DV_TIME",
  "DV_ORDINAL",
  "DV_DATE",
] as const;

/**
 * Recognises choices, several children at one path (openehr-formats 4.4, 8): data values among them get their id from
 * their type.
 */
export function markChoices(children: readonly NodeInProgress[]): void {
  const byPath = new Map<string, NodeInProgress[]>();
  for (const child of children) {
    const path = JSON.stringify([child.attribute, child.nodeId ?? null, child.nameInPath ?? null]);
    const sharing = byPath.get(path);
    if (sharing === undefined) byPath.set(path, [child]);
    else sharing.push(child);
  }
  for (const sharing of byPath.values()) {
    if (sharing.length === 1) continue;
    for (const child of sharing) {
      child.isChoice = true;
      if (child.rmType.startsWith("DV_")) child.baseId = choiceId(child.rmType);
    }
  }
}

/**
 * Completes an ELEMENT (openehr-formats 4.4, 9 and 10): without children it takes any value; its values carry its name,
 * texts and annotations. The `nodeId` stays with the ELEMENT, as only LOCATABLEs have one.
 */
export function completeElement(element: NodeInProgress): void {
  if (element.children.length === 0) {
    element.children = ANY_VALUE.map((rmType) => anyValue(element, rmType));
    return;
  }
  const values = element.children.filter(isTrueChild);
  for (const value of values) {
    value.name = element.name;
    value.annotations = element.annotations;
    value.localizedNames = merged(value.localizedNames, element.localizedNames);
    value.localizedDescriptions = merged(value.localizedDescriptions, element.localizedDescriptions);
  }
  if (values.length === 1 || element.children.some(({ isChoice }) => isChoice)) return;
  for (const value of values) if (value.rmType.startsWith("DV_")) value.baseId = choiceId(value.rmType);
}

function isTrueChild({ attribute, min }: NodeInProgress): boolean {
  if (attribute === "name") return false;
  return min > 0 || (attribute !== "null_flavour" && attribute !== "feeder_audit");
}

function anyValue(element: NodeInProgress, rmType: (typeof ANY_VALUE)[number]): NodeInProgress {
  const value = new NodeInProgress(choiceId(rmType), element.name, rmType, "value");
  value.isChoice = true;
  value.inContext = true;
  value.localizedNames = element.localizedNames;
  value.localizedDescriptions = element.localizedDescriptions;
  value.inputs = [...typeInputs(rmType)];
  if (rmType === "DV_PROPORTION") value.proportionTypes = proportionTypes(new Map());
  return value;
}

function merged(own: ReadonlyMap<string, string>, added: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return own.size === 0 ? added : new Map([...own, ...added]);
}
