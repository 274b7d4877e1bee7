import { describe, expect, it } from "vitest";
import { CompositionDraft } from "../../../src/openehr/building/composition-draft.js";
import { parseAqlPath } from "../../../src/openehr/rm/aql-path.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { TemplateNode } from "../../../src/openehr/template/template.js";
import {
  ancestorChain,
  childrenAt,
  descendants,
  nodeAt,
  nodesAt,
  repeatableChain,
} from "../../../src/openehr/template/template-paths.js";
import { corpusTemplate, hasCorpus } from "./corpus.js";
import { attribute, ITEMS, nameList, object, occurrences, smallTemplate } from "./small-template.js";

const template = parseOperationalTemplate(
  smallTemplate({
    items: object(
      "CLUSTER",
      "at0002",
      nameList("Left", "Right") +
        attribute("items", object("ELEMENT", "at0003", "", occurrences("0", "*")), "C_MULTIPLE_ATTRIBUTE"),
      occurrences("0", "*"),
    ),
    terms: { at0002: "Side", at0003: "Value" },
  }),
);

describe("paths in a template", () => {
  it("lead to all nodes when they leave the name open, to one when they give it", () => {
    expect(nodesAt(template.root, parseAqlPath(`${ITEMS}[at0002]/items[at0003]`))).toHaveLength(2);
    const right = nodesAt(template.root, parseAqlPath(`${ITEMS}[at0002,'Right']/items[at0003]`));
    expect(right.map(({ parent }) => parent?.name)).toEqual(["Right"]);
  });

  it("lead to all children of an attribute when they leave the node id open", () => {
    expect(nodesAt(template.root, parseAqlPath(ITEMS)).map(({ name }) => name)).toEqual(["Left", "Right"]);
  });

  it("lead nowhere when a step does not exist", () => {
    expect(nodeAt(template, parseAqlPath(`${ITEMS}[at0099]`))).toBeUndefined();
    expect(nodeAt(template, parseAqlPath(`${ITEMS}[at0002,'Middle']`))).toBeUndefined();
    expect(nodeAt(template, [])).toBe(template.root);
  });

  it("find every node again by its own path", () => {
    for (const node of descendants(template.root)) {
      expect(nodesAt(template.root, node.path)).toContain(node);
      expect(ancestorChain(node).at(-1)).toBe(node);
      expect(ancestorChain(node)[0]).toBe(template.root);
    }
  });

  it("find children by attribute, node id and name", () => {
    const tree = nodeAt(template, parseAqlPath(ITEMS.replace("/items", ""))) as TemplateNode;
    expect(childrenAt(tree, "items", "at0002", "Left").map(({ name }) => name)).toEqual(["Left"]);
    expect(childrenAt(tree, "items", "at0003")).toEqual([]);
  });

  it("count repeatable nodes in the order a draft takes its indexes", () => {
    const element = nodeAt(template, parseAqlPath(`${ITEMS}[at0002,'Right']/items[at0003]`)) as TemplateNode;
    expect(repeatableChain(element).map(({ rmType }) => rmType)).toEqual(["CLUSTER", "ELEMENT"]);
    const occurrence = new CompositionDraft(template).at(element, [2, 5]);
    expect([occurrence.node, occurrence.index]).toEqual([element, 5]);
  });

  it.skipIf(!hasCorpus)("lead back to every node of a real template (needs the shared corpus)", () => {
    const real = corpusTemplate("aql_demo.hip.de.v0.opt");
    for (const node of descendants(real.root)) expect(nodesAt(real.root, node.path)).toContain(node);
  });
});
