import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../src/errors/problem.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { checkedMapping, takeMapping } from "../../../src/store/intake.js";
import { documentsText } from "../../../src/store/mapping-documents.js";
import { type MissingModelsCheck, missingModelsOf } from "../../../src/store/missing-models.js";
import { documentsAside, yamlAside } from "../../../src/store/reading-worker/documents-aside.js";
import {
  areReadAside,
  findMissingModelsAside,
  readMappingAside,
  takeMappingAside,
} from "../../../src/store/reading-worker/read-mapping-aside.js";
import { readTemplateAside } from "../../../src/store/reading-worker/read-template-aside.js";
import { contextText } from "../../cache/mapping-texts.js";

const project = join(import.meta.dirname, "..", "..", "..");
const text = (name: string) => readFileSync(join(project, "mappings", "vital_signs", name), "utf8");
const long = text("blood_pressure.model.yml");
const short = text("vital_signs.context.yml");
const broken = long.replace("mappings:", "mappigns:");
const kinds = ["model", "extension"] as const;

async function problemOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    const { code, others } = error as Problem;
    return [code, (error as Problem).toLine(), ...others.map((one) => one.toLine())].join("\n");
  }
  return "no problem";
}

describe("reading a mapping file in another thread", () => {
  it("is done for long texts only", () => {
    expect([areReadAside(long.length), areReadAside(short.length)]).toEqual([true, false]);
  });

  it("gives the tree and the findings that reading it here gives", async () => {
    for (const content of [long, short, broken]) {
      expect(await readMappingAside(content, "a file")).toStrictEqual(readMapping(content, { file: "a file" }));
    }
  });

  it("gives what is to be stored, or rejects with the problems of all that is wrong", async () => {
    const bloodPressure = await takeMappingAside(long, kinds);
    expect(bloodPressure).toStrictEqual(checkedMapping(takeMapping(long, kinds)));
    expect(bloodPressure.toStore).toMatchObject({ kind: "model", content: long });
    for (const [content, expected] of [
      [broken, kinds],
      [long, ["context"]],
      [`${long}\u0000`, kinds],
    ] as const) {
      const there = await problemOf(() => takeMappingAside(content, expected));
      expect(there).toBe(await problemOf(() => takeMapping(content, expected)));
      expect(there).not.toBe("no problem");
    }
  });

  it("finds the models that a context misses, or rejects where that is refused", async () => {
    const name = "OBSERVATION.blood_pressure.v2";
    const stored = [{ name: checkedMapping(takeMapping(long, kinds)).toStore.name, content: long }];
    const context = contextText("vital_signs", [stored[0]?.name ?? name, "missing"], ["missing.too"]);
    const check: MissingModelsCheck = { context, stored, policy: "accept" };
    const missing = await findMissingModelsAside(check);
    expect(missing).toStrictEqual(missingModelsOf(check));
    expect(missing.map(({ code }) => code)).toEqual(["CONTEXT_MODEL_MISSING", "CONTEXT_EXTENSION_MISSING"]);
    const refusing = { ...check, policy: "refuse" } as const;
    const there = await problemOf(() => findMissingModelsAside(refusing));
    expect(there).toBe(await problemOf(() => missingModelsOf(refusing)));
    expect(there).not.toBe("no problem");
  });

  it("gives stored files as the answers of the interface", async () => {
    const stored = { id: "one", content: long };
    expect(JSON.parse(await documentsAside({ stored, form: "json" }))).toMatchObject({ id: "one", type: "model" });
    for (const wanted of [
      { stored, form: "yaml" },
      { stored: [stored, { id: "two", content: short }], form: "json" },
    ] as const) {
      expect(await documentsAside(wanted)).toBe(documentsText(wanted));
    }
    expect(await yamlAside({ one: ["two"] })).toBe("---\none:\n  - two\n");
  });

  it("refuses nobody, however many files come at once, also beside templates", async () => {
    const template = readFileSync(join(project, "templates/vital_signs.opt"), "utf8").replace(
      "<template ",
      `<!--${" long".repeat(30_000)} -->\n<template `,
    );
    const templates = [1, 2, 3].map(() => readTemplateAside(template));
    const files = Array.from({ length: 40 }, (_, at) => readMappingAside(long, `file ${at}`));
    const read = await Promise.all(files);
    expect(read.map(({ mapping }) => mapping?.position.file)).toEqual(read.map((_, at) => `file ${at}`));
    await Promise.all(templates);
  });
});
