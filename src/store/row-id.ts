/** True for the ids that the database gives to rows; any other text is the id of no row, and Postgres would refuse it. */
export function isRowId(id: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id);
}
