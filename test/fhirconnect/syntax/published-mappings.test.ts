import { beforeAll, describe, expect, it } from "vitest";
import type { MappingMethod, ModelMapping } from "../../../src/fhirconnect/syntax/tree.js";
import { lines } from "../mapping-text.js";
import {
  libraryFolder,
  mappingsArePublished,
  type PublishedFile,
  publishedFolders,
  readFolder,
  scenarioFolder,
} from "../published-mappings.js";

describe.skipIf(!mappingsArePublished)("published mapping files (skipped without ../shared)", () => {
  let kds: readonly PublishedFile[];
  let library: readonly PublishedFile[];

  beforeAll(() => {
    kds = readFolder(scenarioFolder("kds"));
    library = readFolder(libraryFolder);
  });

  const model = (files: readonly PublishedFile[], name: string): ModelMapping => {
    const found = files.find(({ mapping }) => mapping?.name.value === name)?.mapping;
    if (found?.type !== "model") throw new Error(`no model ${name}`);
    return found;
  };
  const methodNamed = (methods: readonly MappingMethod[], name: string): MappingMethod => {
    const found = methods.find((method) => method.name === name);
    if (found === undefined) throw new Error(`no method ${name}`);
    return found;
  };

  it("are read without errors, but for the one that is not YAML and the one that is empty", () => {
    const unread = publishedFolders()
      .flatMap(readFolder)
      .filter(({ mapping }) => mapping === undefined);
    const errors = unread.flatMap(({ diagnostics }) =>
      lines(diagnostics.filter(({ severity }) => severity === "error")),
    );
    expect(errors).toEqual([
      "error MAPPING_NOT_YAML projects/org.highmed/KDS/vitalstatus/KDS_vitalsigns.yml:19:55",
      "error MAPPING_EMPTY projects/org.openehr/EEHRxF/lab/bundle/lab_composition.yml:1:1",
    ]);
  });

  it("keep a comment that follows a quoted name without a blank out of the name, and say so", () => {
    const file = kds.find(({ file }) => file.endsWith("KDS_problem_diagnose.yml"));
    expect(lines(file?.diagnostics ?? [])).toContain(
      "warning MAPPING_COMMENT_WITHOUT_BLANK projects/org.highmed/KDS/diagnose/KDS_problem_diagnose.yml:121:45",
    );
  });

  it("give the vital status model its archetype, type and nested constants", () => {
    const vitalStatus = model(kds, "EVALUATION.vital_status.v1");
    expect(vitalStatus.archetype?.value).toBe("openEHR-EHR-EVALUATION.vital_status.v1");
    expect(vitalStatus.structureDefinition?.value).toBe("http://hl7.org/fhir/StructureDefinition/Observation");
    const participations = methodNamed(vitalStatus.mappings, "participations");
    expect(participations.with?.type?.value).toBe("NONE");
    const [functionMethod] = participations.followedBy;
    expect(functionMethod?.with?.openehr?.value).toBe("$openEHRRoot");
    expect(functionMethod?.manual[0]?.openehr[0]?.path.value).toBe("function");
    expect(functionMethod?.manual[0]?.openehr[0]?.value.position).toEqual({
      file: "model/evaluation/org.openehr/vital_status.v1.yml",
      line: 37,
      column: 26,
    });
  });

  it("give the context of the cause of death its template, profile, names and start", () => {
    const context = kds.find(({ mapping }) => mapping?.name.value === "KDS_death.context")?.mapping;
    if (context?.type !== "context") throw new Error("no context");
    expect(context.templateId.value).toBe("KDS_Todesursache");
    expect(context.templateVersion?.value).toBe("7.0.0");
    expect(context.profileUrl?.value).toMatch(/StructureDefinition\/Todesursache$/);
    expect(context.archetypes.map((name) => name.value)).toEqual([
      "EVALUATION.cause_of_death.v1",
      "CLUSTER.problem_qualifier.v2",
      "CLUSTER.case_identification.v0",
    ]);
    expect(context.extensions).toHaveLength(2);
    expect(context.start.value).toBe("EVALUATION.cause_of_death.v1");
  });

  it("give the blood pressure model its guard and both values", () => {
    const models = readFolder(scenarioFolder("blood_pressure")).flatMap(({ mapping }) =>
      mapping?.type === "model" ? [mapping] : [],
    );
    const bloodPressure = models.find(({ name }) => name.value === "OBSERVATION.blood_pressure.v2");
    expect(bloodPressure?.archetype?.value).toBe("openEHR-EHR-OBSERVATION.blood_pressure.v2");
    const paths = JSON.stringify(bloodPressure?.mappings);
    expect(paths).toContain("items[at0004]");
    expect(paths).toContain("items[at0005]");
  });

  it("give the medication statement its split by route and timing", () => {
    const hierarchy = model(kds, "OBSERVATION.medication_statement.v0").preprocessor?.hierarchy;
    expect(hierarchy?.openehr?.value).toBe("$archetype/data[at0001]/events[at0002]");
    expect(hierarchy?.splitFhir?.create?.value).toBe("resource");
    expect(hierarchy?.splitOpenehr?.unique.map((path) => path.value)).toEqual(["route", "timing.event"]);
  });

  it("keep the methods of files that misspell `mappings`", () => {
    const misspelt = library.filter(({ diagnostics }) =>
      diagnostics.some(({ code }) => code === "MAPPING_MISSPELT_MAPPINGS"),
    );
    expect(misspelt).toHaveLength(5);
    for (const { mapping } of misspelt) {
      expect(mapping?.type === "extension" && mapping.mappings.length > 0).toBe(true);
    }
  });

  it("keep every link, also those that stand inside `with`", () => {
    const links = (methods: readonly MappingMethod[]): number =>
      methods.reduce(
        (sum, method) =>
          sum +
          (method.link === undefined ? 0 : 1) +
          links(method.followedBy) +
          links(method.reference?.mappings ?? []),
        0,
      );
    const written = library
      .filter(({ mapping }) => mapping !== undefined)
      .reduce((sum, { text }) => sum + (text.match(/^ +link:/gm)?.length ?? 0), 0);
    const read = library.reduce(
      (sum, { mapping }) => sum + (mapping === undefined || mapping.type === "context" ? 0 : links(mapping.mappings)),
      0,
    );
    expect(read).toBe(written);
  });
});
