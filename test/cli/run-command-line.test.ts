import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { runCommandLine } from "../../src/cli/run-command-line.js";
import type { Mapper, MapperSource } from "../../src/engine/mapper.js";
import { Problem, problemKind } from "../../src/errors/problem.js";
import { corpusFile, haveCorpus, vitalContext, vitalModel } from "../http/test-app.js";

const REFUSED = problemKind("TEST_REFUSED", "unprocessable", "Correct the rule.");

describe.skipIf(!haveCorpus)("the command line", () => {
  let folder: string;
  let output: string;
  let errors: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "causeway-cli-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    output = "";
    errors = "";
    writeFileSync(join(folder, "t.opt"), corpusFile("growth_chart/template.opt"));
    writeFileSync(join(folder, "pulse.yml"), vitalModel);
    writeFileSync(join(folder, "check.yml"), vitalContext("growth_chart"));
    writeFileSync(join(folder, "in.json"), '{"resourceType":"Bundle"}');
  });

  const compile = vi.fn((source: MapperSource): Mapper => {
    return {
      diagnostics: [],
      fhirVersion: "R4",
      readComposition: (body: unknown) => [body],
      toFhir: ([read]: [unknown]) => ({ resourceType: "Bundle", read, from: source.context.name.value }),
      toOpenEhr: () => ({ composition: () => ({ form: "canonical" }), flat: () => ({ form: "flat" }) }),
    } as unknown as Mapper;
  });

  const run = (args: readonly string[], input = "") =>
    runCommandLine(args, {
      compile,
      timeZone: () => "UTC",
      serve: async () => {},
      standardInput: Readable.from([input]),
      write: (text) => {
        output += text;
      },
      writeError: (text) => {
        errors += text;
      },
    });
  const map = (...more: string[]) => ["map", "--template", join(folder, "t.opt"), "--mappings", folder, ...more];

  it("maps a file to FHIR and writes nothing but the result to standard output", async () => {
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(0);
    expect(JSON.parse(output)).toEqual({
      resourceType: "Bundle",
      read: { resourceType: "Bundle" },
      from: "vital-check.context",
    });
    expect(errors).toBe("");
  });

  it("maps to openEHR in canonical JSON or FLAT", async () => {
    expect(await run(map("--to", "openehr", join(folder, "in.json")))).toBe(0);
    expect(JSON.parse(output)).toEqual({ form: "canonical" });
    output = "";
    expect(await run(map("--to=openehr", "--flat", join(folder, "in.json")))).toBe(0);
    expect(JSON.parse(output)).toEqual({ form: "flat" });
  });

  it("reports what of a resource is not as FHIR has it, and maps all the same", async () => {
    writeFileSync(join(folder, "in.json"), '{"resourceType":"Bundle","entri":[],"entry":{"fullUrl":"a"},"tipe":"b"}');
    expect(await run(map("--to", "openehr", join(folder, "in.json")))).toBe(0);
    expect(errors).toContain("FHIR R4 has no element called so, not mapped: Bundle.tipe (nearest: type)");
    expect(errors).toContain("perhaps not mapped: Bundle.entry (a list expected, an object found)");
  });

  it("reads standard input when the input is -", async () => {
    expect(await run(map("--to", "fhir", "-"), '{"a/b":1}')).toBe(0);
    expect(JSON.parse(output).read).toEqual({ "a/b": 1 });
  });

  it("reports a broken mapping file with its place and maps with the others", async () => {
    writeFileSync(join(folder, "broken.yml"), "type: [");
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(0);
    expect(errors).toMatch(/broken\.yml:\d+:\d+: /);
  });

  it("reports what the compile finds with file, line and rule, but no notes", async () => {
    const finding = { code: "TEST_FOUND", message: "Nothing is there.", rule: "rate" };
    const position = { file: "pulse", line: 3, column: 5 };
    const found = [
      { severity: "warning", ...finding, position },
      { severity: "note", ...finding },
    ];
    compile.mockImplementationOnce((source) => ({ ...compile(source), diagnostics: found }) as Mapper);
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(0);
    expect(errors).toBe("causeway: pulse:3:5 (rule rate): Nothing is there. [TEST_FOUND]\n");
  });

  it("leaves with 1 and every problem when the mapping is refused", async () => {
    compile.mockImplementationOnce(() => {
      throw new Problem(REFUSED, "First.", {}, [new Problem(REFUSED, "Second.")]);
    });
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(1);
    expect(errors).toMatch(/First\..*TEST_REFUSED[\s\S]*Second\./);
    expect(output).toBe("");
  });

  it.each(["not json", "[1", ""])("leaves with 1 when the input is not JSON: %j", async (text) => {
    writeFileSync(join(folder, "in.json"), text);
    expect(await run(map("--to", "openehr", join(folder, "in.json")))).toBe(1);
    expect(output).toBe("");
  });

  it("leaves with 1 when no context is for the template, or several are", async () => {
    writeFileSync(join(folder, "again.yml"), vitalContext("Growth chart"));
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(1);
    expect(errors).toMatch(/Several contexts.*again\.yml/);
    rmSync(join(folder, "again.yml"));
    rmSync(join(folder, "check.yml"));
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(1);
    expect(errors).toContain('No context is for the template "Growth chart"');
  });

  it("leaves with 1 when the template is none", async () => {
    writeFileSync(join(folder, "t.opt"), "<note/>");
    expect(await run(map("--to", "fhir", join(folder, "in.json")))).toBe(1);
    expect(errors).toContain("t.opt:1:");
  });

  it.each([
    [[]],
    [["fly"]],
    [["serve", "now"]],
    [["map"]],
    [["map", "--to", "hl7", "in.json"]],
    [["map", "--template", "t.opt", "--mappings", ".", "--to", "fhir"]],
    [["map", "--template", "t.opt", "--mappings", ".", "--to", "fhir", "a.json", "b.json"]],
    [["map", "--template", "t.opt", "--mappings", ".", "--to", "fhir", "--flat", "a.json"]],
    [["map", "--template", "t.opt", "--to", "fhir", "a.json"]],
    [["map", "--mappings", ".", "--to", "fhir", "a.json"]],
    [["map", "--colour", "red"]],
  ])("leaves with 2 and the usage on standard error after a mistake: %j", async (args) => {
    expect(await run(args)).toBe(2);
    expect(output).toBe("");
    expect(errors).toMatch(/^causeway: .*\[CLI_USAGE\]\n/);
    expect(errors).toContain("Usage:");
  });

  it.each(["template", "mappings", "input"])("leaves with 2 when the %s cannot be read", async (missing) => {
    const path = (name: string, file: string) => (name === missing ? join(folder, "missing") : join(folder, file));
    const args = ["map", "--template", path("template", "t.opt"), "--mappings", path("mappings", ".")];
    expect(await run([...args, "--to", "fhir", path("input", "in.json")])).toBe(2);
    expect(errors).toContain(`${join(folder, "missing")} cannot be read`);
  });

  it.each([["--help"], ["map", "--help"], ["serve", "-h"]])(
    "explains itself on standard output: %s %s",
    async (...args) => {
      expect(await run(args.filter((one) => one !== undefined))).toBe(0);
      expect(output).toContain("causeway map --template");
    },
  );
});
