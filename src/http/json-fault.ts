/** Where a text stops being JSON and what could have stood there; says nothing about what does stand there. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

const blank = /[ \t\n\r]*/y;
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first place at which `text`, which `JSON.parse` has refused, breaks the grammar of RFC 8259. The messages of
 * `JSON.parse` quote the text around the fault, which may be clinical data; this never does. Linear, without recursion.
 */
export function findJsonFault(text: string): JsonFault {
  const open: ("[" | "{")[] = [];
  let offset = skip(text, 0);
  let expected: "value" | "value or ]" | "name" | "name or }" | "separator" = "value";
  for (;;) {
    const character = text[offset];
    if (expected === "separator") {
      const innermost = open.at(-1);
      if (innermost === undefined) return { offset, expected: "the end of the text" };
      if (character === ",") expected = innermost === "{" ? "name" : "value";
      else if (character === (innermost === "{" ? "}" : "]")) open.pop();
      else return { offset, expected: innermost === "{" ? 'a "," or "}"' : 'a "," or "]"' };
      offset = skip(text, offset + 1);
    } else if (expected === "name" || expected === "name or }") {
      if (character === "}" && expected === "name or }") {
        open.pop();
        expected = "separator";
        offset = skip(text, offset + 1);
        continue;
      }
      const end = character === '"' ? endOfScalar(text, offset) : undefined;
      if (end === undefined) return { offset, expected: "a member name in double quotes" };
      offset = skip(text, end);
      if (text[offset] !== ":") return { offset, expected: 'a ":"' };
      offset = skip(text, offset + 1);
      expected = "value";
    } else if (character === "]" && expected === "value or ]") {
      open.pop();
      expected = "separator";
      offset = skip(text, offset + 1);
    } else if (character === "{" || character === "[") {
      open.push(character);
      expected = character === "{" ? "name or }" : "value or ]";
      offset = skip(text, offset + 1);
    } else {
      const end = endOfScalar(text, offset);
      if (end === undefined) return { offset, expected: "a complete value" };
      expected = "separator";
      offset = skip(text, end);
    }
  }
}

function skip(text: string, offset: number): number {
  blank.lastIndex = offset;
  blank.test(text);
  return blank.lastIndex;
}

function endOfScalar(text: string, offset: number): number | undefined {
  if (text[offset] === '"') return endOfString(text, offset);
  word.lastIndex = offset;
  return word.test(text) ? word.lastIndex : undefined;
}

/** By hand: a regular expression over a string of megabytes would exhaust its stack. */
function endOfString(text: string, offset: number): number | undefined {
  let index = offset + 1;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return index + 1;
    if (code < 0x20) return undefined;
    if (code === 0x5c) {
      escapeSequence.lastIndex = index;
      if (!escapeSequence.test(text)) return undefined;
      index = escapeSequence.lastIndex;
    } else {
      index++;
    }
  }
  return undefined;
}
