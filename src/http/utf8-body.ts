import { isAscii, isUtf8 } from "node:buffer";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Problem } from "../errors/problem.js";
import { BODY_NOT_UTF8 } from "./problems.js";

/**
 * The text of a body. Bytes that are no UTF-8 are refused: read in spite of it, letters would turn into others without a word.
 * A large body is decoded in slices, and put together in a turn of the event loop that nothing else is done in.
 * @throws Problem `HTTP_BODY_NOT_UTF8` with the line at which UTF-8 ends
 */
export async function utf8Text(body: Buffer): Promise<string> {
  if (!isUtf8(body)) {
    const line = lineOfFault(body);
    throw new Problem(BODY_NOT_UTF8, `The body is not UTF-8: line ${line} has bytes that are no character.`, {
      position: { line, column: 1 },
    });
  }
  if (body.length <= LARGE) return body.toString("utf8");
  const pieces = await decodedPieces(body);
  await nextTurn();
  const text = pieces.join("");
  await nextTurn();
  return text;
}

/** Bodies up to this many bytes are decoded at once. */
const LARGE = 262_144;
const PIECE = 16_384;
/** Pieces that are decoded in one turn of the event loop. */
const PIECES_AT_ONCE = 32;

/** Text of UTF-8, piece by piece; in most pieces of a template there is nothing to decode. */
async function decodedPieces(body: Buffer): Promise<readonly string[]> {
  const pieces: string[] = [];
  for (let start = 0; start < body.length; ) {
    let end = Math.min(start + PIECE, body.length);
    while (end < body.length && isContinuation(body[end])) end--;
    const piece = body.subarray(start, end);
    pieces.push(piece.toString(isAscii(piece) ? "latin1" : "utf8"));
    start = end;
    if (pieces.length % PIECES_AT_ONCE === 0) await nextTurn();
  }
  return pieces;
}

/** Whether a byte goes on with a character that began before it. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
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
