import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dvIdentifier } from "../../../src/engine/datatypes/dv-identifier.js";
import { dvMultimedia } from "../../../src/engine/datatypes/dv-multimedia.js";
import { partyIdentified, partyProxy } from "../../../src/engine/datatypes/party.js";
import { plainTextTypes } from "../../../src/engine/datatypes/plain-text-types.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import { fhirNode, runIn } from "../fixtures/fhir-node.js";

const utc = runIn("UTC");

describe("a DV_IDENTIFIER", () => {
  const toOpenEhr = (type: string, value: JsonValue) => dvIdentifier.toOpenEhr(fhirNode(type, value), utc);
  const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 .-]{0,11}$/).map((name) => name.trim());
  const qualified = fc.tuple(fc.webUrl(), names).map(([system, name]) => `${system}::${name}`);

  it("comes back from an Identifier with issuer, type and assigner", () => {
    const issuers = fc.oneof(names, fc.webUrl(), fc.constant("urn:oid:1.2.3"));
    const ends = fc.oneof(names, qualified);
    fc.assert(
      fc.property(names, issuers, ends, ends, (id, issuer, type, assigner) => {
        const value = { _type: "DV_IDENTIFIER", issuer, assigner, id, type };
        const fhir = dvIdentifier.toFhir(value, utc);
        expect(toOpenEhr("Identifier", fhir?.value ?? null)).toEqual(value);
      }),
    );
  });

  it("puts a text that is no URI behind the system of openEHR", () => {
    const value = { _type: "DV_IDENTIFIER", id: "7", issuer: "Ward", type: "MR", assigner: "urn:x::Desk" };
    expect(dvIdentifier.toFhir(value, utc)?.value).toEqual({
      type: { coding: [{ system: "http://openehr.org/identifier/type", code: "MR" }] },
      system: "http://openehr.org/identifier/Ward",
      value: "7",
      assigner: { identifier: { system: "urn:x", value: "Desk" }, display: "Desk" },
    });
  });

  it("keeps an issuer that is a URI", () => {
    expect(dvIdentifier.toFhir({ _type: "DV_IDENTIFIER", id: "7", issuer: "urn:oid:1.2.3" }, utc)?.value).toEqual({
      system: "urn:oid:1.2.3",
      value: "7",
    });
  });

  it("keeps a system that only begins like that of openEHR", () => {
    expect(toOpenEhr("Identifier", { system: "http://openehr.org/identifiers/ward", value: "7" })?.issuer).toBe(
      "http://openehr.org/identifiers/ward",
    );
  });

  it("has the code alone as type when the Identifier says no system", () => {
    expect(toOpenEhr("Identifier", { value: "7", type: { coding: [{ code: "MR" }] } })?.type).toBe("MR");
  });

  it("takes the display of an assigner that has no identifier", () => {
    expect(toOpenEhr("Identifier", { value: "7", assigner: { display: "Desk" } })?.assigner).toBe("Desk");
  });

  it("has the text as id when it is made of a string", () => {
    expect(toOpenEhr("string", "7")).toEqual({ _type: "DV_IDENTIFIER", id: "7" });
  });

  it("is not made of an Identifier that says nothing", () => {
    expect(toOpenEhr("Identifier", { use: "official" })).toBeUndefined();
    expect(dvIdentifier.toFhir({ _type: "DV_IDENTIFIER" }, utc)).toBeUndefined();
  });
});

describe("a DV_MULTIMEDIA", () => {
  const toOpenEhr = (value: JsonValue) => dvMultimedia.toOpenEhr(fhirNode("Attachment", value), utc);

  it("comes back from an Attachment with data", () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 4 }), fc.nat(), (data, size) => {
        const attachment = { contentType: "image/png", data, size };
        const fhir = dvMultimedia.toFhir(toOpenEhr(attachment) ?? { _type: "" }, utc);
        expect(fhir).toEqual({ type: "Attachment", value: attachment });
      }),
    );
  });

  it("comes back from an Attachment with an address", () => {
    const attachment = { contentType: "image/png", url: "https://example.org/x.png", size: 4 };
    expect(dvMultimedia.toFhir(toOpenEhr(attachment) ?? { _type: "" }, utc)?.value).toEqual(attachment);
  });

  it("counts the bytes of the data when the Attachment does not say its size", () => {
    expect(toOpenEhr({ data: "aGVsbG8=" })?.size).toBe(5);
  });

  it("leaves the data out where there is an address", () => {
    expect(toOpenEhr({ url: "https://example.org/x.png", data: "aGVsbG8=" })).not.toHaveProperty("data");
  });

  it("is not made of an Attachment without content, nor of a text", () => {
    expect(toOpenEhr({ title: "Nothing" })).toBeUndefined();
    expect(dvMultimedia.toOpenEhr(fhirNode("string", "x"), utc)).toBeUndefined();
  });
});

describe("a party", () => {
  it("comes back from its name", () => {
    for (const converter of [partyIdentified, partyProxy]) {
      const fhir = converter.toFhir({ _type: "PARTY_IDENTIFIED", name: "Dr Cee" }, utc);
      expect(fhir).toEqual({ type: "string", value: "Dr Cee" });
      expect(converter.toOpenEhr(fhirNode("string", "Dr Cee"), utc)).toEqual({
        _type: "PARTY_IDENTIFIED",
        name: "Dr Cee",
      });
    }
  });

  it("gets an identifier from an Identifier", () => {
    const identifier = { value: "7", system: "urn:desk", type: { coding: [{ code: "MR" }], text: "Record" } };
    expect(partyIdentified.toOpenEhr(fhirNode("Identifier", identifier), utc)).toEqual({
      _type: "PARTY_IDENTIFIED",
      identifiers: [{ _type: "DV_IDENTIFIER", assigner: "urn:desk", id: "7", type: "MR" }],
    });
  });

  it("is not made of a Reference", () => {
    expect(partyProxy.toOpenEhr(fhirNode("Reference", { display: "Dr Cee" }), utc)).toBeUndefined();
  });
});

describe.each(plainTextTypes)("a $rmType", (converter) => {
  it("is read as its text", () => {
    expect(converter.toFhir({ _type: converter.rmType, value: "urn:x" }, utc)).toEqual({
      type: "string",
      value: "urn:x",
    });
  });

  it("is never written", () => {
    expect(converter.toOpenEhr(fhirNode("string", "urn:x"), utc)).toBeUndefined();
  });
});
