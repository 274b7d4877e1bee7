import { describe, expect, it } from "vitest";
import { openFhirSemantics, type Semantics, v1Semantics } from "../../../src/engine/semantics.js";
import { conversionExamples } from "./conversion-examples.js";
import type { Example } from "./example.js";
import { toFhirExamples } from "./to-fhir-examples.js";
import { toOpenEhrExamples } from "./to-openehr-examples.js";

type Member = Exclude<keyof Semantics, "name">;

/** One example for each member; a new member without one is a type error here and fails the test below. */
const examples: Record<Member, Example> = { ...toOpenEhrExamples, ...toFhirExamples, ...conversionExamples };

describe("files read as openFHIR and as v1.0.0 differ where", () => {
  it.each(Object.entries(examples))("(%s) $where", (member, { outcome, openfhir, v1 }) => {
    expect(outcome(openFhirSemantics)).toEqual(openfhir);
    expect(outcome(v1Semantics)).toEqual(v1);
    const changed = { ...openFhirSemantics, [member]: v1Semantics[member as Member] };
    expect(outcome(changed), `${member} alone decides`).toEqual(v1);
  });
});

describe("every member of Semantics", () => {
  it("has an example", () => {
    const members = Object.keys(openFhirSemantics).filter((member) => member !== "name");
    expect(Object.keys(examples).sort()).toEqual(members.sort());
  });

  it("is another for v1.0.0", () => {
    for (const member of Object.keys(openFhirSemantics) as (keyof Semantics)[])
      expect([member, v1Semantics[member]]).not.toEqual([member, openFhirSemantics[member]]);
  });
});
