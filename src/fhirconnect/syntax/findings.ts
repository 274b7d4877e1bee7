import type { Diagnostic, DiagnosticSeverity } from "../../errors/diagnostic.js";
import type { SourcePosition } from "../../errors/source-position.js";

/** Findings kept of one severity; a hostile file must not turn into a million sentences about itself. */
const keptPerSeverity = 200;

interface FindingsOfOneFile {
  readonly diagnostics: Diagnostic[];
  readonly counts: Map<DiagnosticSeverity, number>;
  mapping?: string;
}

/** Gathers what is found about one file. Views made by {@link forRule} write into the same list. */
export class Findings {
  private constructor(
    private readonly shared: FindingsOfOneFile,
    private readonly rule?: string,
  ) {}

  static ofFile(): Findings {
    return new Findings({ diagnostics: [], counts: new Map() });
  }

  /** Names the file; findings from now on carry the name. */
  nameMapping(name: string): void {
    this.shared.mapping = name;
  }

  /** The same findings, seen from a method: its name is added to the rule that findings carry, joined with `.`. */
  forRule(name: string): Findings {
    return new Findings(this.shared, this.rule === undefined ? name : `${this.rule}.${name}`);
  }

  error(code: string, message: string, position: SourcePosition): void {
    this.add("error", code, message, position);
  }

  warning(code: string, message: string, position: SourcePosition): void {
    this.add("warning", code, message, position);
  }

  note(code: string, message: string, position: SourcePosition): void {
    this.add("note", code, message, position);
  }

  get hasErrors(): boolean {
    return this.shared.counts.has("error");
  }

  /** Everything found so far, in reading order. */
  all(): readonly Diagnostic[] {
    return this.shared.diagnostics;
  }

  private add(severity: DiagnosticSeverity, code: string, message: string, position: SourcePosition): void {
    const count = this.shared.counts.get(severity) ?? 0;
    this.shared.counts.set(severity, count + 1);
    if (count > keptPerSeverity) return;
    const last = count === keptPerSeverity;
    this.shared.diagnostics.push({
      severity,
      code: last ? "MAPPING_FURTHER_FINDINGS" : code,
      message: last ? `More findings of severity ${severity} follow from here on and are left out.` : message,
      position,
      ...(this.shared.mapping === undefined ? {} : { mapping: this.shared.mapping }),
      ...(this.rule === undefined ? {} : { rule: this.rule }),
    });
  }
}
