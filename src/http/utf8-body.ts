import { isUtf8 } from "node:buffer";
import { Problem } from "../errors/problem.js";
import { BODY_NOT_UTF8 } from "./problems.js";

/**
 * The text of a body. Bytes that are no UTF-8 are refused: read in spite of it, letters would turn into others without a word.
 * @throws Problem `HTTP_BODY_NOT_UTF8` with the line at which UTF-8 ends
 */
export function utf8Text(body: Buffer): string {
  if (isUtf8(body)) return body.toString("utf8");
  const line = lineOfFault(body);
  throw new Problem(BODY_NOT_UTF8, `The body is not UTF-8: line ${line} has bytes that are no character.`, {
    position: { line, column: 1 },
  });
}

/** A byte of a line break is part of no other character, so lines can be looked at one by one. */
function lineOfFault(body: Buffer): number {
  let line = 1;
  for (let start = 0; start <= body.length; line++) {
    const end = body.indexOf(0x0a, start);
    const next = end < 0 ? body.length : end;
    if (!isUtf8(body.subarray(start, next)) || end < 0) return line;
    start = end + 1;
  }
  return line;
}
