/**
 * A name as the JavaScript engine keeps names of members and literals, which makes it quick to compare with them and to look up.
 * A name that was cut out of a document is another string for it, whose letters are compared each time.
 */
export function asMemberName(name: string): string {
  return Object.keys({ [name]: true })[0] ?? name;
}
