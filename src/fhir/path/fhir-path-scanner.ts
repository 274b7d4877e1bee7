/** Reads a FHIR path character by character; every `take…` moves on only when it finds what it names. */
export class FhirPathScanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
    this.skipSpace();
  }

  get column(): number {
    return this.at + 1;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
  }

  take(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    this.skipSpace();
    return true;
  }

  /** A name, also in backticks. */
  takeName(): string | undefined {
    if (this.text.charAt(this.at) === "`") {
      const end = this.text.indexOf("`", this.at + 1);
      if (end < 0) return undefined;
      const name = this.text.slice(this.at + 1, end);
      this.at = end + 1;
      this.skipSpace();
      return name;
    }
    const start = this.at;
    if (!isNameStart(this.text.charCodeAt(start))) return undefined;
    let end = start + 1;
    while (isNamePart(this.text.charCodeAt(end))) end += 1;
    this.at = end;
    this.skipSpace();
    return this.text.slice(start, end);
  }

  takeInteger(): number | undefined {
    let end = this.at;
    while (isDigit(this.text.charCodeAt(end)) && end - this.at < 9) end += 1;
    if (end === this.at) return undefined;
    const value = Number(this.text.slice(this.at, end));
    this.at = end;
    this.skipSpace();
    return value;
  }

  /** A text in single quotes; one with escapes is left to the FHIRPath engine. */
  takeText(): string | undefined {
    if (this.text.charAt(this.at) !== "'") return undefined;
    const end = this.text.indexOf("'", this.at + 1);
    const value = end < 0 ? undefined : this.text.slice(this.at + 1, end);
    if (value === undefined || value.includes("\\")) return undefined;
    this.at = end + 1;
    this.skipSpace();
    return value;
  }

  takeLiteral(): string | number | boolean | undefined {
    const text = this.takeText();
    if (text !== undefined) return text;
    const start = this.at;
    const number = this.takeInteger();
    if (number !== undefined && this.text.charAt(this.at) !== ".") return number;
    this.at = start;
    const name = this.takeName();
    if (name === "true" || name === "false") return name === "true";
    this.at = start;
    return undefined;
  }

  /** Moves behind the bracket that closes the one just taken; false when there is none. */
  skipToClosing(): boolean {
    let open = 1;
    while (this.at < this.text.length) {
      const character = this.text.charAt(this.at);
      this.at += 1;
      if (character === "'" || character === "`") {
        if (!this.#skipQuoted(character)) return false;
      } else if (character === "(") open += 1;
      else if (character === ")") open -= 1;
      if (open === 0) {
        this.skipSpace();
        return true;
      }
    }
    return false;
  }

  #skipQuoted(quote: string): boolean {
    while (this.at < this.text.length) {
      const character = this.text.charAt(this.at);
      this.at += character === "\\" ? 2 : 1;
      if (character === quote) return true;
    }
    return false;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}
