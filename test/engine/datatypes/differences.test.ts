import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openFhirSemantics } from "../../../src/engine/semantics.js";
import type { PairClaim } from "./measure-pairs.js";

const docs = new URL("../../../docs/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, docs), "utf8"));
const { differences } = read("differences.json") as {
  readonly differences: readonly { readonly rule: string; readonly pattern: string; readonly why: string }[];
};
const { pairs } = read("data-types.json") as { readonly pairs: readonly PairClaim[] };

/** Diagnostic codes and operators in the engine, keywords in what reads mapping files. */
const source = ["engine", "fhirconnect/syntax", "fhirconnect/merge"]
  .map((room) => new URL(`../../../src/${room}/`, import.meta.url))
  .flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(new URL(name, room), "utf8")),
  )
  .join("\n");

function exists(rule: string): boolean {
  const [from, to] = rule.split("→");
  if (to === undefined) return Object.hasOwn(openFhirSemantics, rule) || source.includes(`"${rule}"`);
  return pairs.some(({ openEhr, fhir, direction }) =>
    direction === "toFhir" ? openEhr === from && fhir === to : fhir === from && openEhr === to,
  );
}

describe("docs/differences.json", () => {
  it.each(differences)("names a rule that exists: $rule", ({ rule, pattern, why }) => {
    expect(exists(rule)).toBe(true);
    expect(pattern).not.toBe("");
    expect(why).not.toBe("");
  });

  it("says each thing once", () => {
    const said = differences.map(({ rule, pattern }) => `${rule} ${pattern}`);
    expect(new Set(said).size).toBe(said.length);
  });
});
