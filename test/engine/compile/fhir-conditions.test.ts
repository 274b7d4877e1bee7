import { describe, expect, it } from "vitest";
import { compileFhirCondition } from "../../../src/engine/compile/fhir-conditions.js";
import { readFhirPathText } from "../../../src/engine/compile/fhir-path-text.js";
import type { FhirCondition } from "../../../src/engine/plan.js";
import { openFhirSemantics, type Semantics, v1Semantics } from "../../../src/engine/semantics.js";
import { readMethodText } from "../../fhirconnect/mapping-text.js";

interface Guarded {
  /** The method's own FHIR path. */
  readonly path: string;
  /** Steps from the model's object to the enclosing element. */
  readonly enclosing?: readonly string[];
}

/** Compiles a condition; paths stay texts, so that a test can see what would be read. */
function compiled(
  { path, enclosing = [] }: Guarded,
  condition: string,
  semantics: Semantics = v1Semantics,
): Omit<FhirCondition, "root" | "rest" | "attributes"> & {
  readonly root: string | undefined;
  readonly rest: string | undefined;
  readonly attributes: readonly string[];
} {
  const method = readMethodText(`  - name: guarded
    with: { fhir: "${path}", openehr: "$archetype" }
    fhirCondition: ${condition}`);
  const [only] = method.fhirConditions;
  if (only === undefined) throw new Error("no condition");
  const read = (steps: readonly string[]) => steps.join(".") as never;
  const guarded = { own: readFhirPathText(path), hasElements: true, enclosing };
  return compileFhirCondition(only, guarded, read, semantics) as never;
}

describe("a condition on the path of its method", () => {
  it("filters the mapped elements when it looks at them", () => {
    const condition = compiled(
      { path: "$resource.code.coding" },
      `{ targetRoot: "$resource.code.coding", targetAttribute: system, operator: "one of", criteria: "urn:s" }`,
    );
    expect(condition).toMatchObject({
      relation: "filter",
      base: "model",
      root: "code.coding",
      rest: undefined,
      attributes: ["system"],
    });
  });

  it("filters the elements above the mapped ones when it looks at those", () => {
    const condition = compiled(
      { path: "$resource.identifier.value" },
      `{ targetRoot: "$resource.identifier", targetAttribute: "type.coding.code", operator: "one of", criteria: "MR" }`,
    );
    expect(condition).toMatchObject({
      relation: "filter",
      root: "identifier",
      rest: "value",
      attributes: ["type.coding.code"],
    });
  });

  it("tests the mapped elements through what is below them", () => {
    const condition = compiled(
      { path: "$resource.code" },
      `{ targetRoot: "$resource.code.coding", targetAttribute: code, operator: "one of", criteria: "a" }`,
    );
    expect(condition).toMatchObject({ relation: "below", root: undefined, attributes: ["coding.code"] });
  });

  it("does not mistake an element for one that begins with the same letters", () => {
    const condition = compiled({ path: "$resource.codes" }, `{ targetRoot: "$resource.code", operator: "not empty" }`);
    expect(condition.relation).toBe("switch");
  });

  it("is found there also when it is written from the model's object", () => {
    const condition = compiled(
      { path: "value", enclosing: ["identifier"] },
      `{ targetRoot: "$resource.identifier.value", operator: "one of", criteria: "7" }`,
    );
    expect(condition).toMatchObject({ relation: "filter", base: "enclosing", root: "value" });
  });
});

describe("a condition elsewhere", () => {
  it("is a switch for the whole method", () => {
    const condition = compiled(
      { path: "$resource.code" },
      `{ targetRoot: "$resource.status", operator: "one of", criteria: "final" }`,
    );
    expect(condition).toMatchObject({ relation: "switch", base: "model", root: "status", attributes: [] });
  });

  it("is a switch on the enclosing element when it is written from there", () => {
    const condition = compiled(
      { path: "$resource.code", enclosing: ["component"] },
      `{ targetRoot: "$fhirRoot", targetAttribute: status, operator: "one of", criteria: "final" }`,
    );
    expect(condition).toMatchObject({ base: "enclosing", root: undefined, attributes: ["status"] });
  });

  it.each([
    [v1Semantics, []],
    [openFhirSemantics, ["component"]],
  ] as const)("looks at the model's object from a root `$fhirRoot` that means it: $name", (semantics, enclosing) => {
    const condition = compiled(
      { path: "$resource.code", enclosing },
      `{ targetRoot: "$fhirRoot", targetAttribute: status, operator: "one of", criteria: "final" }`,
      semantics,
    );
    expect(condition).toMatchObject({ base: "model", root: undefined, rest: "code", attributes: ["status"] });
  });
});

describe("the criteria of a condition", () => {
  function accepts(operator: string, criteria: string, semantics: Semantics): (values: readonly string[]) => boolean {
    const condition = `{ targetRoot: "$resource.code", operator: "${operator}", criteria: ${criteria} }`;
    return compiled({ path: "$resource.code" }, condition, semantics).accepts;
  }

  describe.each([v1Semantics, openFhirSemantics])("read as $name", (semantics) => {
    it("accept any of themselves", () => {
      const oneOf = accepts("one of", '["final", "amended"]', semantics);
      expect(oneOf(["final"])).toBe(true);
      expect(oneOf(["draft", "amended"])).toBe(true);
      expect(oneOf(["draft"])).toBe(false);
    });

    it("accept nothing where there are no values", () => {
      expect(accepts("one of", '["final"]', semantics)([])).toBe(false);
    });

    it("refuse any of themselves after `not of`, and nothing where there are no values", () => {
      const notOf = accepts("not of", '["final", "amended"]', semantics);
      expect(notOf(["draft"])).toBe(true);
      expect(notOf(["draft", "final"])).toBe(false);
      expect(notOf([])).toBe(true);
    });

    it("tell capital letters from small ones", () => {
      expect(accepts("one of", '["Final"]', semantics)(["final"])).toBe(false);
    });

    it("take numbers and booleans for their text", () => {
      expect(accepts("one of", "true", semantics)(["true"])).toBe(true);
      expect(accepts("one of", "12", semantics)(["12"])).toBe(true);
    });
  });

  it("are compared as a whole by the language page, and as a part by today's engine", () => {
    expect(accepts("one of", '["1"]', v1Semantics)(["12"])).toBe(false);
    expect(accepts("one of", '["1"]', openFhirSemantics)(["12"])).toBe(true);
  });

  it("in one bracketed text are all meant by the language page, the first by today's engine", () => {
    expect(accepts("one of", '"[a, b]"', v1Semantics)(["b"])).toBe(true);
    expect(accepts("one of", '"[a, b]"', openFhirSemantics)(["b"])).toBe(false);
    expect(accepts("one of", '"[a, b]"', openFhirSemantics)(["a"])).toBe(true);
  });
});
