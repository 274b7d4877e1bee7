import { isJsonNumber, isShortestText } from "./number-text.js";

/** Where a number stands in a JSON text. */
export interface NumberLiteral {
  readonly start: number;
  readonly end: number;
}

/** Whole numbers of fewer digits are doubles. */
const DIGITS_OF_LONG_NUMBER = 16;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;

/**
 * The numbers of a JSON text whose digits the shortest double does not give back, in document order: decimals, and whole
 * numbers above 2^53. (A whole number with an exponent, `1e5`, is read as the double that it is.)
 *
 * This does not walk through the text. It looks at decimal points and at every sixteenth character, which no long row of
 * digits escapes, and then at what surrounds them. Only where that leaves open whether they belong to a number or to a
 * text, all characters are looked at. In any case the work is proportional to the text; for one that is not JSON the
 * numbers found are numbers in form, wherever they stand.
 */
export function numbersWithDigits(json: string): readonly NumberLiteral[] {
  const found: NumberLiteral[] = [];
  const isClear = collectDecimals(json, found) && collectLongNumbers(json, found);
  if (!isClear) return allNumbersWithDigits(json);
  return found.sort((one, other) => one.start - other.start);
}

/** @returns false when it is left open whether something is a number */
function collectDecimals(json: string, found: NumberLiteral[]): boolean {
  for (let point = json.indexOf("."); point >= 0; ) {
    let end = afterDigits(json, point + 1);
    const next = Math.max(end, point + 1);
    if (end > point + 1 && isDigit(json.charCodeAt(point - 1))) {
      end = afterExponent(json, end);
      // Most points with digits around them stand in times and object identifiers, and end here.
      if (endsValue(json.charCodeAt(end)) && !collect(json, { start: startOfDigits(json, point), end }, found))
        return false;
    }
    point = json.indexOf(".", next);
  }
  return true;
}

/** @returns false when it is left open whether something is a number */
function collectLongNumbers(json: string, found: NumberLiteral[]): boolean {
  const step = DIGITS_OF_LONG_NUMBER;
  const half = step / 2;
  for (let at = step - 1; at < json.length; at += step) {
    // One comparison, because two would be mispredicted half the time: most characters are no digits.
    if ((json.charCodeAt(at) - ZERO) >>> 0 > 9) continue;
    if (!isDigit(json.charCodeAt(at - half)) && !isDigit(json.charCodeAt(at + half))) continue;
    const start = startOfDigits(json, at);
    const endOfRow = afterDigits(json, at);
    at += Math.floor((endOfRow - at) / step) * step;
    if (endOfRow - start < step || json.charAt(start - 1) === "." || json.charAt(endOfRow) === ".") continue;
    const end = afterExponent(json, endOfRow);
    if (endsValue(json.charCodeAt(end)) && !collect(json, { start, end }, found)) return false;
  }
  return true;
}

function collect(json: string, unsigned: NumberLiteral, found: NumberLiteral[]): boolean {
  const { end } = unsigned;
  const start = json.charCodeAt(unsigned.start - 1) === MINUS ? unsigned.start - 1 : unsigned.start;
  const isNumber = isNumberWithDigits(json, { start, end });
  if (isNumber === true) found.push({ start, end });
  return isNumber !== undefined;
}

/** @param from of a digit, or of what follows the digits */
function startOfDigits(json: string, from: number): number {
  let start = from;
  while (isDigit(json.charCodeAt(start - 1))) start--;
  return start;
}

function afterDigits(json: string, from: number): number {
  let end = from;
  while (isDigit(json.charCodeAt(end))) end++;
  return end;
}

function afterExponent(json: string, from: number): number {
  const letter = json.charAt(from);
  if (letter !== "e" && letter !== "E") return from;
  const sign = json.charAt(from + 1);
  return afterDigits(json, sign === "+" || sign === "-" ? from + 2 : from + 1);
}

/**
 * Whether a literal is a number whose digits have to be kept; undefined when its surroundings leave that open. A number
 * that is the value of a member follows a colon, and that a quote which closes a text.
 */
function isNumberWithDigits(json: string, { start, end }: NumberLiteral): boolean | undefined {
  const before = withoutBlanks(json, start - 1);
  const mark = json.charCodeAt(before);
  if (mark === COLON) {
    const quote = withoutBlanks(json, before - 1);
    if (json.charCodeAt(quote) !== QUOTE || !hasDigitsToKeep(json.slice(start, end))) return false;
    return isClosing(json, quote);
  }
  if (before >= 0 && mark !== COMMA && mark !== OPENING_BRACKET) return false;
  if (!hasDigitsToKeep(json.slice(start, end))) return false;
  return before < 0 ? true : undefined;
}

function hasDigitsToKeep(text: string): boolean {
  return !isShortestText(text) && isJsonNumber(text);
}

/** Whether a quote closes a text; undefined when it may as well open one, which it can after `:`, `,`, `[` and `{` only. */
function isClosing(json: string, quote: number): boolean | undefined {
  if (json.charCodeAt(quote - 1) === BACKSLASH) return !isEscaped(json, quote);
  const opener = json.charAt(withoutBlanks(json, quote - 1));
  return opener === "" || ":,[{".includes(opener) ? undefined : true;
}

/** The same by looking at every character. */
function allNumbersWithDigits(json: string): readonly NumberLiteral[] {
  const found: NumberLiteral[] = [];
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfText(json, at);
    else if (isInNumber(code)) {
      let end = at + 1;
      while (isInNumber(json.charCodeAt(end))) end++;
      if (hasDigitsToKeep(json.slice(at, end))) found.push({ start: at, end });
      at = end - 1;
    }
  }
  return found;
}

/** Offset of the quote that closes the text opened at `start`. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    if (!isEscaped(json, quote)) return quote;
  }
  return json.length;
}

function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

/** Offset of the nearest character in front, this one included, that is no layout; -1 when there is none. */
function withoutBlanks(json: string, from: number): number {
  let at = from;
  while (isBlank(json.charCodeAt(at))) at--;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** A blank, a comma, a closing bracket or brace, or the end of the text. */
function endsValue(code: number): boolean {
  return isBlank(code) || code === 0x2c || code === 0x5d || code === 0x7d || Number.isNaN(code);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

/** A digit, a sign, a decimal point or the letter of an exponent. */
function isInNumber(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === MINUS || code === 0x2b || code === 0x65 || code === 0x45;
}
