import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/fhir/json.js";
import { wardContext, wardModel, wardSettings } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const place = "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]";
const VALUE = `{ name: value, with: { fhir: "BASE.value.as(Quantity)", openehr: "${place}" } }`;
const STATUS = `{ name: status, with: { fhir: "BASE.interpretation.coding.code", openehr: "${place}/value/normal_status/code_string" } }`;
const UNITS = `{ name: units, with: { fhir: "BASE.method.text", openehr: "${place}/value/units" } }`;

/** What an Observation becomes, by methods in that order. */
function mapped(methods: readonly string[], resource: JsonObject): JsonObject | undefined {
  const model = wardModel({
    name: "OBSERVATION.pulse.v1",
    type: "Observation",
    body: `mappings:\n${methods.map((method) => `  - ${method}`).join("\n")}`,
  });
  const mapper = compileMapper({
    template: wardTemplate,
    context: wardContext([model]),
    mappings: [model],
    semantics: "v1",
  });
  const { diagnostics } = mapper;
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return quantityIn(mapper.toOpenEhr(resource, wardSettings).composition() as unknown as JsonValue);
}

function quantityIn(value: JsonValue | undefined): JsonObject | undefined {
  if (Array.isArray(value)) return value.map(quantityIn).find((found) => found !== undefined);
  if (!isJsonObject(value)) return undefined;
  return value._type === "DV_QUANTITY" ? value : quantityIn(Object.values(value) as JsonValue);
}

const code = (text: string) => [{ coding: [{ code: text }] }];
const quantity = (value: number) => ({ value, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" });
const of = (method: string, base: string): string => method.replaceAll("BASE", base);

describe("parts of a value that methods of their own write", () => {
  const resource = {
    resourceType: "Observation",
    valueQuantity: quantity(65),
    interpretation: code("H"),
    method: { text: "other" },
  };
  const expected = { magnitude: 65, units: "/min", normal_status: { code_string: "H" } };

  it("stay beside the value, in whichever order the methods come", () => {
    for (const order of [
      [VALUE, STATUS],
      [STATUS, VALUE],
    ]) {
      expect(
        mapped(
          order.map((one) => of(one, "$resource")),
          resource,
        ),
      ).toMatchObject(expected);
    }
  });

  it("give way to what the value says itself when it comes later", () => {
    const inOrder = (...methods: readonly string[]) =>
      mapped(
        methods.map((one) => of(one, "$resource")),
        resource,
      );
    expect(inOrder(UNITS, VALUE)?.units).toBe("/min");
    expect(inOrder(VALUE, UNITS)?.units).toBe("other");
  });

  it("go with their own value where several are written to one place", () => {
    const component = (value: number, interpretation?: string) => ({
      valueQuantity: quantity(value),
      ...(interpretation === undefined ? {} : { interpretation: code(interpretation) }),
    });
    const several = (...components: readonly JsonObject[]) => ({
      resourceType: "Observation",
      component: [...components],
    });
    for (const order of [
      [VALUE, STATUS],
      [STATUS, VALUE],
    ]) {
      const children = order.map((one) => `\n        - ${of(one, "$fhirRoot")}`).join("");
      const loop = `name: loop\n    with: { fhir: "$resource.component", openehr: "$archetype", type: NONE }\n    followedBy:\n      mappings:${children}`;
      const last = mapped([loop], several(component(65, "H"), component(66)));
      expect(last).toMatchObject({ magnitude: 66 });
      expect(last).not.toHaveProperty("normal_status");
      expect(mapped([loop], several(component(65, "H"), component(66, "L")))).toMatchObject({
        magnitude: 66,
        normal_status: { code_string: "L" },
      });
    }
  });
});
