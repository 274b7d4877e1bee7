import type { FhirSchema } from "../schema/fhir-schema.js";

const indexes = new WeakMap<FhirSchema, ReadonlyMap<string, string>>();

/**
 * The FHIR name of a type as mapping authors write it: letter case is free and HAPI's class names are known
 * (`DateTimeType`, `DateTime`, `Boolean`, `Uri`, `Enumeration`), so that `as(DateTime)` finds `dateTime`
 * (fhirconnect-language 5.2). Undefined for a name that no type of this version has.
 */
export function fhirTypeName(written: string, schema: FhirSchema): string | undefined {
  if (schema.type(written) !== undefined) return written;
  const index = indexOf(schema);
  const lower = written.toLowerCase();
  return index.get(lower) ?? (lower.endsWith("type") ? index.get(lower.slice(0, -"type".length)) : undefined);
}

function indexOf(schema: FhirSchema): ReadonlyMap<string, string> {
  let index = indexes.get(schema);
  if (index === undefined) {
    // HAPI's Enumeration is the class of all codes with a required binding; SimpleQuantity is a profile on Quantity.
    const names = new Map([
      ["enumeration", "code"],
      ["simplequantity", "Quantity"],
    ]);
    for (const name of schema.typeNames) if (!name.includes(".")) names.set(name.toLowerCase(), name);
    index = names;
    indexes.set(schema, index);
  }
  return index;
}

/** Whether a type is another one or specialises it: `Observation` is a `DomainResource`, `Age` a `Quantity`. */
export function specialises(type: string, ancestor: string, schema: FhirSchema): boolean {
  for (let name: string | undefined = type; name !== undefined; name = schema.type(name)?.base) {
    if (name === ancestor) return true;
  }
  return false;
}
