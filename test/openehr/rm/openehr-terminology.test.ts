import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RUBRIC_LANGUAGES } from "../../../src/openehr/rm/openehr-rubrics.generated.js";
import {
  codeOfRubric,
  codesOfGroup,
  groupOfAttribute,
  localizedRubricOf,
  type OpenehrGroup,
  rubricOf,
  STATE_AFTER_TRANSITION,
} from "../../../src/openehr/rm/openehr-terminology.js";
import { OPENEHR_GROUPS } from "../../../src/openehr/rm/openehr-terminology-groups.js";

const published = new URL("../../../../shared/corpus/openehr-terminology/openehr_terminology_en.xml", import.meta.url);

describe("openEHR terminology", () => {
  it.skipIf(!existsSync(published))("has the codes and rubrics of the published groups", () => {
    const xml = readFileSync(published, "utf8");
    for (const group of Object.keys(OPENEHR_GROUPS) as OpenehrGroup[]) {
      const part = xml.split(`<group name="${group}"`)[1]?.split("</group>")[0] ?? "";
      const concepts = [...part.matchAll(/<concept id="([^"]+)" rubric="([^"]+)"/g)].map(([, code, rubric]) => [
        code,
        rubric?.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&"),
      ]);
      expect([group, [...codesOfGroup(group)].sort()]).toEqual([group, concepts.sort()]);
    }
  });

  it("reads a code in the group of its attribute", () => {
    expect(rubricOf("532", groupOfAttribute("current_state"))).toBe("completed");
    expect(rubricOf("532", groupOfAttribute("lifecycle_state"))).toBe("complete");
    expect(rubricOf("433")).toBe("event");
    expect(rubricOf("433", "setting")).toBeUndefined();
  });

  it("knows Spanish, Japanese and Portuguese rubrics, and English ones for other languages", () => {
    const rubrics = ["es", "ja", "pt", "en", "de"].map((language) =>
      localizedRubricOf("532", "instruction states", language),
    );
    expect(rubrics).toEqual(["completado", "完了", "concluído", "completed", "completed"]);
    expect(localizedRubricOf("433", undefined, "es")).toBe("evento");
    expect(localizedRubricOf("433", "setting", "es")).toBeUndefined();
    expect(localizedRubricOf("constructor", "setting", "es")).toBeUndefined();
  });

  it("has a translation for every code", () => {
    for (const group of Object.keys(OPENEHR_GROUPS) as OpenehrGroup[]) {
      for (const code of codesOfGroup(group).keys()) {
        for (const language of RUBRIC_LANGUAGES) expect(localizedRubricOf(code, group, language)).toBeTruthy();
      }
    }
  });

  it("finds codes by rubric whatever the letter case", () => {
    expect(codeOfRubric("Secondary Medical Care", "setting")).toBe("232");
    expect(codeOfRubric("no such place", "setting")).toBeUndefined();
  });

  it("leads from every transition to an instruction state", () => {
    expect([...STATE_AFTER_TRANSITION.keys()].sort()).toEqual(
      [...codesOfGroup("instruction transitions").keys()].sort(),
    );
    for (const state of STATE_AFTER_TRANSITION.values()) expect(rubricOf(state, "instruction states")).toBeDefined();
  });
});
