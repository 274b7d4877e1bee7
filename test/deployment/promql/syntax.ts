/** The part of PromQL that our alert rules are written in, as a tree. Anything else is refused, never guessed at. */
export type Expression =
  | { readonly type: "number"; readonly value: number }
  | Selector
  | { readonly type: "call"; readonly name: string; readonly operand: Expression }
  | Binary;

export interface Selector {
  readonly type: "selector";
  readonly name: string | undefined;
  readonly matchers: readonly Matcher[];
  /** Set for a range vector. */
  readonly rangeSeconds: number | undefined;
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Binary {
  readonly type: "binary";
  readonly operator: string;
  /** Labels by which the two sides find each other; undefined: all. */
  readonly matching: Grouping | undefined;
  readonly left: Expression;
  readonly right: Expression;
}

/** `on` keeps the labels, `ignoring` leaves them out. */
export interface Grouping {
  readonly keep: boolean;
  readonly labels: readonly string[];
}

const token =
  /\s*(?:#[^\n]*\s*)*(?:(\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)|(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([a-zA-Z_:][\w:]*)|(==|!=|>=|<=|=~|!~|[-+*/<>=(){}[\],]))/y;
type TokenKind = "duration" | "number" | "string" | "name" | "sign";
const kinds: readonly TokenKind[] = ["duration", "number", "string", "name", "sign"];
interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const levels: readonly (readonly string[])[] = [
  ["or"],
  ["and", "unless"],
  ["==", "!=", ">", "<", ">=", "<="],
  ["+", "-"],
  ["*", "/"],
];
const unitSeconds = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
  ["w", 604_800],
  ["y", 31_536_000],
]);

/** Seconds of a duration like `5m` or `1h30m`. */
export function durationSeconds(text: string): number {
  let seconds = 0;
  for (const [, count, unit = ""] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    seconds += Number(count) * (unitSeconds.get(unit) ?? Number.NaN);
  }
  return seconds;
}

/** Reads an expression; throws when it uses what is not known here. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text), text);
  const expression = parser.binary(0);
  parser.end();
  return expression;
}

function tokensOf(text: string): readonly Token[] {
  const trimmed = text.trimEnd();
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const at = token.lastIndex;
    const found = token.exec(trimmed);
    const index = found?.slice(1).findIndex((part) => part !== undefined) ?? -1;
    const kind = kinds[index];
    if (found === null || kind === undefined) throw new Error(`not understood: ${trimmed.slice(at, at + 20)}`);
    tokens.push({ kind, text: found[index + 1] ?? "" });
  }
  return tokens;
}

class Parser {
  #next = 0;
  readonly #tokens: readonly Token[];
  readonly #text: string;

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  /** Operators of one level bind to the left; those of the levels below bind tighter. */
  binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#operand();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.#peek()?.text ?? "";
      if (!operators.includes(operator)) return left;
      this.#take();
      const matching = this.#matching();
      left = { type: "binary", operator, matching, left, right: this.binary(level + 1) };
    }
  }

  end(): void {
    if (this.#peek() !== undefined) throw this.#unexpected();
  }

  #operand(): Expression {
    if (this.#skip("(")) {
      const inner = this.binary(0);
      this.#expect(")");
      return inner;
    }
    const next = this.#peek();
    if (next?.kind === "number") {
      this.#take();
      return { type: "number", value: Number(next.text) };
    }
    if (next?.kind !== "name") return this.#selector(undefined);
    this.#take();
    if (!this.#skip("(")) return this.#selector(next.text);
    const operand = this.binary(0);
    this.#expect(")");
    return { type: "call", name: next.text, operand };
  }

  #selector(name: string | undefined): Expression {
    const matchers: Matcher[] = [];
    if (this.#skip("{")) {
      while (!this.#skip("}")) {
        const label = this.#expectKind("name");
        const operator = this.#take().text;
        if (!["=", "!=", "=~", "!~"].includes(operator)) throw this.#unexpected();
        const quoted = this.#expectKind("string");
        matchers.push({ label, operator, value: quoted.slice(1, -1).replace(/\\(.)/g, "$1") });
        if (this.#peek()?.text !== "}") this.#expect(",");
      }
    } else if (name === undefined) throw this.#unexpected();
    let rangeSeconds: number | undefined;
    if (this.#skip("[")) {
      rangeSeconds = durationSeconds(this.#expectKind("duration"));
      this.#expect("]");
    }
    return { type: "selector", name, matchers, rangeSeconds };
  }

  #matching(): Grouping | undefined {
    if (this.#skip("on")) return { keep: true, labels: this.#names() };
    if (this.#skip("ignoring")) return { keep: false, labels: this.#names() };
    return undefined;
  }

  #names(): readonly string[] {
    const names: string[] = [];
    this.#expect("(");
    while (!this.#skip(")")) {
      names.push(this.#expectKind("name"));
      if (this.#peek()?.text !== ")") this.#expect(",");
    }
    return names;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(): Token {
    const taken = this.#tokens[this.#next++];
    if (taken === undefined) throw this.#unexpected();
    return taken;
  }

  #skip(text: string): boolean {
    const next = this.#peek();
    const found = next?.text === text && next.kind !== "string";
    if (found) this.#next++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw this.#unexpected();
  }

  #expectKind(kind: TokenKind): string {
    const taken = this.#take();
    if (taken.kind !== kind) throw this.#unexpected();
    return taken.text;
  }

  #unexpected(): Error {
    return new Error(`token ${this.#next} of "${this.#text}" is not understood here`);
  }
}
