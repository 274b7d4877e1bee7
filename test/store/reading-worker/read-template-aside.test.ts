import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/errors/problem.js";
import type { Template, TemplateNode } from "../../../src/openehr/template/template.js";
import { webTemplateOf } from "../../../src/openehr/template/web-template.js";
import { webTemplateJson } from "../../../src/openehr/template/web-template-json.js";
import {
  exampleAside,
  isReadAside,
  readTemplateAside,
  templateIdAside,
  webTemplateAside,
} from "../../../src/store/reading-worker/read-template-aside.js";
import { readTemplateText } from "../../../src/store/template-text.js";

const project = join(import.meta.dirname, "..", "..", "..");
const short = readFileSync(join(project, "templates/vital_signs.opt"), "utf8");
/** A template that is long because of a comment: any text is read aside that is long enough. */
const long = short.replace("<template ", `<!--${" long".repeat(30_000)} -->\n<template `);
const corpus = join(project, "..", "shared", "corpus", "openehr-sdk", "opt");

/** A template without the references to parents, which have no end. */
function spread({ root, ...head }: Template): unknown {
  const nodes: unknown[] = [];
  const visit = (node: TemplateNode): void => {
    nodes.push({ ...node, parent: node.parent?.ordinal, children: node.children.map(({ ordinal }) => ordinal) });
    for (const child of node.children) visit(child);
  };
  visit(root);
  return { head, nodes };
}

function isFrozenAll(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value !== "object" || value === null || value instanceof Map || seen.has(value)) return true;
  seen.add(value);
  return Object.isFrozen(value) && Object.values(value).every((member) => isFrozenAll(member, seen));
}

describe("reading a template in a thread of its own", () => {
  it("is done for long texts only", () => {
    expect(isReadAside(long)).toBe(true);
    expect(isReadAside(short)).toBe(false);
  });

  it("gives what reading it here gives, immutable as well", async () => {
    const read = await readTemplateAside(long, "vital_signs.opt");
    expect(spread(read)).toEqual(spread(readTemplateText(long, "vital_signs.opt")));
    expect(isFrozenAll(read)).toBe(true);
    expect(read.root.children[0]?.parent).toBe(read.root);
  });

  it.skipIf(!existsSync(corpus))("gives the same for the largest templates of the corpus (needs it)", async () => {
    const texts = readdirSync(corpus)
      .map((file) => readFileSync(join(corpus, file), "utf8"))
      .filter((text) => isReadAside(text))
      .sort((one, other) => other.length - one.length)
      .slice(0, 4);
    expect(texts).toHaveLength(4);
    for (const text of texts) {
      expect(spread(await readTemplateAside(text))).toEqual(spread(readTemplateText(text)));
    }
  });

  it("rejects with the problems that reading it here throws", async () => {
    for (const broken of [long.replace("</template>", ""), long.replace(/<template_id>.*?<\/template_id>/s, "")]) {
      const thrown = (() => {
        try {
          readTemplateText(broken, "broken.opt");
        } catch (error) {
          return error as Problem;
        }
        return undefined;
      })();
      const rejected = await templateIdAside(broken, "broken.opt").catch((error: unknown) => error);
      expect(rejected).toBeInstanceOf(Problem);
      expect((rejected as Problem).toLine()).toBe(thrown?.toLine());
    }
  });

  it("reads several at once, each to its own end", async () => {
    const ids = ["one", "two", "three", "four", "five"];
    const read = await Promise.all(
      ids.map((id) => readTemplateAside(long.replace("<value>vital_signs</value>", `<value>${id}</value>`))),
    );
    expect(read.map(({ templateId }) => templateId)).toEqual(ids);
  });

  it("makes the web template and examples", async () => {
    const text = { content: long, file: undefined };
    expect(await webTemplateAside(text)).toBe(webTemplateJson(webTemplateOf(readTemplateText(short))));
    const wanted = { format: "flat", extent: "minimal", now: "2026-11-21T10:30:00", territory: "SI" } as const;
    expect(await exampleAside(text, wanted)).toContain('"2026-11-21T10:30:00"');
  });
});
