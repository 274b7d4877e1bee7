import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isScalar, parseDocument, visit } from "yaml";
import type { Diagnostic } from "../../../src/errors/diagnostic.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { mappingsArePublished, publishedFolders, readFolder } from "../published-mappings.js";

interface MappingText {
  readonly file: string;
  readonly text: string;
}

/** A key of a file with its value. */
interface Entry extends MappingText {
  /** Keys from the root, without positions in lists: `mappings.with.fhir`. */
  readonly way: string;
  readonly key: string;
  readonly keyAt: readonly [number, number];
  readonly valueAt: readonly [number, number];
  readonly kind: "scalar" | "collection";
}

const folder = new URL("../../../mappings/vital_signs/", import.meta.url);
const shipped: readonly MappingText[] = readdirSync(folder)
  .filter((file) => file.endsWith(".yml"))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), "utf8") }));

/** Every key of a file. */
function entriesOf({ file, text }: MappingText): readonly Entry[] {
  const found: Entry[] = [];
  visit(parseDocument(text), {
    Pair(_, { key, value }, path) {
      if (!isScalar(key) || !key.range || value === null || typeof value !== "object") return;
      const { range } = value as { readonly range?: readonly [number, number, number] };
      if (!range || (isScalar(value) && value.value === null)) return;
      const above = path.flatMap((node) => ("key" in node && isScalar(node.key) ? [String(node.key.value)] : []));
      const name = String(key.value);
      found.push({
        file,
        text,
        way: [...above, name].join("."),
        key: name,
        keyAt: [key.range[0], key.range[1]],
        valueAt: [range[0], range[1]],
        kind: isScalar(value) ? "scalar" : "collection",
      });
    },
  });
  return found;
}

/** Each kind of key once, of all files that are read without errors. */
function allEntries(): readonly Entry[] {
  const published = mappingsArePublished ? publishedFolders().flatMap(readFolder) : [];
  const seen = new Set<string>();
  return [...shipped, ...published]
    .map((one) => ({ ...one, ...readMapping(one.text) }))
    .filter(({ mapping }) => mapping !== undefined)
    .flatMap((one) =>
      entriesOf(one).filter(({ way, kind }) => {
        // Methods below methods have the keys of methods.
        const what = `${one.mapping?.type} ${way.replace(/(followedBy\.mappings\.|reference\.mappings\.)+/g, "")} ${kind}`;
        return !seen.has(what) && seen.add(what) !== undefined;
      }),
    );
}

const entries = allEntries();

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;
const columnAt = (text: string, offset: number): number => offset - text.lastIndexOf("\n", offset - 1);

function diagnosticsOf(text: string): readonly Diagnostic[] {
  return readMapping(text, { file: "mutated.yml" }).diagnostics;
}

const place = ({ code, position }: Diagnostic): string => `${code} ${position?.line}:${position?.column}`;

/** Keys that are known and have no effect say so, whatever stands behind them. */
function isInert({ text, keyAt }: Entry): boolean {
  return diagnosticsOf(text).some(
    ({ code, position }) =>
      code === "MAPPING_KEY_WITHOUT_EFFECT" &&
      position?.line === lineAt(text, keyAt[0]) &&
      position.column === columnAt(text, keyAt[0]),
  );
}

/** Below what an extension takes from its model nothing is read, which is said at the top of it. */
const ofModel = /^(?:revision|archetype|structureDefinition)$/;
const read = entries.filter(
  (entry) => !isInert(entry) && !(ofModel.test(entry.key) && /^type: "?extension/m.test(entry.text)),
);
/** Keys whose list of one may be written as the one. */
const oneOrMore = /^(?:criterias?|targetAttributes?|unique|terminology\.mappings\.(?:fhir|openehr))$/;
const named = read.map((entry) => [`${entry.file}:${lineAt(entry.text, entry.keyAt[0])} ${entry.way}`, entry] as const);

describe("a mapping file", () => {
  it("has keys of every kind", () => {
    expect(named.length).toBeGreaterThan(60);
  });

  it.each(named)("with a misspelt key is refused at the key, with the key that is meant: %s", (_, entry) => {
    const { text, key, keyAt } = entry;
    const misspelt = key.slice(0, 2) + key.slice(1);
    const changed = text.slice(0, keyAt[0]) + misspelt + text.slice(keyAt[1]);
    const found = diagnosticsOf(changed).find(({ code }) => code === "MAPPING_UNKNOWN_KEY");
    expect(found).toMatchObject({
      severity: "error",
      message: expect.stringContaining("Did you mean `"),
      position: { file: "mutated.yml", line: lineAt(text, keyAt[0]), column: columnAt(text, keyAt[0]) },
    });
  });

  const ofOneKind = named.filter(
    ([, { way, key, kind }]) =>
      kind === "scalar" || !(oneOrMore.test(key) || oneOrMore.test(way.split(".").slice(-3).join("."))),
  );
  it.each(ofOneKind)("with a value of another kind says so at the value: %s", (_, entry) => {
    const { text, valueAt, kind } = entry;
    const wrong = kind === "scalar" ? "{ wrong: [1] }" : "wrong";
    const behind = text.slice(valueAt[1]);
    const changed = `${text.slice(0, valueAt[0])}${wrong}${kind === "collection" && !/^\s*[\n,}\]]/.test(behind) ? "\n" : ""}${behind}`;
    const before = new Set(diagnosticsOf(text).map(place));
    const found = diagnosticsOf(changed).filter((one) => !before.has(place(one)));
    expect(found).toContainEqual(
      expect.objectContaining({ position: expect.objectContaining({ line: lineAt(text, valueAt[0]) }) }),
    );
    expect(found.some(({ severity }) => severity === "error")).toBe(true);
  });

  it.each(named)("with an empty value is read or refused, never passed over in silence: %s", (_, entry) => {
    const { text, keyAt, valueAt } = entry;
    const behind = text.slice(valueAt[1]);
    const changed = `${text.slice(0, valueAt[0])}${/^\s*[\n,}\]]/.test(behind) ? "null" : "null\n"}${behind}`;
    const before = new Set(diagnosticsOf(text).map(place));
    const found = diagnosticsOf(changed).filter((one) => !before.has(place(one)));
    const lines = [lineAt(text, keyAt[0]), lineAt(text, valueAt[0])];
    expect(found.filter(({ position }) => lines.includes(position?.line ?? 0))).not.toEqual([]);
  });
});
