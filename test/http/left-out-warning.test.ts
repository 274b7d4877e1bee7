import { describe, expect, it } from "vitest";
import type { Mapper } from "../../src/engine/mapper.js";
import { addWarning } from "../../src/http/add-warning.js";
import { LeftOutNotes, structureWarnings } from "../../src/http/left-out-warning.js";
import { warningsOfStructures } from "../../src/http/structure-of-input.js";
import { leftOutBecause } from "../../src/openehr/building/left-out.js";

function warningOf(paths: readonly string[]): string {
  const notes = new LeftOutNotes();
  for (const path of paths) notes.note(path);
  return notes.warnings().join();
}

describe("a warning of places", () => {
  it("names twenty of them and counts the others", () => {
    const warning = warningOf(Array.from({ length: 25 }, (_, at) => `$.a${at}`));
    expect(warning).toMatch(/\$\.a19 and 5 more"$/);
  });

  it("stays short enough for a header, however long the paths are", () => {
    const warning = warningOf(Array.from({ length: 25 }, () => `$.${"extension[0].".repeat(400)}`));
    expect(warning.length).toBeLessThan(2000);
    expect(warning).toMatch(/ and 24 more"$/);
  });

  it("is one for each reason", () => {
    const notes = new LeftOutNotes();
    notes.note("$.a");
    notes.note("a/b|c", leftOutBecause.nullFlavour);
    notes.note("$.b");
    expect(notes.warnings()).toEqual([
      '199 causeway "openEHR has no attribute for it, not taken over: $.a, $.b"',
      '199 causeway "a null flavour stands in its place, not taken over: a/b|c"',
    ]);
  });

  it("is one for unknown elements and one for shapes", () => {
    const findings = [
      { path: "A.b", kind: "unknown", detail: undefined },
      { path: "A.c", kind: "shape", detail: "a list expected, an object found" },
    ] as const;
    expect(structureWarnings("R4", findings)).toEqual([
      expect.stringMatching(/no element called so.*: A\.b"$/),
      expect.stringMatching(/another shape.*: A\.c \(a list expected, an object found\)"$/),
    ]);
  });
});

describe("warnings of an answer", () => {
  it("stand beside those that it has", () => {
    const headers: Record<string, unknown> = { warning: "first" };
    const reply = {
      getHeader: (name: string) => headers[name] as string,
      header: (name: string, value: unknown) => {
        headers[name] = value;
      },
    };
    addWarning(reply as never, "second", undefined);
    addWarning(reply as never, "third");
    expect(headers.warning).toEqual(["first", "second", "third"]);
  });
});

describe("a Bundle for contexts of different versions of FHIR", () => {
  const share = (fhirVersion: string, position: number) => ({
    claim: { templateId: fhirVersion, positions: [position] },
    mapper: { fhirVersion } as Mapper,
  });

  it("has each entry looked at with the version of the context that maps it", () => {
    const encounter = { resource: { resourceType: "Encounter", actualPeriod: { start: "2026" } } };
    const bundle = { resourceType: "Bundle", entry: [encounter, encounter] };
    expect(warningsOfStructures(bundle, [share("R5", 0), share("R4", 1)])).toEqual([
      expect.stringMatching(/FHIR R4 .*: Bundle\.entry\[1\]\.resource\.actualPeriod"$/),
    ]);
  });
});
