import { copyOf } from "../rm/copy-value.js";
import { isSubclassOf } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { CompositionContextDefaults } from "./context-defaults.js";

/**
 * The composer of a composition: as written; one with nothing but an id takes name and class of the composer that `ctx/`
 * names (openehr-formats 11 and 12.7), and keeps its id.
 */
export function composerFrom(written: RmValue | undefined, context: CompositionContextDefaults): RmObject | undefined {
  const party = isRmObject(written) ? written : undefined;
  const { composer } = context;
  if (composer === undefined || (party !== undefined && isIdentified(party))) return party;
  const reference = party?.external_ref;
  return reference === undefined ? copyOf(composer) : { ...copyOf(composer), external_ref: reference };
}

/** Whether a party has more than an id to know it by. */
function isIdentified(party: RmObject): boolean {
  return party._type !== "PARTY_IDENTIFIED" || party.name !== undefined || party.identifiers !== undefined;
}

/** Whether anything is there to complete references to parties with. */
export function completesReferences({ idScheme, idNamespace }: CompositionContextDefaults): boolean {
  return idScheme !== undefined || idNamespace !== undefined;
}

/**
 * A party, or the participation of one, whose reference has the scheme or namespace of `ctx/id_scheme` and `ctx/id_namespace`
 * where it lacks its own (openehr-formats 11).
 */
export function withReference(object: RmObject, context: CompositionContextDefaults): RmObject {
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
