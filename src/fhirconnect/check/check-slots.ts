import type { Diagnostic } from "../../errors/diagnostic.js";
import type { SelectedModels } from "../merge/select-models.js";
import { quoted, suggestion } from "../syntax/nearest-name.js";
import type { Located, ModelMapping } from "../syntax/tree.js";
import { methodFinding, type VisitedMethod, visitMethods } from "./visit-methods.js";

interface Slot {
  readonly visited: VisitedMethod;
  readonly name: Located<string>;
  readonly targets: readonly ModelMapping[];
}

/**
 * Slots that lead nowhere and slots that lead back (fhirconnect-language 8). Recursion is legal, since it ends with the
 * data, and only noted; a call of the own model on the own pair cannot end.
 */
export function checkSlots(
  selected: SelectedModels,
  storedModels: ReadonlySet<string> | undefined,
): readonly Diagnostic[] {
  const slots = selected.models.flatMap((model) => slotsOf(model, selected));
  const reachable = reachableModels(selected.models, slots);
  return slots.flatMap((slot) => {
    if (slot.targets.length === 0) return [unknownSlot(slot, selected, storedModels)];
    const own = slot.visited.model;
    return slot.targets.some((target) => reachable(target).has(own)) ? [recursiveSlot(slot)] : [];
  });
}

function slotsOf(model: ModelMapping, selected: SelectedModels): readonly Slot[] {
  const slots: Slot[] = [];
  for (const visited of visitMethods(model)) {
    const name = visited.method.slotArchetype;
    if (name !== undefined) slots.push({ visited, name, targets: selected.registry.get(name.value) ?? [] });
  }
  return slots;
}

function unknownSlot(slot: Slot, selected: SelectedModels, storedModels: ReadonlySet<string> | undefined): Diagnostic {
  const { name, visited } = slot;
  const hint =
    storedModels?.has(name.value) === true
      ? " A model of that name is stored: list it in `archetypes` of the context."
      : ` List it in \`archetypes\` of the context and upload it.${suggestion(name.value, selected.registry.keys())}`;
  const message = `The slot names the model ${quoted(name.value)}, which this context does not have; nothing is mapped there.${hint}`;
  return methodFinding(visited, "warning", "CHECK_SLOT_UNKNOWN", message, name.position);
}

function recursiveSlot(slot: Slot): Diagnostic {
  const { name, visited } = slot;
  const paths = visited.method.with;
  const onOwnPair =
    slot.targets.includes(visited.model) && paths?.fhir?.value === "$resource" && paths.openehr?.value === "$archetype";
  if (onOwnPair) {
    const message = "The slot calls its own model on the very pair that the model is run on, which cannot end.";
    return methodFinding(visited, "warning", "CHECK_SLOT_ENDLESS", message, name.position);
  }
  const message = `The slot leads back to its own model through ${quoted(name.value)}; the recursion ends with the data.`;
  return methodFinding(visited, "note", "CHECK_SLOT_RECURSION", message, name.position);
}

/** For a model, all models that slots lead to from it, itself included; each is computed once. */
function reachableModels(
  models: readonly ModelMapping[],
  slots: readonly Slot[],
): (from: ModelMapping) => ReadonlySet<ModelMapping> {
  const next = new Map<ModelMapping, Set<ModelMapping>>(models.map((model) => [model, new Set()]));
  for (const { visited, targets } of slots) for (const target of targets) next.get(visited.model)?.add(target);
  const known = new Map<ModelMapping, ReadonlySet<ModelMapping>>();
  return (from) => {
    const before = known.get(from);
    if (before !== undefined) return before;
    // A set may grow while it is walked: new members are walked too.
    const found = new Set([from]);
    for (const model of found) for (const target of next.get(model) ?? []) found.add(target);
    known.set(from, found);
    return found;
  };
}
