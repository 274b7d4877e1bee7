import type { FhirSchema } from "../schema/fhir-schema.js";
import { FhirPathScanner } from "./fhir-path-scanner.js";
import type { FhirPathStep, ParsedFhirPath } from "./fhir-path-step.js";
import { fhirTypeName } from "./fhir-type-name.js";

/** Nested `where()` criteria deeper than this are left to the FHIRPath engine. */
const deepestCriteria = 8;

/**
 * Reads the subset of FHIRPath that mappings consist of (fhirconnect-language 5.2): element names, `[n]`, `as(T)`,
 * `ofType(T)`, `resolve()`, `where(path = 'literal')`, `extension('url')`, `first()` and a type name in front. The empty
 * path is the focus itself. Anything else comes back as `general`; whether it is FHIRPath at all is found out when it is
 * compiled. Never throws.
 */
export function parseFhirPath(text: string, schema: FhirSchema): ParsedFhirPath {
  const reader = new FhirPathReader(text, schema);
  const steps = reader.readSteps(0);
  if (steps === undefined || !reader.atEnd) return { kind: "general", text };
  return { kind: reader.plain ? "plain" : "general", text, steps };
}

class FhirPathReader {
  /** Turns false at the first `where()` whose criteria are not `path = literal`. */
  plain = true;
  readonly #scanner: FhirPathScanner;
  readonly #schema: FhirSchema;

  constructor(text: string, schema: FhirSchema) {
    this.#scanner = new FhirPathScanner(text);
    this.#schema = schema;
  }

  get atEnd(): boolean {
    return this.#scanner.atEnd;
  }

  /** The steps up to the first thing that cannot continue a path; undefined when a step is outside the subset. */
  readSteps(depth: number): FhirPathStep[] | undefined {
    const steps: FhirPathStep[] = [];
    if (this.atEnd) return steps;
    do {
      const step = this.#readStep(steps.length === 0, depth);
      if (step === undefined) return undefined;
      steps.push(step);
      while (this.#scanner.text.charAt(this.#scanner.at) === "[") {
        const index = this.#readIndex();
        if (index === undefined) return undefined;
        steps.push(index);
      }
    } while (this.#scanner.take("."));
    return steps;
  }

  #readIndex(): FhirPathStep | undefined {
    const { column } = this.#scanner;
    this.#scanner.take("[");
    const index = this.#scanner.takeInteger();
    return index !== undefined && this.#scanner.take("]") ? { kind: "index", index, column } : undefined;
  }

  #readStep(first: boolean, depth: number): FhirPathStep | undefined {
    const { column } = this.#scanner;
    const name = this.#scanner.takeName();
    if (name === undefined) return undefined;
    if (this.#scanner.take("(")) return this.#readFunction(name, column, depth);
    // Elements begin with a small letter, so a capital in front names the type of the focus (engine-behaviour 4.6).
    if (first && /^[A-Z]/.test(name)) return { kind: "resource-type", name, column };
    return { kind: "child", name, column };
  }

  #readFunction(name: string, column: number, depth: number): FhirPathStep | undefined {
    switch (name) {
      case "as":
      case "ofType":
        return this.#readCast(column);
      case "resolve":
        return this.#scanner.take(")") ? { kind: "resolve", column } : undefined;
      case "first":
        return this.#scanner.take(")") ? { kind: "first", column } : undefined;
      case "extension": {
        const url = this.#scanner.takeText();
        return url !== undefined && this.#scanner.take(")") ? { kind: "extension", url, column } : undefined;
      }
      case "where":
        return this.#readWhere(column, depth);
      default:
        return undefined;
    }
  }

  #readCast(column: number): FhirPathStep | undefined {
    let name = this.#scanner.takeName();
    if (name === "FHIR" && this.#scanner.take(".")) name = this.#scanner.takeName();
    if (name === undefined || !this.#scanner.take(")")) return undefined;
    const type = fhirTypeName(name, this.#schema);
    return { kind: "cast", type: type ?? name, known: type !== undefined, column };
  }

  #readWhere(column: number, depth: number): FhirPathStep | undefined {
    const start = this.#scanner.at;
    const plainBefore = this.plain;
    const steps = depth < deepestCriteria ? this.readSteps(depth + 1) : undefined;
    if (steps !== undefined && steps.length > 0 && this.#scanner.take("=")) {
      const literal = this.#scanner.takeLiteral();
      if (literal !== undefined && this.#scanner.take(")")) {
        return { kind: "where", equals: { steps, literal }, column };
      }
    }
    this.plain = plainBefore;
    this.#scanner.at = start;
    if (!this.#scanner.skipToClosing()) return undefined;
    this.plain = false;
    return { kind: "where", column };
  }
}
