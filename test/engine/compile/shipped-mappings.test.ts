import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import type { ContextMapping } from "../../../src/fhirconnect/syntax/tree.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { readFile } from "../fixtures/ward-mapper.js";

const folder = join(import.meta.dirname, "..", "..", "..");
const text = (...path: readonly string[]) => readFileSync(join(folder, ...path), "utf8");

describe("the mapping files that ship with the program", () => {
  it("compile without an error or a warning", () => {
    const files = readdirSync(join(folder, "mappings", "vital_signs")).map((name) =>
      readFile(text("mappings", "vital_signs", name), name),
    );
    const context = files.find((file): file is ContextMapping => file.type === "context");
    if (context === undefined) throw new Error("no context ships");
    const template = parseOperationalTemplate(text("templates", "vital_signs.opt"), { file: "vital_signs.opt" });
    const mappings = files.filter((file) => file.type !== "context");
    const { diagnostics } = compileMapper({ template, context, mappings });
    expect(diagnostics.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
});
