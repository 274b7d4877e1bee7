import type { Diagnostic, DiagnosticSeverity } from "../../errors/diagnostic.js";
import type { SourcePosition } from "../../errors/source-position.js";
import type { Place } from "./place.js";

/** What a compile finds out about the mapping files, gathered with mapping, rule and position. */
export class Findings {
  readonly #diagnostics: Diagnostic[] = [];
  /** A model that slots enter more than once would say everything as often. */
  readonly #said = new Set<string>();

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  report(
    severity: DiagnosticSeverity,
    code: string,
    message: string,
    place: Place,
    position: SourcePosition,
    path?: string,
  ): void {
    const key = JSON.stringify([code, message, place.model.name.value, place.rule, position, path]);
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#diagnostics.push({
      severity,
      code,
      message,
      position,
      mapping: place.model.name.value,
      ...(place.rule !== "" && { rule: place.rule }),
      ...(path !== undefined && { path }),
    });
  }
}
