import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileMapper, type MapperSettings } from "../../src/engine/mapper.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/fhir/json.js";
import { readMapping } from "../../src/fhirconnect/syntax/read-mapping.js";
import type { ContextMapping, ExtensionMapping, MappingFile, ModelMapping } from "../../src/fhirconnect/syntax/tree.js";
import { parseOperationalTemplate } from "../../src/openehr/template/parse-operational-template.js";

const root = new URL("../../", import.meta.url);
const settings: MapperSettings = { timeZone: "UTC", now: () => new Date("2030-01-01T00:00:00Z") };

const template = parseOperationalTemplate(readText("templates/vital_signs.opt"));
const readings = readdirSync(new URL("mappings/vital_signs", root)).map((file) =>
  readMapping(readText(`mappings/vital_signs/${file}`), { file }),
);
const files = readings.map(({ mapping }) => mapping).filter((mapping) => mapping !== undefined);
const mapper = compileMapper({ template, context: contextAmong(files), mappings: files.filter(isNoContext) });

describe("the mapping that ships with the product", () => {
  it("has nothing that the reader or the compiler warns about", () => {
    const findings = [...readings.flatMap(({ diagnostics }) => diagnostics), ...mapper.diagnostics];
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  it("maps the example Bundle to the example composition", () => {
    expect(toOpenEhr(example("bundle.json")).composition()).toEqual(example("composition.json"));
  });

  it("maps the example Bundle to the example FLAT document", () => {
    expect(toOpenEhr(example("bundle.json")).flat()).toEqual(example("composition.flat.json"));
  });

  it("maps the example composition to the example result", () => {
    expect(toFhir(example("composition.json"))).toEqual(example("bundle-from-composition.json"));
  });

  it("maps the example FLAT document to the same result", () => {
    expect(toFhir(example("composition.flat.json"))).toEqual(example("bundle-from-composition.json"));
  });

  it("brings a composition back unchanged", () => {
    expect(toOpenEhr(toFhir(example("composition.json"))).composition()).toEqual(example("composition.json"));
  });

  it("makes one Observation of each event, with the cuff size of its own OBSERVATION", () => {
    const bundle = toFhir({
      ...bloodPressure(0, 0, 120),
      ...bloodPressure(0, 1, 121),
      ...bloodPressure(1, 0, 130),
      "vital_signs/blood_pressure:0/cuff_size|code": "at0015",
      "vital_signs/blood_pressure:1/cuff_size|code": "at1009",
    });
    const flat = toOpenEhr(bundle).flat();
    const found = [0, 1, 2].map((at) => [
      flat[`vital_signs/blood_pressure:${at}/any_event:0/systolic|magnitude`],
      flat[`vital_signs/blood_pressure:${at}/cuff_size|code`],
    ]);
    expect(found).toEqual([
      [120, "at0015"],
      [121, "at0015"],
      [130, "at1009"],
    ]);
  });

  it.each([
    ...["at1000", "at1001", "at1002", "at1003", "at1014"].map((code) => ["any_event:0/position", code] as const),
    ...["at0015", "at0016", "at0017", "at1008", "at1009", "at1018", "at1019"].map(
      (code) => ["cuff_size", code] as const,
    ),
  ])("keeps %s %s on the way to FHIR and back", (element, code) => {
    const path = `vital_signs/blood_pressure:0/${element}|code`;
    const back = toOpenEhr(toFhir({ ...bloodPressure(0, 0, 120), [path]: code })).flat();
    expect(back[path]).toBe(code);
  });

  it("keeps beginning and end of a reading that took a while", () => {
    const bundle = onlyFirstEntry(example("bundle.json"));
    const observation = firstObservation(bundle);
    delete observation.effectiveDateTime;
    observation.effectivePeriod = { start: "2024-05-14T08:05:00Z", end: "2024-05-14T08:15:00Z" };
    const back = firstObservation(toFhir(toOpenEhr(bundle).composition()));
    expect(back.effectivePeriod).toEqual({ start: "2024-05-14T08:05:00Z", end: "2024-05-14T08:15:00Z" });
  });

  it.each(["registered", "preliminary", "cancelled", "entered-in-error", "unknown"])(
    "leaves a reading with status %s out",
    (status) => {
      const bundle = example("bundle.json");
      firstObservation(bundle).status = status;
      const { "vital_signs/blood_pressure:0/any_event:0/systolic|magnitude": systolic, ...others } =
        toOpenEhr(bundle).flat();
      expect(systolic).toBe(134);
      expect(Object.keys(others).filter((key) => key.startsWith("vital_signs/blood_pressure:1"))).toEqual([]);
    },
  );
});

function readText(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

function example(name: string): JsonObject {
  const value: JsonValue = JSON.parse(readText(`test/examples/vital-signs/${name}`));
  if (!isJsonObject(value)) throw new Error(`${name} is no JSON object`);
  return value;
}

function toOpenEhr(resource: JsonObject) {
  return mapper.toOpenEhr(resource, settings);
}

/** Takes the composition as it would come over the wire. */
function toFhir(composition: object): JsonObject {
  const body: JsonValue = JSON.parse(JSON.stringify(composition));
  return mapper.toFhir(mapper.readComposition(body, settings), settings);
}

function bloodPressure(observation: number, event: number, systolic: number): JsonObject {
  const path = `vital_signs/blood_pressure:${observation}/any_event:${event}`;
  return {
    [`${path}/time`]: `2024-05-14T0${observation}:0${event}:00`,
    [`${path}/systolic|magnitude`]: systolic,
    [`${path}/systolic|unit`]: "mm[Hg]",
  };
}

function onlyFirstEntry(bundle: JsonObject): JsonObject {
  return { ...bundle, entry: Array.isArray(bundle.entry) ? bundle.entry.slice(0, 1) : [] };
}

function firstObservation(bundle: JsonObject): JsonObject {
  const first = Array.isArray(bundle.entry) ? bundle.entry[0] : undefined;
  if (!isJsonObject(first) || !isJsonObject(first.resource)) throw new Error("the Bundle has no first resource");
  return first.resource;
}

function contextAmong(mappings: readonly MappingFile[]): ContextMapping {
  const context = mappings.find((mapping) => mapping.type === "context");
  if (context === undefined) throw new Error("mappings/vital_signs has no context");
  return context;
}

function isNoContext(mapping: MappingFile): mapping is ModelMapping | ExtensionMapping {
  return mapping.type !== "context";
}
