import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../../src/errors/problem.js";
import { readCanonicalJson } from "../../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../../src/openehr/formats/canonical-json-writer.js";
import { readCanonicalXml } from "../../../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "../../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import { corpusCases, corpusFolder, hasCorpus } from "../../template/corpus.js";
import { CONCRETE_CLASSES, randomRmObject } from "../random-rm-object.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const timeout = isLong ? 600_000 : 30_000;

/** Any text that XML can hold, also line breaks, blanks at its ends and what must be escaped. */
const xmlText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ maxLength: 6 }) },
      { weight: 2, arbitrary: fc.constantFrom(" ", "\n", "\r", "\t", "&", "<", ">", '"', "]]>", "&amp;", "é", "😀") },
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join("").replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ""));

const anyObject = fc.constantFrom(...CONCRETE_CLASSES).chain((name) => randomRmObject(name, xmlText));

describe("any object of the reference model", () => {
  it(
    "comes back from canonical XML as it went in",
    () => {
      fc.assert(
        fc.property(anyObject, (object) => {
          expect(readCanonicalXml(writeCanonicalXml(object))).toEqual(object);
        }),
        { numRuns: isLong ? 20_000 : 300 },
      );
    },
    timeout,
  );

  it(
    "says the same in canonical XML and canonical JSON",
    () => {
      fc.assert(
        fc.property(anyObject, (object) => {
          const json = writeCanonicalJson(object);
          const xml = writeCanonicalXml(readCanonicalJson(json, object._type));
          expect(writeCanonicalJson(readCanonicalXml(xml))).toEqual(json);
        }),
        { numRuns: isLong ? 20_000 : 300 },
      );
    },
    timeout,
  );

  it(
    "is refused with its place when XML cannot hold one of its characters",
    () => {
      const unwritable = fc.constantFrom("\u0000", "\u001f", "\ud800", "\udc00", "\ufffe");
      const text = fc.tuple(fc.string(), unwritable, fc.string()).map((parts) => parts.join(""));
      fc.assert(
        fc.property(randomRmObject("DV_TEXT", text), (object) => {
          expect(() => writeCanonicalXml(object)).toThrow(
            expect.objectContaining({
              code: "CANONICAL_XML_CHARACTER",
              place: { path: expect.stringContaining("dv_text") },
            }),
          );
        }),
        { numRuns: isLong ? 1000 : 50 },
      );
    },
    timeout,
  );
});

describe.skipIf(!hasCorpus)("damaged canonical XML (needs the shared corpus)", () => {
  const sources = corpusCases("xml-")
    .map((id) => join(corpusFolder, "cases", id, "sdk/canonical.xml"))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"))
    .filter((xml) => xml.length < 60_000);

  /** Reads a text that may be anything; only a Problem may stop it. */
  function readsOrRefuses(xml: string): void {
    try {
      readCanonicalXml(xml);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
    }
  }

  it(
    "is read or refused with a Problem when characters are replaced",
    () => {
      const edits = fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.string({ maxLength: 8 })), {
        minLength: 1,
        maxLength: 3,
      });
      fc.assert(
        fc.property(fc.constantFrom(...sources), edits, (source, changes) => {
          let xml = source;
          for (const [at, length, text] of changes) {
            const start = at % xml.length;
            xml = xml.slice(0, start) + text + xml.slice(start + length);
          }
          readsOrRefuses(xml);
        }),
        { numRuns: isLong ? 10_000 : 100 },
      );
    },
    timeout,
  );

  it(
    "is read or refused with a Problem when whole elements are lost, doubled, renamed or changed",
    () => {
      const element = /<(?<name>[a-z_]+)(?: [^<>]*)?>[^<>]*<\/\k<name>>/g;
      const found = sources.map((source) => [...source.matchAll(element)]);
      const text = fc.constantFrom("", "-1", "1e999", "NaN", "__proto__", "P1Y", "\u{1F600}", "true", "<a/>", "&#13;");
      const name = fc.constantFrom("__proto__", "constructor", "toString", "value", "name", "items", "_type", "data");
      fc.assert(
        fc.property(
          fc.nat(sources.length - 1),
          fc.nat(),
          fc.constantFrom(0, 1, 2, 3),
          text,
          name,
          (which, at, kind, replacement, otherName) => {
            const source = sources[which] ?? "";
            const match = found[which]?.[at % (found[which]?.length ?? 1)];
            if (match === undefined) return;
            const [whole] = match;
            const changed = [
              "",
              whole + whole,
              whole.replace(/>[^<>]*</, () => `>${replacement}<`),
              whole.replaceAll(match.groups?.name ?? "", otherName),
            ][kind];
            readsOrRefuses(source.slice(0, match.index) + changed + source.slice(match.index + whole.length));
          },
        ),
        { numRuns: isLong ? 30_000 : 300 },
      );
    },
    timeout,
  );

  it(
    "is read or refused with a Problem when a type is another one",
    () => {
      const type = fc.oneof(fc.constantFrom(...CONCRETE_CLASSES), fc.constantFrom("LOCATABLE", "X", "__proto__", ""));
      fc.assert(
        fc.property(fc.constantFrom(...sources), fc.nat(), type, (source, at, other) => {
          const types = [...source.matchAll(/xsi:type="[^"]*"/g)];
          const match = types[at % types.length];
          if (match === undefined) return;
          readsOrRefuses(
            `${source.slice(0, match.index)}xsi:type="${other}"${source.slice(match.index + match[0].length)}`,
          );
        }),
        { numRuns: isLong ? 10_000 : 100 },
      );
    },
    timeout,
  );
});
