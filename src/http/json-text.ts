import { Problem } from "../errors/problem.js";
import type { SourcePosition } from "../errors/source-position.js";
import { isJsonObject, type JsonValue, noteDigits } from "../fhir/json.js";
import { type PutNumber, parseExactJson } from "../openehr/json/read-json.js";
import { findJsonFault } from "./json-fault.js";
import { BODY_EMPTY, BODY_FORBIDDEN_MEMBER, BODY_NOT_JSON, BODY_TOO_DEEP } from "./problems.js";

/** Deeper than any composition or resource, shallow enough for every recursive walk over the tree. */
const deepestNesting = 400;

/**
 * Reads JSON that a caller sent. Throws a Problem when the text is blank, is not JSON (with line and column, never with
 * the text found there), is nested deeper than any real payload, or has a member that could reach an object's prototype.
 */
export function readJson(text: string, file?: string): JsonValue {
  return checkedJson(text, file, JSON.parse) as JsonValue;
}

/** As {@link readJson}, with the digits of its numbers noted beside them: what mappings from FHIR take. */
export function readFhirJson(text: string, file?: string): JsonValue {
  return checkedJson(text, file, (json) => parseExactJson(json, noteNumber)) as JsonValue;
}

const noteNumber: PutNumber = (owner, member, number) => {
  (owner as Record<string | number, unknown>)[member] = number.valueOf();
  noteDigits(owner, member, number.text);
};

/** As {@link readJson}, with the digits of its numbers: what the readers of openEHR take (docs/decisions/0005-numbers.md). */
export function readExactJson(text: string, file?: string): unknown {
  return checkedJson(text, file, parseExactJson);
}

function checkedJson(text: string, file: string | undefined, parse: (json: string) => unknown): unknown {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const place = (offset: number) => ({ position: positionAt(json, offset, file) });
  const tooDeep = findTooDeep(json);
  if (tooDeep !== undefined) {
    throw new Problem(
      BODY_TOO_DEEP,
      `The JSON is nested more than ${deepestNesting} levels deep at ${describe(json, tooDeep)}.`,
      place(tooDeep),
    );
  }
  let value: unknown;
  try {
    value = parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (json.trim() === "") throw new Problem(BODY_EMPTY, "The JSON document is empty.");
    const fault = findJsonFault(json);
    throw new Problem(
      BODY_NOT_JSON,
      `The text is not JSON: ${fault.expected} was expected at ${describe(json, fault.offset)}.`,
      place(fault.offset),
    );
  }
  const forbidden = mayNamePrototype(json) ? findForbiddenMember(value as JsonValue) : undefined;
  if (forbidden !== undefined) {
    throw new Problem(BODY_FORBIDDEN_MEMBER, `The JSON has a member named "${forbidden}".`, { path: forbidden });
  }
  return value;
}

/** Offset of the bracket that opens one level too many; a single pass that allocates nothing. */
function findTooDeep(json: string): number | undefined {
  let depth = 0;
  for (let index = 0; index < json.length; index++) {
    switch (json.charCodeAt(index)) {
      case 0x22: {
        index = endOfString(json, index);
        break;
      }
      case 0x5b:
      case 0x7b:
        if (++depth > deepestNesting) return index;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
    }
  }
  return undefined;
}

/** Offset of the quote that ends the string beginning at `start`, or the end of the text. */
function endOfString(json: string, start: number): number {
  for (let index = start + 1; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === 0x5c) index++;
    else if (code === 0x22) return index;
  }
  return json.length;
}

/** Cheap first look: without one of these no member can have a forbidden name, escaped or not. */
function mayNamePrototype(json: string): boolean {
  return json.includes("__proto__") || json.includes('"constructor"') || json.includes("\\u");
}

function findForbiddenMember(value: JsonValue): string | undefined {
  const pending: (JsonValue | undefined)[] = [value];
  while (pending.length > 0) {
    const current = pending.pop();
    if (Array.isArray(current)) {
      for (const item of current) pending.push(item);
    } else if (isJsonObject(current)) {
      if (Object.hasOwn(current, "__proto__")) return "__proto__";
      const constructorMember = Object.hasOwn(current, "constructor") ? current.constructor : undefined;
      if (isJsonObject(constructorMember) && Object.hasOwn(constructorMember, "prototype")) return "constructor";
      for (const member of Object.values(current)) pending.push(member);
    }
  }
  return undefined;
}

function positionAt(text: string, offset: number, file: string | undefined): SourcePosition {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf("\n"); next !== -1 && next < offset; next = text.indexOf("\n", next + 1)) {
    line++;
    lineStart = next + 1;
  }
  const column = offset - lineStart + 1;
  return file === undefined ? { line, column } : { file, line, column };
}

function describe(text: string, offset: number): string {
  if (offset >= text.length) return "the end of the text";
  const { line, column } = positionAt(text, offset, undefined);
  return `line ${line}, column ${column}`;
}
