/** The current date and time of the system in its own time zone: ISO 8601 with milliseconds and without offset. */
export function localNow(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
}
