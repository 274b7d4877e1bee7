/** Whether a text can be an id that a store has given out; everything else names nothing, whatever it holds. */
export function canBeStoredId(id: string): boolean {
  return /^[0-9A-Za-z_-]{1,64}$/.test(id);
}
