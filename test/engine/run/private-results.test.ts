import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import type { MappingFile } from "../../../src/fhirconnect/syntax/tree.js";
import { readTemplateText } from "../../../src/store/template-text.js";

const root = join(import.meta.dirname, "..", "..", "..");
const settings = { timeZone: "UTC", now: () => new Date(0) };

function text(...path: readonly string[]): string {
  return readFileSync(join(root, ...path), "utf8");
}

function json(file: string): JsonObject {
  return JSON.parse(text("test", "examples", "vital-signs", file)) as JsonObject;
}

function mapping(file: string): MappingFile {
  const read = readMapping(text("mappings", "vital_signs", file), { file }).mapping;
  if (read === undefined) throw new Error(`${file} cannot be read`);
  return read;
}

function vitalSignsMapper(): Mapper {
  const models = ["encounter", "blood_pressure", "body_temperature", "pulse", "body_weight"];
  const context = mapping("vital_signs.context.yml");
  if (context.type !== "context") throw new Error("not a context");
  const mappings = models.map((model) => mapping(`${model}.model.yml`)).filter((one) => one.type !== "context");
  return compileMapper({ template: readTemplateText(text("templates", "vital_signs.opt")), context, mappings });
}

/** Writes over every member of every object and list. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [member, content] of Object.entries(value)) {
    spoil(content);
    Reflect.set(value, member, "spoilt");
  }
}

describe("the results of one mapper", () => {
  const runs: readonly [string, (mapper: Mapper) => object][] = [
    ["compositions", (mapper) => mapper.toOpenEhr(json("bundle.json"), settings).composition()],
    ["FLAT documents", (mapper) => mapper.toOpenEhr(json("bundle.json"), settings).flat()],
    [
      "Bundles from canonical compositions",
      (mapper) => mapper.toFhir(mapper.readComposition(json("composition.json"), settings), settings),
    ],
    [
      "Bundles from FLAT",
      (mapper) => mapper.toFhir(mapper.readComposition(json("composition.flat.json"), settings), settings),
    ],
  ];
  for (const [what, run] of runs) {
    it(`belong to whoever asked for them: ${what} can be written over without any other changing`, () => {
      const mapper = vitalSignsMapper();
      const kept = run(mapper);
      const before = JSON.stringify(kept);
      for (let time = 0; time < 20; time++) spoil(run(mapper));
      expect(JSON.stringify(kept)).toBe(before);
      expect(JSON.stringify(run(mapper))).toBe(before);
    });
  }
});
