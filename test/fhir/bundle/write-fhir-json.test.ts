import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeFhirJson } from "../../../src/fhir/bundle/write-fhir-json.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import { compileCreation } from "../../../src/fhir/path/create-at-path.js";
import { FhirInstance } from "../../../src/fhir/path/fhir-instance.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const r4 = fhirSchema("R4");

function instanceOf(type: string): FhirInstance {
  const found = r4.type(type);
  if (found === undefined) throw new Error(type);
  return new FhirInstance(found);
}

/** Creates at a path and writes a value there. */
function put(base: FhirInstance, path: string, value?: string | number | boolean): FhirInstance {
  const created = compileCreation(path, r4).creatorFor({}).create(base);
  if (created === undefined) throw new Error(path);
  created.primitive = value;
  return created;
}

describe("writing FHIR JSON", () => {
  it("writes resourceType first and elements in definition order, whatever the order of creation", () => {
    const observation = instanceOf("Observation");
    put(observation, "value.as(Quantity).value", 5);
    put(observation, "status", "final");
    put(observation, "code.text", "weight");
    put(observation, "meta.profile", "http://p");
    expect(JSON.stringify(writeFhirJson(observation))).toBe(
      '{"resourceType":"Observation","meta":{"profile":["http://p"]},"status":"final","code":{"text":"weight"},"valueQuantity":{"value":5}}',
    );
  });

  it.each<[string, string | number | boolean, string]>([
    ["value.as(DateTime)", "2020", "valueDateTime"],
    ["value.as(Boolean)", false, "valueBoolean"],
    ["value.as(Integer)", 0, "valueInteger"],
    ["value.as(String)", "x", "valueString"],
  ])("names a choice element by its type: %s", (path, value, member) => {
    const observation = instanceOf("Observation");
    put(observation, path, value);
    expect(writeFhirJson(observation)).toEqual({ resourceType: "Observation", [member]: value });
  });

  it("writes extensions of a primitive beside it, also when it has no value", () => {
    const patient = instanceOf("Patient");
    const birthDate = put(patient, "birthDate", "2020-01-01");
    put(birthDate, "extension('http://t').value.as(DateTime)", "2020-01-01T05:00:00Z");
    const gender = put(patient, "gender");
    put(gender, "extension('http://r').value.as(Code)", "unknown");
    const deceased = put(patient, "deceased.as(Boolean)");
    put(deceased, "id", "x");
    expect(writeFhirJson(patient)).toEqual({
      resourceType: "Patient",
      _gender: { extension: [{ url: "http://r", valueCode: "unknown" }] },
      birthDate: "2020-01-01",
      _birthDate: { extension: [{ url: "http://t", valueDateTime: "2020-01-01T05:00:00Z" }] },
      _deceasedBoolean: { id: "x" },
    });
  });

  it("fills up the lists of a repeating primitive with null", () => {
    const name = instanceOf("HumanName");
    put(name, "given", "Ada");
    put(name, "given");
    put(put(name, "given"), "id", "second");
    put(name, "given", "M.");
    expect(writeFhirJson(name)).toEqual({
      given: ["Ada", null, "M."],
      _given: [null, { id: "second" }, null],
    });
  });

  it("writes values beside nothing when no member has a value", () => {
    const name = instanceOf("HumanName");
    put(put(name, "given"), "id", "only");
    expect(writeFhirJson(name)).toEqual({ _given: [{ id: "only" }] });
  });

  it("leaves out what stayed empty, and gives nothing when nothing remains", () => {
    const observation = instanceOf("Observation");
    put(observation, "code.coding.code");
    put(observation, "subject");
    put(observation, "component.value.as(Quantity)");
    put(observation, "status", " ");
    expect(writeFhirJson(observation)).toBeUndefined();
    put(observation, "component.value.as(String)", "kept");
    expect(writeFhirJson(observation)).toEqual({ resourceType: "Observation", component: [{ valueString: "kept" }] });
  });

  it("drops an extension that has a url and nothing else, but keeps one that stands in another, as HAPI does", () => {
    const patient = instanceOf("Patient");
    put(patient, "extension('http://a')");
    put(patient, "extension('http://b').extension.url", "c");
    put(patient, "active", true);
    const kept = { url: "http://b", extension: [{ url: "c" }] };
    expect(writeFhirJson(patient)).toEqual({ resourceType: "Patient", extension: [kept], active: true });
  });

  it("writes a list member that held only dropped extensions as {} like HAPI (quirk Q4), unless told not to", () => {
    const procedure = instanceOf("Procedure");
    const code = put(procedure, "code");
    put(code, "coding.code", "1");
    put(code, "coding.extension.url", "http://a");
    put(code, "coding.code");
    expect(writeFhirJson(procedure)).toEqual({ resourceType: "Procedure", code: { coding: [{ code: "1" }, {}] } });
    expect(writeFhirJson(procedure, { membersOfDroppedExtensions: "left-out" })).toEqual({
      resourceType: "Procedure",
      code: { coding: [{ code: "1" }] },
    });
  });

  it("leaves out a single-valued element that held only dropped extensions", () => {
    const procedure = instanceOf("Procedure");
    put(procedure, "code.extension.url", "http://a");
    put(procedure, "status", "completed");
    expect(writeFhirJson(procedure)).toEqual({ resourceType: "Procedure", status: "completed" });
  });
});

function hollow(json: JsonValue | undefined): boolean {
  if (Array.isArray(json)) return json.length === 0 || json.every((each) => each === null) || json.some(hollow);
  if (typeof json !== "object" || json === null) return json === undefined;
  return Object.keys(json).length === 0 || Object.values(json).some((each) => each !== null && hollow(each));
}

const paths = fc.constantFrom(
  ...`status code.coding.code code.coding.extension.url extension.url extension.value.as(Coding).code component.code.text
  component.value.as(Period).start component.extension.url value.as(String).extension.url value.as(Boolean) note.text
  identifier.value identifier.extension.extension.value.as(Code) meta.profile interpretation.coding.system category.text
  contained.ofType(Patient).name.given.extension.url`.split(/\s+/),
);
const values = fc.constantFrom(undefined, undefined, "", "x", false, 0);

describe("whatever was created", () => {
  const written = (creations: [string, string | number | boolean | undefined][], compatible: boolean) => {
    const observation = instanceOf("Observation");
    for (const [path, value] of creations) put(observation, path, value);
    return writeFhirJson(observation, { membersOfDroppedExtensions: compatible ? "empty-object" : "left-out" });
  };

  it("never leaves an empty object, an empty list or a list of nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(paths, values)), (creations) => {
        const json = written(creations, false);
        expect(json !== undefined && hollow(json)).toBe(false);
      }),
    );
  });

  it("leaves empty objects only for members of dropped extensions", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(paths, values)), (creations) => {
        const withoutUrls = creations.filter(([path]) => !path.endsWith("url"));
        const json = written(withoutUrls, true);
        expect(json !== undefined && hollow(json)).toBe(false);
      }),
    );
  });
});
