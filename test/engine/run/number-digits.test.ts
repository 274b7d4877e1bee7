import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/fhir/json.js";
import { readExactJson, readFhirJson } from "../../../src/http/json-text.js";
import { writeJson } from "../../../src/openehr/json/write-json.js";
import { resourcesOf, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";
const rate = "ward/pulse/any_event:0/rate";

const mapper = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - { name: rate, with: { fhir: "$resource.value.as(Quantity)", openehr: "${items}[at0004]" } }
  - { name: remark, with: { fhir: "$resource.note.text", openehr: "${items}[at0005]" } }`,
});

/** Numbers as senders write them: with zeros at the end, and with more digits than a double has. */
const decimals = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^\d{1,12}$/))
  .map(([negative, whole, fraction]) => `${negative ? "-" : ""}${whole}.${fraction}`);

function toFhirText(digits: string): string {
  const flat = readExactJson(`{"${rate}|magnitude": ${digits}, "${rate}|unit": "/min"}`) as JsonObject;
  return writeJson(mapper.toFhir(mapper.readComposition(flat, wardSettings), wardSettings));
}

function observation(digits: string): JsonObject {
  const text = `{"resourceType": "Observation", "valueQuantity": {"value": ${digits}, "code": "/min"}}`;
  const resource = readFhirJson(text);
  if (!isJsonObject(resource)) throw new Error("no object");
  return resource;
}

const canonical = (digits: string) => {
  const whole = mapper.toOpenEhr(observation(digits), wardSettings).composition();
  return readExactJson(writeJson(whole)) as JsonObject;
};

describe("the digits of a number", () => {
  it.each(["65.0", "100.10", "0.00", "9007199254740993.5"])("go with it to openEHR: %s", (digits) => {
    expect(writeJson(canonical(digits))).toContain(`"magnitude":${digits}}`);
  });

  it("come back from openEHR, whatever they are", () => {
    fc.assert(
      fc.property(decimals, (digits) => {
        const bundle = mapper.toFhir(mapper.readComposition(canonical(digits), wardSettings), wardSettings);
        expect(writeJson(bundle)).toContain(`"value":${digits},`);
      }),
    );
  });

  it("are seen by nobody but the writer that asks for them", () => {
    const bundle = mapper.toFhir(mapper.readComposition(canonical("65.0"), wardSettings), wardSettings);
    expect(resourcesOf(bundle)).toMatchObject([{ valueQuantity: { value: 65, code: "/min" } }]);
    expect(JSON.stringify(bundle)).toContain('"value":65,');
  });

  it("are those of the double where the double says it all", () => {
    expect(toFhirText("65.5")).toContain('"value":65.5,');
    expect(writeJson(canonical("65"))).toContain('"magnitude":65}');
  });

  it("stay in a text that is made of the number", () => {
    const note = wardMapper({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - { name: remark, with: { fhir: "$resource.value.as(Quantity).value", openehr: "${items}[at0005]" } }`,
    });
    expect(note.toOpenEhr(observation("65.0"), wardSettings).flat()).toMatchObject({
      "ward/pulse/any_event:0/remark:0": "65.0",
    });
  });
});
