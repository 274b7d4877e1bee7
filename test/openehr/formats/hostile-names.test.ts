import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  type CompositionFormat,
  exampleComposition,
  Problem,
  readCompositionIn,
  validateDocument,
  writeCanonicalJson,
  writeCompositionIn,
  writeJson,
} from "../../../src/openehr/index.js";
import { smallFlatTemplate } from "./flat/small-flat-template.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const timeout = isLong ? 600_000 : 60_000;
const template = smallFlatTemplate();
const settings = { now: () => "2026-11-21T10:30:00" };
const example = exampleComposition(template, { ...settings, extent: "maximal" });

/** Names that every object of JavaScript inherits, and what is near them. */
const HOSTILE = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__defineGetter__",
  "__lookupSetter__",
];
const hostile = fc.constantFrom(...HOSTILE);
/** What stands behind the name: a text, an object, an object that goes on with such names. */
const payload = fc.constantFrom<unknown>(
  "x",
  1,
  true,
  null,
  ["x"],
  { polluted: true },
  { _type: "DV_TEXT", value: "x", polluted: true },
  [{ "|value": "x", polluted: ["x"] }],
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
);

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(([] as unknown as Record<string, unknown>).polluted).toBeUndefined();
});

const written = (format: CompositionFormat): string => writeCompositionIn(format, example, template);
const composition = (format: CompositionFormat, source: unknown): string =>
  writeJson(writeCanonicalJson(readCompositionIn(format, source, template, settings)));

/** Every object of a document, the document itself first. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
}

/** Adds a member of its own, whatever its name is. */
function put(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * What was added changes nothing or is refused; nothing else may happen. Validation refuses the same, and of a name that
 * changes nothing it says at most that openEHR has none such.
 */
function isInertOrRefused(format: CompositionFormat, source: unknown, unchanged: string): void {
  let result: string | undefined;
  try {
    result = composition(format, source);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
  }
  if (result !== undefined) expect(result).toBe(unchanged);
  const findings = validateDocument(format, source, template, settings);
  const refusals = findings.filter(({ rule }) => rule !== "rm-unknown-attribute");
  expect(refusals.length > 0).toBe(result === undefined);
}

describe("names that mean something to JavaScript", () => {
  it.each(["canonical", "structured"] as const)(
    "are inert or refused at every level of %s",
    (format) => {
      const text = written(format);
      const unchanged = composition(format, JSON.parse(text));
      fc.assert(
        fc.property(fc.nat(), hostile, payload, (at, name, value) => {
          const document: unknown = JSON.parse(text);
          const objects = objectsIn(document);
          put(objects[at % objects.length] as Record<string, unknown>, name, structuredClone(value));
          isInertOrRefused(format, document, unchanged);
        }),
        { numRuns: isLong ? 10_000 : 300 },
      );
    },
    timeout,
  );

  it(
    "are refused with their key as any segment and attribute of a FLAT path",
    () => {
      const text = written("flat");
      const paths = Object.keys(JSON.parse(text) as object).filter((path) => !path.startsWith("ctx"));
      fc.assert(
        fc.property(
          fc.constantFrom(...paths),
          fc.nat(),
          fc.boolean(),
          hostile,
          payload,
          (path, at, isAdded, name, value) => {
            const segments = path.split("/");
            segments.splice(at % (segments.length + 1), isAdded ? 0 : 1, name);
            const key = at % 3 === 0 ? `${path.split("|", 1)[0]}|${name}` : segments.join("/");
            const document = JSON.parse(text) as Record<string, unknown>;
            put(document, key, value);
            expect(() => composition("flat", document)).toThrow(
              expect.objectContaining({
                name: "Problem",
                message: expect.stringContaining(name),
              }),
            );
          },
        ),
        { numRuns: isLong ? 10_000 : 300 },
      );
    },
    timeout,
  );

  it("are refused as shortcuts, and ignored below one", () => {
    for (const name of HOSTILE) {
      const document = JSON.parse(written("flat")) as Record<string, unknown>;
      expect(() => composition("flat", { ...document, [`ctx/${name}`]: "x" })).toThrow(`"ctx/${name}"`);
      put(document, `ctx/language/${name}|${name}`, "x");
      expect(composition("flat", document)).toBe(composition("flat", JSON.parse(written("flat"))));
    }
  });

  it(
    "are inert or refused as elements, attributes and types of canonical XML",
    () => {
      const text = written("xml");
      const unchanged = composition("xml", text);
      const tags = [...text.matchAll(/<[a-z_]+[^<>]*[^/<>]>|<[a-z_]>/g)];
      fc.assert(
        fc.property(fc.nat(), fc.nat(2), hostile, (at, kind, name) => {
          const match = tags[at % tags.length] as RegExpMatchArray;
          const [tag] = match;
          const end = (match.index ?? 0) + tag.length;
          const changed = [
            `${text.slice(0, end)}<${name}><polluted>true</polluted><${name}/></${name}>${text.slice(end)}`,
            `${text.slice(0, end - 1)} ${name}="x">${text.slice(end)}`,
            `${text.slice(0, match.index)}${tag.replace(/ xsi:type="[^"]*"|>$/, (found) =>
              found === ">" ? ">" : ` xsi:type="${name}"`,
            )}${text.slice(end)}`,
          ][kind] as string;
          // In a text of its own an element leaves nothing but the text around it.
          const isInText = kind === 0 && !/^\s*</.test(text.slice(end));
          if (!isInText) isInertOrRefused("xml", changed, unchanged);
        }),
        { numRuns: isLong ? 10_000 : 300 },
      );
    },
    timeout,
  );
});
