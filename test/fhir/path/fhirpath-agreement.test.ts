import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Model, ResourceNode } from "fhirpath";
import fhirpath from "fhirpath";
import { describe, expect, it } from "vitest";
import { bundleResources } from "../../../src/fhir/bundle/bundle-resources.js";
import { referenceIndex } from "../../../src/fhir/bundle/index-references.js";
import { isJsonObject, type JsonObject } from "../../../src/fhir/json.js";
import { compileFhirPath } from "../../../src/fhir/path/compile-fhir-path.js";
import { fhirNodeOf } from "../../../src/fhir/path/node-text.js";
import { parseFhirPath } from "../../../src/fhir/path/parse-fhir-path.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const r4 = fhirSchema("R4");
const model = createRequire(import.meta.url)("fhirpath/fhir-context/r4") as Model;
const kds = fileURLToPath(new URL("../../../../shared/conformance/openfhir/kds/", import.meta.url));

/** What the fhirpath package finds, as JSON; a primitive with extensions only counts as an absent value. */
function byPackage(path: string, resource: JsonObject): unknown[] {
  // `as()` of the package insists on a single value.
  const expression = path.replaceAll("as(", "ofType(");
  const nodes = fhirpath.evaluate(resource, expression, undefined, model, { resolveInternalTypes: false });
  return (nodes as ResourceNode[]).map((node) => {
    const json = JSON.stringify(node);
    return json === undefined || json === "null" ? undefined : JSON.parse(json);
  });
}

function byUs(path: string, resource: JsonObject): unknown[] {
  const nodes = compileFhirPath(path, r4).evaluate(fhirNodeOf(resource), referenceIndex(resource));
  return nodes.map((node) => node.value);
}

/** Paths of the rule dumps that need no references, with FHIR's type names, which the package insists on. */
function rulePaths(): string[] {
  const paths = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (isJsonObject(value)) {
      if (typeof value.fullFhirPath === "string") paths.add(value.fullFhirPath);
      visit(value.children);
    }
  };
  const folder = `${kds}rule-expansions/`;
  for (const file of readdirSync(folder)) visit(JSON.parse(readFileSync(folder + file, "utf8")));
  return [...paths]
    .filter((path) => parseFhirPath(path, r4).kind === "plain" && !path.includes("resolve()"))
    .map((path) =>
      path.replace(/\.as\((\w+)\)/g, (_, type: string) =>
        ["DateTime", "Boolean", "String"].includes(type)
          ? `.as(${type.charAt(0).toLowerCase()}${type.slice(1)})`
          : `.as(${type === "Enumeration" ? "code" : type})`,
      ),
    );
}

/**
 * Not FHIR JSON: objects in place of primitives, several values for one choice element. There HAPI's parser is our model,
 * not the package.
 */
const malformed = new Set(["Condition/example-condition", "Condition/reference-condition", "Patient/example-patient"]);

function inputs(): JsonObject[] {
  return readdirSync(kds)
    .map((module) => `${kds}${module}/cases/toOpenEHR/input/`)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => folder + file))
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => bundleResources(JSON.parse(readFileSync(file, "utf8")) as JsonObject))
    .filter((resource) => !malformed.has(`${resource.resourceType}/${resource.id}`));
}

describe.skipIf(!existsSync(kds))("plain paths and the fhirpath package (skipped without ../shared)", () => {
  it("find the same for every path of the KDS rules in every KDS input", () => {
    const paths = rulePaths();
    const resources = inputs();
    const differences: unknown[] = [];
    let found = 0;
    for (const path of paths) {
      const type = path.slice(0, path.search(/\.|$/));
      for (const resource of resources.filter((each) => each.resourceType === type)) {
        const ours = byUs(path, resource);
        found += ours.length;
        if (JSON.stringify(ours) !== JSON.stringify(byPackage(path, resource))) differences.push([path, resource.id]);
      }
    }
    expect(differences).toEqual([]);
    expect(paths.length).toBeGreaterThan(200);
    expect(found).toBeGreaterThan(1000);
  });
});

const leaf = fc.constantFrom("a", "b", "http://x");
const coding = fc.record({ system: leaf, code: leaf }, { requiredKeys: [] });
const extension = fc.oneof(
  fc.record({ url: leaf, valueString: leaf, _valueString: fc.record({ id: leaf }) }, { requiredKeys: ["url"] }),
  fc.record({ url: leaf, valueCoding: coding }),
);
const concept = fc.record(
  { coding: fc.array(coding), text: leaf, extension: fc.array(extension) },
  { requiredKeys: [] },
);
const value = fc.oneof(
  fc.record({ valueQuantity: fc.record({ value: fc.integer(), unit: leaf }) }),
  fc.record({ valueString: leaf }),
  fc.record({ valueCodeableConcept: concept }),
  fc.record({ valueDateTime: fc.constant("2020-02-03T04:05:06Z") }),
  fc.constant({}),
);
const component = fc.tuple(fc.record({ code: concept }), value).map(([code, given]) => ({ ...code, ...given }));
const observation = fc
  .tuple(
    fc.record({ code: concept, component: fc.array(component), extension: fc.array(extension) }, { requiredKeys: [] }),
    value,
  )
  .map(([elements, given]) => ({ resourceType: "Observation", status: "final", ...elements, ...given }) as JsonObject);

// Types with subtypes (`string` and `code`) are left out: there the package is laxer than HAPI's cast, which we follow.
const name = fc.constantFrom(..."code coding system text component value extension unit url status nosuch".split(" "));
const step = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 1, arbitrary: fc.constantFrom("first()", "extension('a')", "where(code = 'a')", "where(url = 'b')") },
  { weight: 2, arbitrary: fc.constantFrom("as(Quantity)", "ofType(dateTime)", "ofType(CodeableConcept)") },
);
const index = fc.constantFrom("", "", "", "[0]", "[1]");
const path = fc
  .tuple(fc.oneof(name, fc.constantFrom("Observation", "Patient")), fc.array(fc.tuple(step, index), { maxLength: 4 }))
  .map(([first, rest]) => [first, ...rest.map(([each, at]) => each + at)].join("."));

describe("plain paths on made-up Observations", () => {
  it("find what the fhirpath package finds, and leave the resource alone", () => {
    fc.assert(
      fc.property(observation, path, (resource, text) => {
        const before = JSON.stringify(resource);
        expect(byUs(text, resource)).toEqual(byPackage(text, resource));
        expect(JSON.stringify(resource)).toBe(before);
      }),
      { numRuns: process.env.CAUSEWAY_TEST_LENGTH === "long" ? 20_000 : 1500 },
    );
  });
});
