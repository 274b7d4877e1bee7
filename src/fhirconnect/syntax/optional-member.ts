/** An object with the member, or without it where there is no value: optional members are left out, never undefined. */
export function optionalMember<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]?: Value });
}
