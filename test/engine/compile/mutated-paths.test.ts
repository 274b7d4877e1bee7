import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import { compileMapper } from "../../../src/engine/mapper.js";
import type { Diagnostic } from "../../../src/errors/diagnostic.js";
import { Problem } from "../../../src/errors/problem.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../../../src/fhirconnect/syntax/tree.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { readFile } from "../fixtures/ward-mapper.js";

const folder = new URL("../../../mappings/vital_signs/", import.meta.url);
const templates = new URL("../../../templates/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
const texts = new Map(files.map((file) => [file, readFileSync(new URL(file, folder), "utf8")]));
const templateFile =
  readdirSync(templates, { recursive: true, encoding: "utf8" }).find((file) => file.endsWith(".opt")) ?? "";
const template = parseOperationalTemplate(readFileSync(new URL(templateFile, templates), "utf8"), {
  file: templateFile,
});

interface WrittenPath {
  readonly file: string;
  readonly key: string;
  readonly text: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** Every path and name of a slot in the shipped models. */
function writtenPaths(file: string, text: string): readonly WrittenPath[] {
  const found: WrittenPath[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  visit(parseDocument(text), {
    Pair(_, pair, path) {
      const { key, value } = pair;
      if (!isScalar(key) || !isScalar(value) || typeof value.value !== "string" || !value.range) return;
      const name = String(key.value);
      const inPair = path.some((node) => isMap(node));
      const isPath = ["fhir", "openehr", "targetRoot", "targetAttribute", "path", "slotArchetype"].includes(name);
      if (!inPair || !isPath || value.value === "") return;
      const [from, to] = value.range;
      found.push({ file, key: name, text: value.value, line: lineAt(from), from, to });
    },
  });
  return found;
}

/** The ways in which a path can be wrong. */
function damaged({ key, text }: WrittenPath): readonly string[] {
  if (key === "slotArchetype") return [`${text}x`];
  const ways: string[] = [];
  const variable = /^\$\w+/.exec(text)?.[0];
  if (variable !== undefined) ways.push(text.replace(variable, `${variable}x`));
  const code = /\[at\d+/.exec(text)?.[0];
  if (code !== undefined) ways.push(text.replace(code, "[at9999"));
  const element = /(?:^|[./])([a-z]\w*)(?:\[[^\]]*\])?$/i.exec(text)?.[1];
  if (element !== undefined && element !== variable?.slice(1)) {
    ways.push(text.replace(new RegExp(`${element}(?=(?:\\[[^\\]]*\\])?$)`), `${element}x`));
  }
  return ways;
}

function findings(
  changed: ReadonlyMap<string, string>,
): readonly Pick<Diagnostic, "code" | "message" | "position" | "rule">[] {
  const mappings = [...changed].map(([file, text]) => readFile(text, file));
  const context = mappings.find((mapping): mapping is ContextMapping => mapping.type === "context");
  if (context === undefined) throw new Error("no context");
  const models = mappings.filter((one): one is ModelMapping | ExtensionMapping => one.type !== "context");
  try {
    return compileMapper({ template, context, mappings: models }).diagnostics;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const problems = error.others.length > 0 ? error.others : [error];
    return problems.map((problem) => ({ code: problem.code, message: problem.message, ...problem.place }));
  }
}

const key = ({ code, message, position }: Pick<Diagnostic, "code" | "message" | "position">): string =>
  JSON.stringify([code, message, position?.file, position?.line]);

/** Each compiles the whole context: of every key and every kind of damage some in each file. */
const mostOfAKind = 3;
const counts = new Map<string, number>();
const cases = [...texts].flatMap(([file, text]) =>
  writtenPaths(file, text).flatMap((path) =>
    damaged(path)
      .map((wrong, way) => ({ path, wrong, text, way }))
      .filter(({ way }) => {
        const kind = `${file} ${path.key} ${way}`;
        const count = (counts.get(kind) ?? 0) + 1;
        counts.set(kind, count);
        return count <= mostOfAKind;
      }),
  ),
);

describe("a path of the shipped mappings that is made wrong", () => {
  const before = new Set(findings(texts).map(key));

  it("is there in great number", () => {
    expect(cases.length).toBeGreaterThan(60);
  });

  it.each(cases.map((one) => [`${one.path.file}:${one.path.line} ${one.path.key}: ${one.wrong}`, one] as const))(
    "is reported with file and line: %s",
    (_, { path, wrong, text }) => {
      const changed = text.slice(0, path.from) + JSON.stringify(wrong) + text.slice(path.to);
      const found = findings(new Map([...texts, [path.file, changed]])).filter((one) => !before.has(key(one)));
      expect(found).toContainEqual(
        expect.objectContaining({ position: expect.objectContaining({ file: path.file, line: path.line }) }),
      );
    },
  );
});
