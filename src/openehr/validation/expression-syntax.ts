/** One part of a regular expression, as far as texts can be held against it in time proportional to their length. */
export type ExpressionPart =
  | { readonly kind: "character"; readonly takes: (character: string) => boolean; readonly literal?: string }
  | { readonly kind: "sequence"; readonly parts: readonly ExpressionPart[] }
  | { readonly kind: "choice"; readonly alternatives: readonly ExpressionPart[] }
  | Repetition
  | { readonly kind: "start" }
  | { readonly kind: "end" };

/** A part that occurs several times; `most` is -1 when unbounded. */
export interface Repetition {
  readonly kind: "repetition";
  readonly part: ExpressionPart;
  readonly least: number;
  readonly most: number;
}

const DEEPEST_GROUP = 50;
const MOST_REPETITIONS = 1000;
const QUANTIFIER = /[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/y;
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[\w=]{1,40}\}|[dDwWsStnrfv]|[^a-zA-Z0-9])/suy;
const CLASS = /\[(?:[^\]\\]|\\.)*\]/suy;

/**
 * Reads a regular expression. Undefined when it is none, or when it looks around, refers back, sets flags or does whatever
 * else takes more than one look at each character of a text.
 */
export function parseExpression(source: string): ExpressionPart | undefined {
  const reader = new ExpressionReader(source);
  const part = reader.choice(0);
  return reader.isAtEnd ? part : undefined;
}

class ExpressionReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#source.length;
  }

  choice(depth: number): ExpressionPart | undefined {
    const alternatives: ExpressionPart[] = [];
    do {
      const alternative = this.#sequence(depth);
      if (alternative === undefined) return undefined;
      alternatives.push(alternative);
    } while (this.#skip("|"));
    const [only] = alternatives;
    return alternatives.length === 1 ? only : { kind: "choice", alternatives };
  }

  #sequence(depth: number): ExpressionPart | undefined {
    const parts: ExpressionPart[] = [];
    while (!this.isAtEnd && !"|)".includes(this.#source.charAt(this.#at))) {
      const part = this.#part(depth);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return { kind: "sequence", parts };
  }

  #part(depth: number): ExpressionPart | undefined {
    if (this.#skip("^")) return { kind: "start" };
    if (this.#skip("$")) return { kind: "end" };
    const part = this.#skip("(") ? this.#group(depth + 1) : this.#character();
    return part === undefined ? undefined : this.#repeated(part);
  }

  #group(depth: number): ExpressionPart | undefined {
    if (depth > DEEPEST_GROUP || (this.#skip("?") && !this.#skip(":"))) return undefined;
    const part = this.choice(depth);
    return this.#skip(")") ? part : undefined;
  }

  #repeated(part: ExpressionPart): ExpressionPart | undefined {
    const quantifier = this.#match(QUANTIFIER);
    if (quantifier === undefined) return part;
    // Whether a repetition takes as little or as much as it can makes no difference for whole texts.
    this.#skip("?");
    if ("*+{".includes(this.#source.charAt(this.#at)) && !this.isAtEnd) return undefined;
    const [least, most] = repetitions(quantifier);
    if (least > MOST_REPETITIONS || most > MOST_REPETITIONS || (most >= 0 && most < least)) return undefined;
    return { kind: "repetition", part, least, most };
  }

  #character(): ExpressionPart | undefined {
    const [written] = this.#match(CLASS) ?? this.#match(ESCAPE) ?? [];
    if (written !== undefined) return characterClass(written);
    const literal = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    if ("\\[]{}*+?()|".includes(literal)) return undefined;
    this.#at += literal.length;
    if (literal === ".") return { kind: "character", takes: (character) => character !== "\n" && character !== "\r" };
    return { kind: "character", takes: (character) => character === literal, literal };
  }

  #skip(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#source) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

function repetitions([quantifier, least, comma, most]: RegExpExecArray): readonly [least: number, most: number] {
  if (quantifier === "*") return [0, -1];
  if (quantifier === "+") return [1, -1];
  if (quantifier === "?") return [0, 1];
  if (comma === undefined) return [Number(least), Number(least)];
  return [Number(least), most === undefined ? -1 : Number(most)];
}

/** The characters of a class or an escape, as the expressions of the language know them. */
function characterClass(written: string): ExpressionPart | undefined {
  // Intersections of classes exist in Java only.
  if (written.startsWith("[") && written.includes("&&")) return undefined;
  for (const flags of ["u", ""]) {
    try {
      const expression = new RegExp(`^${written}$`, flags);
      return { kind: "character", takes: (character) => expression.test(character) };
    } catch (error) {
      // Escapes that need none are tolerated without the flag.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}
