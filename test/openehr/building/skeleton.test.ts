import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import type { CompositionDraft } from "../../../src/openehr/building/composition-draft.js";
import { draftFromComposition } from "../../../src/openehr/building/draft-from-composition.js";
import { buildSkeleton, type Skeleton, skeletonsOf } from "../../../src/openehr/building/skeleton.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { TemplateNode } from "../../../src/openehr/template/template.js";
import { descendants } from "../../../src/openehr/template/template-paths.js";

const root = join(import.meta.dirname, "..", "..", "..");
const settings = { now: () => "2024-05-06T07:08:09", territory: "DE" };
const shipped = readFileSync(join(root, "templates", "vital_signs.opt"), "utf8");
const example = readFileSync(join(root, "test", "examples", "vital-signs", "composition.json"), "utf8");

function vitalSigns() {
  const template = parseOperationalTemplate(shipped);
  const nodes: readonly TemplateNode[] = [template.root, ...descendants(template.root)];
  const draft = (): CompositionDraft => draftFromComposition(readCanonicalJson(JSON.parse(example)), template);
  return { template, nodes, draft, complete: () => completeComposition(draft(), settings) };
}

/** Every object and list in a value, itself included. */
function partsOf(value: unknown): ReadonlySet<object> {
  const parts = new Set<object>();
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null || parts.has(next)) continue;
    parts.add(next);
    open.push(...Object.values(next));
  }
  return parts;
}

describe("the skeletons of a template", () => {
  it("are frozen to the last leaf", () => {
    const { template, nodes } = vitalSigns();
    const parts = nodes.flatMap((node) => [...partsOf(skeletonsOf(template).of(node))]);
    expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
  });

  it("are built once and shared", () => {
    const { template, nodes } = vitalSigns();
    for (const node of nodes) expect(skeletonsOf(template).of(node)).toBe(skeletonsOf(template).of(node));
  });

  it("are after many runs what they were at first", () => {
    const { template, nodes, complete } = vitalSigns();
    for (let run = 0; run < 50; run++) complete();
    const used: readonly Skeleton[] = nodes.map((node) => skeletonsOf(template).of(node));
    expect(used).toEqual(nodes.map((node) => buildSkeleton(node, template)));
  });

  it("make the same composition as skeletons that are built for one run alone", () => {
    const { template, draft, complete } = vitalSigns();
    const alone = completeComposition(draft(), settings, { of: (node) => buildSkeleton(node, template) });
    expect(complete()).toEqual(alone);
  });
});

describe("two compositions of one template", () => {
  it("share only what is frozen, so that no request can touch another's", () => {
    const { complete } = vitalSigns();
    const [one, other] = [partsOf(complete()), partsOf(complete())];
    const both = [...one].filter((part) => other.has(part));
    expect(both.length).toBeGreaterThan(0);
    expect(both.filter((part) => !Object.isFrozen(part))).toEqual([]);
    for (const part of both) expect(() => Object.assign(part, { changed: true })).toThrow(TypeError);
  });

  it("do not change with each other: whatever is written into one, all the others stay", () => {
    const { complete } = vitalSigns();
    const before = complete();
    const text = JSON.stringify(before);
    for (let run = 0; run < 20; run++) {
      for (const part of partsOf(complete())) {
        if (Object.isFrozen(part)) continue;
        if (Array.isArray(part)) part.length = 0;
        else for (const member of Object.keys(part)) Reflect.set(part, member, "changed");
      }
    }
    expect(JSON.stringify(before)).toBe(text);
    expect(JSON.stringify(complete())).toBe(text);
  });
});
