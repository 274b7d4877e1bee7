import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { descendants } from "../../../src/openehr/template/template-paths.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { hasCorpus } from "../template/corpus.js";
import { constraint, occurrences } from "../template/small-template.js";
import { element, primitive, templateOfItems, templateOfValue } from "../validation/small-validation-template.js";
import { allTemplates, objectsOf, templateNamed } from "./all-templates.js";

const now = (): string => "2026-11-21T10:30:00";

/** How many objects a composition has. */
function size(composition: RmObject): number {
  return [...objectsOf(composition)].length;
}

describe.skipIf(!hasCorpus)("examples of the corpus's templates (needs the shared corpus)", () => {
  it("cover all templates", () => {
    expect(allTemplates.size).toBe(76);
  });

  it.each([...allTemplates.keys()])("%s has a valid minimal and a valid maximal example", (name) => {
    const template = templateNamed(name);
    const minimal = exampleComposition(template, { extent: "minimal", now });
    const maximal = exampleComposition(template, { extent: "maximal", now });
    expect(validateComposition(minimal, template)).toEqual([]);
    expect(validateComposition(maximal, template)).toEqual([]);
    expect(size(minimal)).toBeLessThanOrEqual(size(maximal));
  });

  it("shows every ELEMENT that the template names in the maximal example", () => {
    const template = templateNamed("corona_anamnese.opt");
    const maximal = exampleComposition(template, { extent: "maximal", now });
    const shown = new Set([...objectsOf(maximal)].map(({ archetype_node_id: nodeId }) => nodeId));
    const named = [...descendants(template.root)].filter(({ rmType }) => rmType === "ELEMENT");
    expect(named.filter(({ nodeId }) => !shown.has(nodeId)).map(({ name }) => name)).toEqual([]);
  });

  it("shows every alternative of a repeatable ELEMENT in the maximal example", () => {
    const template = templateNamed("Testing_Template_N.opt");
    const types = new Set([...objectsOf(exampleComposition(template, { extent: "maximal", now }))].map(typeOf));
    const repeatable = [...descendants(template.root)].filter(
      ({ rmType, max, children }) => rmType === "ELEMENT" && max === -1 && children.length > 1,
    );
    for (const { children } of repeatable) {
      for (const { attribute, rmType } of children) {
        if (attribute === "value") expect(types).toContain(rmType.replace(/<.*/, ""));
      }
    }
  });

  it("is the same for the same seed and another for another", () => {
    const template = templateNamed("Test_all_types.opt");
    const random = (seed: number): RmObject => exampleComposition(template, { extent: "random", now, seed });
    expect(random(7)).toEqual(random(7));
    expect(random(7)).not.toEqual(random(8));
  });
});

function typeOf({ _type }: RmObject): string {
  return _type;
}

describe("an example", () => {
  const template = templateOfItems(
    element("at0002", "", occurrences("1", "*")) + element("at0003", "", occurrences("0", "1")),
    { at0003: "Other" },
  );
  const nodeIds = (extent: "minimal" | "maximal"): readonly unknown[] =>
    [...objectsOf(exampleComposition(template, { extent, now }))]
      .filter(({ _type }) => _type === "ELEMENT")
      .map(({ archetype_node_id: nodeId }) => nodeId);

  it("shows what is mandatory, and optional nodes only when it is maximal", () => {
    expect(nodeIds("minimal")).toEqual(["at0002"]);
    expect(new Set(nodeIds("maximal"))).toEqual(new Set(["at0002", "at0003"]));
  });

  it("happens at the given time, in the given territory, in the language of the template", () => {
    const composition = exampleComposition(template, { extent: "minimal", now, territory: "NL" });
    expect(composition).toMatchObject({
      language: { code_string: "en" },
      territory: { code_string: "NL" },
      context: { start_time: { value: "2026-11-21T10:30:00" } },
    });
  });

  it.each([
    ["DV_DATE", "C_DATE", "yyyy-mm-XX", "2026-11"],
    ["DV_DATE_TIME", "C_DATE_TIME", "yyyy-mm-ddTHH:MM:SS", "2026-11-21T10:30:00"],
    ["DV_DATE_TIME", "C_DATE_TIME", "yyyy-mm-ddTHH:XX:XX", "2026-11-21T10"],
    ["DV_TIME", "C_TIME", "HH:MM:XX", "10:30"],
  ])("gives a %s the parts of its %s pattern %s", (type, constraintType, pattern, value) => {
    const wanted = templateOfValue(primitive(type, "value", constraintType, `<pattern>${pattern}</pattern>`));
    const example = exampleComposition(wanted, { extent: "maximal", now });
    expect([...objectsOf(example)]).toContainEqual({ _type: type, value });
  });

  it("fills a structure that must not be empty in an open slot, with an archetype of its own", () => {
    const slot = constraint("ARCHETYPE_SLOT", "CLUSTER", "at0005", "", occurrences("0", "*"));
    const cluster = `<children xsi:type="C_COMPLEX_OBJECT"><rm_type_name>CLUSTER</rm_type_name>${occurrences("1", "1")}<node_id>at0004</node_id><attributes xsi:type="C_MULTIPLE_ATTRIBUTE"><rm_attribute_name>items</rm_attribute_name>${slot}</attributes></children>`;
    const mandatory = templateOfItems(cluster, { at0004: "Group", at0005: "Slot" });
    const composition = exampleComposition(mandatory, { extent: "maximal", now });
    expect(validateComposition(composition, mandatory)).toEqual([]);
    const nodes = [...objectsOf(composition)].map(({ archetype_node_id: nodeId }) => nodeId);
    expect(nodes).toContain("openEHR-EHR-CLUSTER.example.v1");
  });

  it("belongs to the caller", () => {
    const first = exampleComposition(template, { extent: "maximal", now });
    const before = structuredClone(first);
    const second = exampleComposition(template, { extent: "maximal", now });
    (second.content as RmObject[]).length = 0;
    (second.context as RmObject).start_time = { _type: "DV_DATE_TIME", value: "2000" };
    expect(first).toEqual(before);
  });
});
