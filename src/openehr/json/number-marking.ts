import { randomBytes } from "node:crypto";

/**
 * What a text begins with that stands for a number while a document passes through `JSON.parse` or `JSON.stringify`,
 * which would change its digits. Random, so that no text from outside can pass for one.
 */
export const NUMBER_MARK = `\u007f${randomBytes(12).toString("base64url")}`;

/** Numbers marked in the document that is being written; undefined while none is. */
let marked: number | undefined;

/** What `JSON.stringify` has to write for a number with these digits: a marked text, or the number where nobody unmarks. */
export function markedNumber(text: string): string | number {
  if (marked === undefined) return Number(text);
  marked++;
  return NUMBER_MARK + text;
}

/** `JSON.stringify` with the digits of every marked number in place of its text. */
export function stringifyMarked(value: unknown, indent: number | undefined): string {
  marked = 0;
  try {
    const json = JSON.stringify(value, undefined, indent);
    return marked === 0 ? json : withoutMarks(json);
  } finally {
    marked = undefined;
  }
}

/** The mark begins with a character that is seldom, which makes it quick to find; quotes stand on both sides. */
function withoutMarks(json: string): string {
  const [start = "", ...parts] = json.split(NUMBER_MARK);
  const written = [start.slice(0, -1)];
  for (const [index, part] of parts.entries()) {
    const quote = part.indexOf('"');
    written.push(part.slice(0, quote), part.slice(quote + 1, index === parts.length - 1 ? undefined : -1));
  }
  return written.join("");
}
