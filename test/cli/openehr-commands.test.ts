import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { runCommandLine } from "../../src/cli/run-command-line.js";

const template = join(import.meta.dirname, "..", "..", "templates", "vital_signs.opt");

describe("what the command line knows about a template", () => {
  let folder: string;
  let output: string;
  let errors: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "causeway-cli-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  });

  const run = async (args: readonly string[], input = ""): Promise<number> => {
    output = "";
    errors = "";
    return runCommandLine(args, {
      compile: () => {
        throw new Error("no command here maps");
      },
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
  };
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it("writes the web template", async () => {
    expect(await run(["webtemplate", "--template", template])).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ templateId: "vital_signs", tree: { rmType: "COMPOSITION" } });
  });

  it("writes an example in every format, which it finds valid", async () => {
    for (const format of ["canonical", "flat", "structured", "xml"]) {
      expect(await run(["example", "--template", template, "--format", format, "--extent", "maximal"])).toBe(0);
      const example = file("example", output);
      expect(await run(["validate", "--template", template, "--from", format, example])).toBe(0);
      expect(JSON.parse(output)).toEqual({ valid: true, findings: [] });
    }
  });

  it("says that nothing is in standard input or a file, and speaks of no request", async () => {
    for (const from of ["flat", "xml"]) {
      expect(await run(["validate", "--template", template, "--from", from, "-"], " \n")).not.toBe(0);
      expect(errors).toContain("There is nothing in standard input.");
      expect(errors).toContain("[CLI_INPUT_EMPTY]");
      expect(errors).not.toMatch(/request/);
    }
    const empty = file("empty.json", "");
    expect(await run(["validate", "--template", template, "--from", "canonical", empty])).not.toBe(0);
    expect(errors).toContain(`There is nothing in the file ${empty}.`);
  });

  it("converts with the digits of numbers", async () => {
    await run(["example", "--template", template, "--extent", "maximal"]);
    const example = output.replace(/"magnitude":[\d.]+/, '"magnitude":65.00');
    expect(await run(["convert", "--template", template, "--from", "canonical", "--to", "xml", "-"], example)).toBe(0);
    expect(output).toContain("<magnitude>65.00</magnitude>");
  });

  it("says what a conversion left out, and that there was something", async () => {
    await run(["example", "--template", template]);
    const composition = JSON.parse(output);
    const unknown = { _type: "OBSERVATION", archetype_node_id: "openEHR-EHR-OBSERVATION.unknown.v1" };
    composition.content = [{ ...unknown, name: { _type: "DV_TEXT", value: "unknown" } }];
    const input = file("composition.json", JSON.stringify(composition));
    expect(await run(["convert", "--template", template, "--from", "canonical", "--to", "flat", input])).toBe(1);
    expect(errors).toContain("flat has no place for /content[0]; it is left out.");
    expect(JSON.parse(output)).toBeTypeOf("object");
  });

  it("says what a conversion did not read, and that there was something", async () => {
    await run(["example", "--template", template, "--format", "xml"]);
    const input = file("composition.xml", output.replace("</composition>", "<stray/></composition>"));
    expect(await run(["convert", "--template", template, "--from", "xml", "--to", "canonical", input])).toBe(1);
    expect(errors).toContain("Not taken over, as openEHR has no attribute for it: /stray");
  });

  it("leaves with 1 when there are findings, and writes them", async () => {
    await run(["example", "--template", template]);
    const { territory: _territory, ...composition } = JSON.parse(output);
    expect(await run(["validate", "--template", template, "-"], JSON.stringify(composition))).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ valid: false, findings: [{ rule: "rm-existence" }] });
  });

  it("leaves with 1 when the input is refused, and names its place", async () => {
    const input = file("broken.json", "{\n  x");
    expect(await run(["validate", "--template", template, input])).toBe(1);
    expect(errors).toMatch(/broken\.json:2:3/);
  });

  it.each([
    [["webtemplate"], "--template is missing."],
    [["webtemplate", "--template", template, "input"], '"webtemplate" takes no "input".'],
    [
      ["example", "--template", template, "--format", "words"],
      "--format must be canonical or flat or structured or xml.",
    ],
    [["example", "--template", template, "--extent", "all"], "--extent must be minimal or maximal."],
    [["convert", "--template", template, "--from", "flat", "input"], "--to must be"],
    [["convert", "--template", template, "--from", "flat", "--to", "xml"], "No INPUT is given."],
    [["validate", "--template", template, "one", "two"], '"two" is too many.'],
    [["validate", "--template", template, "--from", "xml", "missing.xml"], "cannot be read"],
  ])("refuses the call %j", async (args, message) => {
    expect(await run(args)).toBe(2);
    expect(errors).toContain(message);
    expect(output).toBe("");
  });
});
