import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPENEHR_CODE_SETS } from "../../../src/openehr/rm/openehr-code-sets.generated.js";
import {
  codesOfCodeSet,
  type OpenehrCodeSet,
  terminologyOfCodeSet,
} from "../../../src/openehr/rm/openehr-code-sets.js";

const folder = new URL("../../../../shared/corpus/openehr-terminology/", import.meta.url);

describe("openEHR code sets", () => {
  it.skipIf(!existsSync(folder))("have the codes and terminology ids that are published", () => {
    const xml = ["openehr_external_terminologies.xml", "openehr_terminology_en.xml"]
      .map((file) => readFileSync(new URL(file, folder), "utf8"))
      .join("");
    const published = xml.split("<codeset ").slice(1);
    expect(published).toHaveLength(Object.keys(OPENEHR_CODE_SETS).length);
    for (const text of published) {
      const [, id = ""] = /openehr_id="([^"]+)"/.exec(text) ?? [];
      const [, terminology] = /external_id="([^"]+)"/.exec(text) ?? [];
      const codes = [...(text.split("</codeset>")[0] ?? "").matchAll(/<code\s+value="([^"]+)"/g)].map(
        ([, code]) => code,
      );
      expect([...codesOfCodeSet(id as OpenehrCodeSet)]).toEqual([...new Set(codes)]);
      expect(terminologyOfCodeSet(id as OpenehrCodeSet)).toBe(terminology);
    }
  });

  it("know a language with its region and are particular about letter case", () => {
    expect(codesOfCodeSet("languages").has("pt-br")).toBe(true);
    expect(codesOfCodeSet("languages").has("PT-BR")).toBe(false);
    expect(codesOfCodeSet("countries").has("constructor")).toBe(false);
  });
});
