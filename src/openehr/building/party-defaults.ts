import { isSubclassOf } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { CompositionContextDefaults } from "./context-defaults.js";

/** Whether a party is missing or a PARTY_IDENTIFIED with neither name nor identifiers (openehr-formats 12.7). */
export function isUnidentified(party: RmValue | undefined): boolean {
  if (!isRmObject(party)) return true;
  return party._type === "PARTY_IDENTIFIED" && party.name === undefined && party.identifiers === undefined;
}

/**
 * Completes the references to parties directly below an object, and those of participations, that lack their scheme or
 * namespace with the ones of `ctx/id_scheme` and `ctx/id_namespace` (openehr-formats 11).
 */
export function completeExternalRefs(object: RmObject, context: CompositionContextDefaults): void {
  if (context.idScheme === undefined && context.idNamespace === undefined) return;
  for (const [name, value] of Object.entries(object)) {
    if (Array.isArray(value))
      object[name] = value.map((item) => (isRmObject(item) ? withReference(item, context) : item));
    else if (isRmObject(value)) object[name] = withReference(value, context);
  }
}

function withReference(object: RmObject, context: CompositionContextDefaults): RmObject {
  if (object._type === "PARTICIPATION" && isRmObject(object.performer)) {
    return { ...object, performer: withReference(object.performer, context) };
  }
  const reference = isSubclassOf(object._type, "PARTY_PROXY") ? object.external_ref : undefined;
  if (!isRmObject(reference)) return object;
  const { idScheme, idNamespace } = context;
  const completed: RmObject = { ...reference };
  if (idNamespace !== undefined) completed.namespace ??= idNamespace;
  if (idScheme !== undefined && isRmObject(reference.id)) {
    completed.id = { ...reference.id, scheme: reference.id.scheme ?? idScheme };
  }
  return { ...object, external_ref: completed };
}
