/** Text as the quoted part of a `Warning` header holds it: names may be in any script, headers hold ASCII only. */
export function warningText(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "'")}"`;
}
