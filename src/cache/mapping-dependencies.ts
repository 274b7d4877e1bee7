import type { ContextMapping, ExtensionMapping, MappingMethod, ModelMapping } from "../fhirconnect/syntax/tree.js";

/**
 * The names of all models and extensions on which the mapper of a context depends, those included that it looked for in
 * vain: what the context lists, what its extensions extend, what its slots call, and the models whose archetype one of
 * these names is (fhirconnect-language 2.4 and 10.4, engine-behaviour 1.2). A write to any of them makes the mapper stale;
 * one name too many costs a compile, one too few an old answer.
 */
export function mappingDependencies(
  context: ContextMapping,
  stored: readonly (ModelMapping | ExtensionMapping)[],
): ReadonlySet<string> {
  const byNameOrArchetype = new Map<string, (ModelMapping | ExtensionMapping)[]>();
  for (const mapping of stored) {
    const archetype = mapping.type === "model" ? mapping.archetype?.value : undefined;
    for (const key of new Set([mapping.name.value, archetype])) {
      if (key === undefined) continue;
      const same = byNameOrArchetype.get(key);
      if (same === undefined) byNameOrArchetype.set(key, [mapping]);
      else same.push(mapping);
    }
  }
  const names = new Set<string>();
  const open = [context.start, ...context.archetypes, ...context.extensions].map((name) => name.value);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    for (const mapping of byNameOrArchetype.get(name) ?? []) {
      open.push(mapping.name.value);
      if (mapping.type === "extension") open.push(mapping.extends.value);
      for (const slot of slotsOf(mapping.mappings)) open.push(slot);
    }
  }
  return names;
}

function* slotsOf(methods: readonly MappingMethod[]): Generator<string> {
  for (const { slotArchetype, reference, followedBy } of methods) {
    if (slotArchetype !== undefined) yield slotArchetype.value;
    yield* slotsOf(reference?.mappings ?? []);
    yield* slotsOf(followedBy);
  }
}
