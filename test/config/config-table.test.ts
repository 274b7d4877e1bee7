import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { END_MARKER, START_MARKER, withConfigTable, writeConfigTable } from "../../scripts/write-config-table.js";
import { VARIABLES } from "../../src/config-names.js";

const guide = fileURLToPath(new URL("../../docs/operations.md", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "causeway-page-"));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function pageWith(text: string): string {
  const path = join(directory, "operations.md");
  writeFileSync(path, text);
  return path;
}

describe("the table of variables in the operations guide", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(console, "log").mockImplementation(() => {});
  });

  it("has one row for each variable", () => {
    const page = withConfigTable(`${START_MARKER}\n${END_MARKER}\n`) ?? "";
    for (const name of Object.keys(VARIABLES))
      expect(page.match(new RegExp(`^\\| \`${name}\``, "gm")), name).toHaveLength(1);
  });

  it("is written between the markers and leaves the rest as it is", () => {
    const path = pageWith(`# Before\n${START_MARKER}\nan outdated row\n${END_MARKER}\nafter\n`);
    expect(writeConfigTable(path, false)).toBe(0);
    const page = readFileSync(path, "utf8");
    expect(page.startsWith(`# Before\n${START_MARKER}\n`)).toBe(true);
    expect(page.endsWith(`${END_MARKER}\nafter\n`)).toBe(true);
    expect(page).not.toContain("an outdated row");
  });

  it("is checked without being written", () => {
    const stale = `${START_MARKER}\nan outdated row\n${END_MARKER}\n`;
    const path = pageWith(stale);
    expect(writeConfigTable(path, true)).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(stale);
    writeConfigTable(path, false);
    expect(writeConfigTable(path, true)).toBe(0);
  });

  it("is not written into a page without markers", () => {
    expect(writeConfigTable(pageWith("# Nothing here\n"), false)).toBe(1);
  });

  it.skipIf(!existsSync(guide))("is up to date in docs/operations.md", () => {
    expect(writeConfigTable(guide, true)).toBe(0);
  });
});
