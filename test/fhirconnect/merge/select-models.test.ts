import { describe, expect, it } from "vitest";
import { selectModels } from "../../../src/fhirconnect/merge/select-models.js";
import {
  contextText,
  extensionText,
  lines,
  modelText,
  readContextText,
  readExtensionText,
  readModelText,
} from "../mapping-text.js";
import { libraryFolder, mappingsArePublished, publishedFolders, readLibrary } from "../published-mappings.js";

const archetype = "openEHR-EHR-CLUSTER.dosage.v2";
const dosage = readModelText(modelText("mappings: []", "CLUSTER.dosage.v2", archetype));
const dosageBackbone = readModelText(modelText("mappings: []", "CLUSTER.dosage.v2.BackboneElement", archetype));
const pulse = readModelText(modelText("mappings: []"));
const wardPulse = readExtensionText(extensionText("mappings:\n  - { name: meta, extension: add, with: { fhir: x } }"));
const stored = [dosageBackbone, pulse, wardPulse, dosage];

const select = (names: Parameters<typeof contextText>[0]) => selectModels(readContextText(contextText(names)), stored);
const names = (models: readonly { readonly name: { readonly value: string } }[] | undefined) =>
  models?.map(({ name }) => name.value);

describe("the models of a context", () => {
  it("come in the order in which they are stored, merged", () => {
    const { models, diagnostics } = select({
      archetypes: ["CLUSTER.dosage.v2", "OBSERVATION.pulse.v2"],
      extensions: ["ward_pulse"],
      start: "OBSERVATION.pulse.v2",
    });
    expect(names(models)).toEqual(["OBSERVATION.pulse.v2", "CLUSTER.dosage.v2"]);
    expect(models[0]?.mappings.map(({ name }) => name)).toEqual(["meta"]);
    expect(diagnostics).toEqual([]);
  });

  it("are registered by name and, together, by archetype id", () => {
    const { registry } = select({
      archetypes: ["CLUSTER.dosage.v2", "CLUSTER.dosage.v2.BackboneElement"],
      start: "CLUSTER.dosage.v2",
    });
    expect(names(registry.get("CLUSTER.dosage.v2"))).toEqual(["CLUSTER.dosage.v2"]);
    expect(names(registry.get(archetype))).toEqual(["CLUSTER.dosage.v2.BackboneElement", "CLUSTER.dosage.v2"]);
    expect(registry.get("constructor")).toBeUndefined();
  });

  it("all begin a run that have the archetype of the start model", () => {
    const archetypes = ["CLUSTER.dosage.v2", "CLUSTER.dosage.v2.BackboneElement", "OBSERVATION.pulse.v2"];
    const expected = ["CLUSTER.dosage.v2.BackboneElement", "CLUSTER.dosage.v2"];
    expect(names(select({ archetypes, start: "CLUSTER.dosage.v2" }).start)).toEqual(expected);
    expect(names(select({ archetypes, start: archetype }).start)).toEqual(expected);
  });
});

describe("names that nothing has", () => {
  it("are a warning where other models exist", () => {
    const { models, diagnostics } = select({
      archetypes: ["OBSERVATION.pulse.v2", "OBSERVATION.plse.v2"],
      extensions: ["ward_pulse", "ward_plse"],
      start: "OBSERVATION.pulse.v2",
    });
    expect(models).toHaveLength(1);
    expect(lines(diagnostics)).toEqual([
      "warning CONTEXT_MODEL_MISSING line 8, column 39",
      "warning CONTEXT_EXTENSION_MISSING line 9, column 29",
    ]);
    expect(diagnostics[0]?.message).toContain("Did you mean `OBSERVATION.pulse.v2`?");
  });

  it("are an error where no model is left, and all are named", () => {
    const { start, diagnostics } = select({ archetypes: ["A.x.v1", "A.y.v1"], start: "A.x.v1" });
    expect(start).toEqual([]);
    const error = diagnostics.find(({ severity }) => severity === "error");
    expect(error).toMatchObject({ code: "CONTEXT_WITHOUT_MODELS", mapping: "ward.context" });
    expect(error?.message).toContain("`A.x.v1`, `A.y.v1`");
  });

  it("are an error where none of the extensions exists", () => {
    const { diagnostics } = select({
      archetypes: ["OBSERVATION.pulse.v2"],
      extensions: ["a", "b"],
      start: "OBSERVATION.pulse.v2",
    });
    expect(lines(diagnostics)).toContain("error CONTEXT_WITHOUT_EXTENSIONS line 9, column 16");
  });

  it("are an error as start", () => {
    const { start, diagnostics } = select({ archetypes: ["OBSERVATION.pulse.v2"], start: "OBSERVATION.pulse" });
    expect(start).toEqual([]);
    expect(lines(diagnostics)).toEqual(["error CONTEXT_START_MISSING line 10, column 10"]);
  });

  it("include models that are stored but not listed", () => {
    const { diagnostics } = select({ archetypes: ["CLUSTER.dosage.v2"], start: "OBSERVATION.pulse.v2" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["CONTEXT_START_MISSING"]);
  });

  it("are said to belong to the other kind of file where they do", () => {
    const { diagnostics } = select({
      archetypes: ["OBSERVATION.pulse.v2", "ward_pulse"],
      start: "OBSERVATION.pulse.v2",
    });
    expect(diagnostics[0]?.message).toContain("there is an extension of that name");
  });
});

describe("extensions of models that a context does not have", () => {
  it("are not used, with a warning", () => {
    const { diagnostics } = select({
      archetypes: ["CLUSTER.dosage.v2"],
      extensions: ["ward_pulse"],
      start: "CLUSTER.dosage.v2",
    });
    expect(lines(diagnostics)).toEqual(["warning CONTEXT_EXTENSION_UNUSED line 9, column 16"]);
  });

  it("are said to change an extension where they do, which nothing can", () => {
    const context = readContextText(
      contextText({
        archetypes: ["OBSERVATION.pulse.v2"],
        extensions: ["ward_pulse", "own"],
        start: "OBSERVATION.pulse.v2",
      }),
    );
    const stored = [
      readModelText(modelText("mappings: []")),
      readExtensionText(extensionText("mappings: []")),
      readExtensionText(extensionText("mappings: []", "ward_pulse", "own")),
    ];
    const [finding] = selectModels(context, stored).diagnostics.filter(
      ({ code }) => code === "CONTEXT_EXTENSION_UNUSED",
    );
    expect(finding?.message).toContain("there is an extension of that name");
  });
});

describe.skipIf(!mappingsArePublished)("published contexts (skipped without ../shared)", () => {
  it("all find their models and start, but for the one that misspells its start", () => {
    const errors = publishedFolders().flatMap((folder) => {
      const { contexts, stored } = readLibrary(folder);
      return contexts.flatMap((context) =>
        lines(selectModels(context, stored).diagnostics.filter(({ severity }) => severity === "error")),
      );
    });
    expect(errors).toEqual([
      "error CONTEXT_START_MISSING projects/org.highmed/KDS/todesursache/KDS_Todesursache.context.yaml:26:10",
    ]);
  });

  it("report the overwrite targets that the library lacks", () => {
    const { contexts, stored } = readLibrary(libraryFolder);
    const missing = contexts.flatMap((context) =>
      lines(selectModels(context, stored).diagnostics.filter(({ code }) => code === "MERGE_TARGET_MISSING")),
    );
    expect(missing).toEqual([
      "warning MERGE_TARGET_MISSING projects/org.highmed/KDS/laborbericht/KDS_composition.yml:68:5",
      "warning MERGE_TARGET_MISSING projects/org.highmed/KDS/vitalstatus/KDS_composition.yml:12:5",
    ]);
  });
});
