import { directionSchema } from "./manifest.js";
import { type CaseResult, countPasses } from "./results.js";

/** A table of passes out of cases, a row per scenario and a column per direction, with totals. */
export function passTable(results: readonly CaseResult[]): string {
  const directions = directionSchema.options.filter((direction) =>
    results.some((result) => result.direction === direction),
  );
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))].sort();
  const row = (label: string, mine: readonly CaseResult[]) => [
    label,
    ...directions.map((direction) => cell(mine.filter((result) => result.direction === direction))),
    cell(mine),
  ];
  const rows = [
    ["scenario", ...directions, "all"],
    ...scenarios.map((scenario) =>
      row(
        scenario,
        results.filter((result) => result.scenario === scenario),
      ),
    ),
    row("all", results),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}

function cell(results: readonly CaseResult[]): string {
  const { passed, total } = countPasses(results);
  return total === 0 ? "" : `${passed}/${total}`;
}

/**
 * A failed case with its files and its first difference, for a reader who wants to open them.
 * @param reason why the case differs on purpose, where that is known
 */
export function failureText({ id, input, expected, difference }: CaseResult, reason?: string): string {
  const files = [`  input     ${input}`, ...(expected === null ? [] : [`  expected  ${expected}`])];
  const known = reason === undefined ? [] : [`  known     ${reason}`];
  return [`FAILED ${id}`, ...files, ...known, `  ${difference ?? ""}`].join("\n");
}
