import { describe, expect, it } from "vitest";
import { parseAqlPath } from "../../../src/openehr/rm/aql-path.js";
import {
  draftIndexesOf,
  type FlatStep,
  flatNames,
  flatPathOf,
  resolveFlatPath,
} from "../../../src/openehr/template/flat-names.js";
import { nodeAt, repeatableChain } from "../../../src/openehr/template/template-paths.js";
import { caseTemplate, corpusCases, corpusTemplate, hasCorpus, readCaseFile } from "./corpus.js";

interface ReadKey {
  readonly names: readonly string[];
  readonly indexes: readonly number[];
}

/** The part of a FLAT key that names template nodes: up to the attribute or the first underscore segment. */
function readKey(key: string): ReadKey {
  const segments = (key.split("|")[0] ?? "").split("/");
  const underscore = segments.findIndex((segment) => segment.startsWith("_"));
  const used = (underscore < 0 ? segments : segments.slice(0, underscore)).map((segment) => segment.split(":"));
  return { names: used.map(([name = ""]) => name), indexes: used.map(([, index]) => Number(index ?? 0)) };
}

/**
 * Attributes of an interval event that a template leaves as plain EVENT have no node; and the reference writes the
 * children of an unconstrained context below the root, where nobody can read them.
 */
const WITHOUT_NODE = [/\/any_event_en:1\/(width|math_function)/, /^nesting\/(start_time|setting)/];

describe.skipIf(!hasCorpus)("FLAT names (needs the shared corpus)", () => {
  it.each(corpusCases("flat-"))("%s: every key is found and written back the same", (id) => {
    const names = flatNames(caseTemplate(id));
    for (const file of ["sdk/flat.json", "reference/flat-out.json"]) {
      for (const key of Object.keys((readCaseFile(id, file) as object | undefined) ?? {})) {
        if (key.startsWith("ctx") || WITHOUT_NODE.some((pattern) => pattern.test(key))) continue;
        const read = readKey(key);
        const step = resolveFlatPath(names, read.names);
        expect([key, step === undefined]).toEqual([key, false]);
        for (const { node } of (step as FlatStep).targets) {
          const written = flatPathOf(names, node, draftIndexesOf(step as FlatStep, node, read.indexes)) ?? "";
          expect(readKey(written)).toEqual(read);
        }
      }
    }
  });

  it("writes an index for repeatable nodes only, that of the ELEMENT for its value", () => {
    const template = corpusTemplate("ehrbase_multi_occurrence.de.opt");
    const names = flatNames(template);
    const step = resolveFlatPath(names, ["encounter", "body_temperature", "any_event", "temperature"]);
    expect(step?.targets[0].node.rmType).toBe("DV_QUANTITY");
    expect(step?.targets[0].element?.rmType).toBe("ELEMENT");
    expect(flatPathOf(names, (step as FlatStep).targets[0].node, [2, 3])).toBe(
      "encounter/body_temperature:2/any_event:3/temperature",
    );
  });

  it("shows the context even when the template does not constrain it", () => {
    const names = flatNames(corpusTemplate("nested.en.v1.opt"));
    expect(resolveFlatPath(names, ["nesting", "context", "start_time"])?.targets[0].node.rmType).toBe("DV_DATE_TIME");
  });

  it("gives a text and coded text ELEMENT one name with both values", () => {
    const template = corpusTemplate("corona_anamnese.opt");
    const merged = [...flatNames(template).steps.values()].find(({ targets }) => targets.length === 2);
    expect(merged?.targets.map(({ node }) => node.rmType)).toEqual(["DV_CODED_TEXT", "DV_TEXT"]);
  });

  it("tells nodes with the same name under one visible parent apart by number", () => {
    const template = corpusTemplate("conformance_ehrbase.de.v0.opt");
    const names = flatNames(template);
    const action = ["conformance-ehrbase.de.v0", "conformance_section", "conformance_action"];
    const first = resolveFlatPath(names, [...action, "dv_text"])?.targets[0].node;
    const second = resolveFlatPath(names, [...action, "dv_text2"])?.targets[0].node;
    expect(first?.path.map(({ attribute }) => attribute)).toContain("description");
    expect(second?.path.map(({ attribute }) => attribute)).toContain("protocol");
  });

  it("accepts interval_of_quantity_value for an interval among choices", () => {
    const template = corpusTemplate("Test_all_types.opt");
    const names = flatNames(template);
    for (const step of new Set(names.steps.values())) {
      if (!step.name.startsWith("interval<dv_")) continue;
      const other = step.name.replace("interval<dv_", "interval_of_").replace(">_value", "_value");
      expect(step.parent?.children.get(other)).toBe(step);
    }
  });

  it("has no two nodes at one path", () => {
    for (const id of corpusCases("flat-")) {
      const written = new Map<string, FlatStep>();
      for (const step of new Set(flatNames(caseTemplate(id)).steps.values())) {
        const path = step.segments.map(({ name }) => name).join("/");
        expect(written.has(path)).toBe(false);
        written.set(path, step);
      }
    }
  });

  it("does not find what is not in the template", () => {
    const names = flatNames(corpusTemplate("nested.en.v1.opt"));
    for (const path of [[], ["__proto__"], ["nesting", "constructor"], ["nesting", "no_such_node"], ["other"]]) {
      expect(resolveFlatPath(names, path)).toBeUndefined();
    }
  });

  it("has no name for structural nodes and hidden attributes", () => {
    const template = corpusTemplate("ehrbase_multi_occurrence.de.opt");
    const observation = "/content[openEHR-EHR-OBSERVATION.body_temperature.v2]";
    for (const path of ["/data[at0002]", "/data[at0002]/origin", "/uid"]) {
      const node = nodeAt(template, parseAqlPath(`${observation}${path}`));
      expect([path, node === undefined]).toEqual([path, false]);
      if (node !== undefined) expect([path, flatPathOf(flatNames(template), node)]).toEqual([path, undefined]);
    }
  });

  it("computes the names of a template once", () => {
    const template = corpusTemplate("nested.en.v1.opt");
    expect(flatNames(template)).toBe(flatNames(template));
    expect(repeatableChain(template.root)).toEqual([]);
  });
});
