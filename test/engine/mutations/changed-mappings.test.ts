import { describe, expect, it } from "vitest";
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import type { Mapper } from "../../../src/engine/mapper.js";
import { Problem } from "../../../src/errors/problem.js";
import { hasCorpus } from "../../conformance/corpus.js";
import { allSubjects, compileTexts, type MappingTexts, outcomeOf, type Subject } from "./mapping-subjects.js";
import { isLong, seededNumbers } from "./seeded-choice.js";

if (!hasCorpus) console.info("../shared is not there: only the project's own mapping files are changed");

type Document = ReturnType<typeof parseDocument>;
type Rule = { readonly list: { items: unknown[] }; readonly at: number; readonly map: YAMLMap };

const operators = ["one of", "not of", "empty", "not empty", "type", "not in", "ONE OF", ""];
const constants = [
  "",
  "x",
  "at0000",
  "$resource",
  "$openehrRoot",
  "DV_TEXT",
  "..",
  "a.b(",
  "items[at9999]",
  "[$loinc.1, 2]",
];

/** Every rule of a file, nested ones too. */
function rulesOf(value: unknown, found: Rule[] = []): readonly Rule[] {
  if (isSeq(value)) {
    for (const [at, item] of value.items.entries()) {
      if (isMap(item) && item.has("name")) found.push({ list: value, at, map: item });
      rulesOf(item, found);
    }
  } else if (isMap(value)) for (const { value: member } of value.items) rulesOf(member, found);
  return found;
}

/** Every scalar below one of some keys. */
function scalarsOf(
  value: unknown,
  keys: ReadonlySet<string>,
  found: { value: unknown }[] = [],
  key = "",
): { value: unknown }[] {
  if (isScalar(value)) {
    if (keys.has(key)) found.push(value);
  } else if (isSeq(value)) for (const item of value.items) scalarsOf(item, keys, found, key);
  else if (isMap(value)) {
    for (const { key: name, value: member } of value.items) {
      scalarsOf(member, keys, found, isScalar(name) ? String(name.value) : "");
    }
  }
  return found;
}

function pick<T>(list: readonly T[], next: () => number): T | undefined {
  return list[Math.floor(next() * list.length)];
}

/** Changes a mapping file somewhere, the way an author might or a careless one does. */
function change(document: Document, next: () => number): void {
  const { contents } = document;
  const rules = rulesOf(contents);
  const rule = pick(rules, next);
  switch (Math.floor(next() * 8)) {
    case 0:
      rule?.list.items.splice(rule.at, 1);
      return;
    case 1: {
      const other = pick(
        rules.filter(({ list }) => list === rule?.list),
        next,
      );
      if (rule === undefined || other === undefined) return;
      rule.list.items[rule.at] = other.map;
      other.list.items[other.at] = rule.map;
      return;
    }
    case 2:
      for (const key of ["fhirCondition", "openehrCondition", "manual", "unidirectional"]) rule?.map.delete(key);
      return;
    case 3:
      set(pick(scalarsOf(contents, new Set(["operator"])), next), pick(operators, next));
      return;
    case 4:
      set(pick(scalarsOf(contents, new Set(["criteria", "criterias", "value"])), next), pick(constants, next));
      return;
    case 5:
      set(
        pick(scalarsOf(contents, new Set(["targetRoot", "targetAttribute", "slotArchetype", "type"])), next),
        pick(constants, next),
      );
      return;
    case 6: {
      const paths = scalarsOf(contents, new Set(["fhir", "openehr"]));
      set(pick(paths, next), pick(paths, next)?.value);
      return;
    }
    default:
      rule?.list.items.splice(rule.at, 0, rule.map.clone());
  }
}

function set(scalar: { value: unknown } | undefined, value: unknown): void {
  if (scalar !== undefined) scalar.value = value;
}

/** The texts with one mapping file changed. */
function changedTexts(texts: MappingTexts, next: () => number): MappingTexts {
  const file = Math.floor(next() * texts.mappings.length);
  return {
    ...texts,
    mappings: texts.mappings.map((mapping, at) => {
      if (at !== file) return mapping;
      const document = parseDocument(mapping.text, { logLevel: "silent" });
      const times = 1 + Math.floor(next() * 3);
      for (let time = 0; time < times; time++) change(document, next);
      return { ...mapping, text: document.toString() };
    }),
  };
}

/** The mapper, or undefined when the files were refused. Throws what is no Problem. */
function compiled(texts: MappingTexts): Mapper | undefined {
  try {
    return compileTexts(texts);
  } catch (error) {
    if (error instanceof Problem || isRefusedFile(error)) return undefined;
    throw error;
  }
}

/** `readFile` of the fixtures refuses a file that cannot be read with its diagnostics. */
function isRefusedFile(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error;
}

/** One mapping each, with up to two inputs for each direction. */
function byMapping(): readonly (readonly [string, readonly Subject[]])[] {
  const groups = new Map<MappingTexts, Subject[]>();
  for (const subject of allSubjects()) {
    const group = groups.get(subject.texts) ?? [];
    groups.set(subject.texts, group);
    if (group.filter(({ direction }) => direction === subject.direction).length < 2) group.push(subject);
  }
  return [...groups].map(([{ name, context }, subjects]) => [`${name}, ${context.file}`, subjects]);
}

describe("mapping files with rules dropped, swapped, doubled, conditions, operators, constants and paths changed", () => {
  const rounds = isLong ? 40 : 4;
  it.each(byMapping())("map or report, and throw nothing else: %s", (name, subjects) => {
    const [first] = subjects;
    if (first === undefined) throw new Error("no input");
    const next = seededNumbers(name);
    for (let round = 0; round < rounds; round++) {
      const mapper = compiled(changedTexts(first.texts, next));
      if (mapper === undefined) continue;
      for (const { direction, input } of subjects) expect(outcomeOf(mapper, direction, input())).toBeDefined();
    }
  });
});
