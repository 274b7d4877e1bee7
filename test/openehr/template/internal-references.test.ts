import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/errors/problem.js";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { compositionToFlat } from "../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../src/openehr/formats/flat/flat-reader.js";
import { exactNumber } from "../../../src/openehr/json/number-text.js";
import { formatAqlPath } from "../../../src/openehr/rm/aql-path.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { descendants } from "../../../src/openehr/template/template-paths.js";
import { webTemplateOf } from "../../../src/openehr/template/web-template.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { attribute, constraint, ITEMS, object, occurrences, smallTemplate } from "./small-template.js";

const settings = { now: () => "2026-11-21T10:30:00" };
const quantity = constraint("C_DV_QUANTITY", "DV_QUANTITY", "", "<list><units>kg</units></list>");
const weight = object("ELEMENT", "at0003", attribute("value", quantity));

function cluster(nodeId: string, ...items: readonly string[]): string {
  return object("CLUSTER", nodeId, attribute("items", items.join(""), "C_MULTIPLE_ATTRIBUTE"), occurrences("0", "*"));
}

function reference(rmType: string, targetPath: string, nodeId = "", occurs = occurrences("0", "1")): string {
  return constraint("ARCHETYPE_INTERNAL_REF", rmType, nodeId, `<target_path>${targetPath}</target_path>`, occurs);
}

function templateOf(...items: readonly string[]): Template {
  const terms = { at0002: "Left", at0003: "Weight", at0004: "Right", at0005: "Above" };
  return parseOperationalTemplate(smallTemplate({ items: items.join(""), terms }));
}

function compositionFrom(flat: object, template: Template): RmObject {
  return completeComposition(readFlat(flat, template, settings), settings);
}

function problemOf(...items: readonly string[]): Problem {
  try {
    templateOf(...items);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("No problem was thrown.");
}

function pathsOf({ root }: Template): readonly string[] {
  const constrained = [...descendants(root)].filter(({ isRmAttribute }) => !isRmAttribute);
  return constrained.map(({ path }) => formatAqlPath(path)).filter((path) => path.startsWith(`${ITEMS}[`));
}

const TARGET = "/data[at0001]/items[at0002]/items[at0003]";
/** `left` holds the weight, `right` refers to it. */
const twoSides = [cluster("at0002", weight), cluster("at0004", reference("ELEMENT", TARGET))] as const;

describe("a reference inside an archetype", () => {
  it("becomes the object it leads to, below its own parent", () => {
    const template = templateOf(...twoSides);
    expect(pathsOf(template)).toContain(`${ITEMS}[at0004]/items[at0003]/value`);
    const { tree } = webTemplateOf(template);
    const ids = (tree.children[0]?.children ?? []).map(({ id, children }) => [id, children.map((child) => child.id)]);
    expect(ids).toContainEqual(["right", ["weight"]]);
  });

  it("gives FLAT paths, takes values in them and holds them to the constraints of its target", () => {
    const template = templateOf(...twoSides);
    const flat = {
      "report/finding/right:0/weight|magnitude": 65,
      "report/finding/right:0/weight|unit": "kg",
    };
    expect(compositionToFlat(compositionFrom(flat, template), template)).toMatchObject({
      "report/finding/right:0/weight|magnitude": exactNumber("65.0"),
      "report/finding/right:0/weight|unit": "kg",
    });
    const example = exampleComposition(template, { extent: "maximal", ...settings });
    const written = compositionToFlat(example, template);
    expect(Object.keys(written)).toContain("report/finding/right:0/weight|magnitude");
    expect(validateComposition(example, template)).toEqual([]);
    const wrong = compositionFrom({ ...written, "report/finding/right:0/weight|unit": "lb" }, template);
    expect(validateComposition(wrong, template).map(({ path, rule }) => [path, rule])).toContainEqual([
      `${ITEMS}[at0004]/items[at0003]/value`,
      "template-unit",
    ]);
  });

  it("has occurrences of its own, and the name of its own node id where there is a term for it", () => {
    const template = templateOf(
      cluster("at0002", weight),
      reference("CLUSTER", "/data[at0001]/items[at0002]", "at0005", occurrences("2", "3")),
      reference("CLUSTER", "/data[at0001]/items[at0002]", "at0099"),
    );
    const found = [...descendants(template.root)].filter(({ rmType }) => rmType === "CLUSTER");
    expect(found.map(({ nodeId, name, min, max }) => [nodeId, name, min, max])).toEqual([
      ["at0002", "Left", 0, -1],
      ["at0005", "Above", 2, 3],
      ["at0002", "Left", 0, 1],
    ]);
  });

  it("may lead to another one, or through one", () => {
    const toReference = "/data[at0001]/items[at0004]/items[at0003]";
    const template = templateOf(
      cluster("at0002", weight),
      reference("CLUSTER", "/data[at0001]/items[at0002]", "at0004"),
      cluster("at0005", reference("ELEMENT", toReference)),
    );
    expect(pathsOf(template)).toContain(`${ITEMS}[at0005]/items[at0003]/value`);
  });

  it("stands for nothing where its target is not there", () => {
    const template = templateOf(cluster("at0004", reference("ELEMENT", TARGET), reference("ELEMENT", "no path")));
    expect(pathsOf(template).filter((path) => path.startsWith(`${ITEMS}[at0004]/items`))).toEqual([]);
  });

  it.each([
    ["to what it stands in", [cluster("at0002", reference("CLUSTER", "/data[at0001]/items[at0002]"))]],
    [
      "to another one that leads back",
      [
        cluster("at0002", reference("CLUSTER", "/data[at0001]/items[at0004]")),
        cluster("at0004", reference("CLUSTER", "/data[at0001]/items[at0002]")),
      ],
    ],
    ["to itself", [reference("CLUSTER", "/data[at0001]/items[at0002]", "at0002")]],
  ])("is refused with line and column when it leads %s", (_what, items) => {
    const problem = problemOf(...items);
    expect(problem.code).toBe("TEMPLATE_REFERENCE_CIRCULAR");
    expect(problem.place.position?.line).toBeGreaterThan(1);
    expect(problem.message).toContain("/data[at0001]/items[at000");
  });

  it("is refused when each of many holds the next one many times", () => {
    const path = (at: number) => `/data[at0001]/items[at01${String(at).padStart(2, "0")}]`;
    const terms = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`at01${String(at).padStart(2, "0")}`, "x"]),
    );
    const items = Object.keys(terms).map((nodeId, at) =>
      cluster(nodeId, ...Array.from({ length: 9 }, () => reference("CLUSTER", path(at + 1)))),
    );
    expect(() => parseOperationalTemplate(smallTemplate({ items: items.join(""), terms }))).toThrow(
      expect.objectContaining({ code: "TEMPLATE_TOO_LARGE" }),
    );
  });
});
