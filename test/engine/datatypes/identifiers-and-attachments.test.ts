import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dvIdentifier } from "../../../src/engine/datatypes/dv-identifier.js";
import { dvMultimedia } from "../../../src/engine/datatypes/dv-multimedia.js";
import { dvParsable } from "../../../src/engine/datatypes/dv-parsable.js";
import { dvEhrUri, dvUri } from "../../../src/engine/datatypes/dv-uri.js";
import { partyIdentified, partyProxy } from "../../../src/engine/datatypes/party.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { fhirNode, openFhirRunIn, runIn } from "../fixtures/fhir-node.js";
import { toFhirElement } from "./data-type-samples.js";

const utc = runIn("UTC");

const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 .-]{0,11}$/).map((name) => name.trim());

describe("a DV_IDENTIFIER", () => {
  const toOpenEhr = (type: string, value: JsonValue) => dvIdentifier.toOpenEhr(fhirNode(type, value), utc);
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

  it("leaves the data out where there is an address, as today's engine has it", () => {
    const attachment = { url: "https://example.org/x.png", data: "aGVsbG8=" };
    const written = dvMultimedia.toOpenEhr(fhirNode("Attachment", attachment), openFhirRunIn("UTC"));
    expect(written).not.toHaveProperty("data");
    expect(toOpenEhr(attachment)).toMatchObject({ uri: { value: "https://example.org/x.png" }, data: "aGVsbG8=" });
  });

  it("keeps language and hash, and gives them back", () => {
    const attachment = { contentType: "text/plain", language: "en", url: "urn:x", size: 5, hash: "qvTGHdzF6KLavt4P" };
    const value = toOpenEhr(attachment) as RmObject;
    expect(value).toMatchObject({ integrity_check_algorithm: { code_string: "SHA-1" } });
    expect(dvMultimedia.toFhir(value, utc)?.value).toEqual(attachment);
  });

  it("shows no hash made by another algorithm", () => {
    const value = toOpenEhr({ data: "aGVsbG8=", hash: "qvTG" }) as RmObject;
    const other = { ...value, integrity_check_algorithm: { _type: "CODE_PHRASE", code_string: "SHA-256" } };
    expect(dvMultimedia.toFhir(other, utc)?.value).not.toHaveProperty("hash");
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
      expect(fhir).toMatchObject({ type: "string", value: "Dr Cee" });
      expect(converter.toOpenEhr(fhirNode("string", "Dr Cee"), utc)).toEqual({
        _type: "PARTY_IDENTIFIED",
        name: "Dr Cee",
      });
    }
  });

  it("gets an identifier from an Identifier", () => {
    const identifier = { value: "7", system: "urn:desk", type: { coding: [{ code: "MR" }], text: "Record" } };
    expect(partyIdentified.toOpenEhr(fhirNode("Identifier", identifier), openFhirRunIn("UTC"))).toEqual({
      _type: "PARTY_IDENTIFIED",
      identifiers: [{ _type: "DV_IDENTIFIER", assigner: "urn:desk", id: "7", type: "MR" }],
    });
  });

  it("comes back from a Reference", () => {
    const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const references = fc.record({
      reference: optional(fc.constantFrom("Practitioner/7", "https://example.org/fhir/Organization/a")),
      identifier: optional(fc.record({ system: fc.webUrl(), value: names })),
      display: optional(names),
    });
    fc.assert(
      fc.property(references, (sparse) => {
        const reference = JSON.parse(JSON.stringify(sparse)) as JsonObject;
        for (const converter of [partyIdentified, partyProxy]) {
          const value = converter.toOpenEhr(fhirNode("Reference", reference), utc);
          expect(value === undefined).toBe(Object.keys(reference).length === 0);
          if (value !== undefined) expect(toFhirElement(value, "Reference", utc)).toEqual(reference);
        }
      }),
    );
  });

  it("is not made of a contained resource", () => {
    expect(partyIdentified.toOpenEhr(fhirNode("Reference", { reference: "#1" }), utc)).toBeUndefined();
    expect(partyIdentified.toOpenEhr(fhirNode("Reference", { reference: "#1", display: "Ward" }), utc)).toEqual({
      _type: "PARTY_IDENTIFIED",
      name: "Ward",
    });
  });

  it("is not made of a Reference as today's engine has it", () => {
    const reference = fhirNode("Reference", { display: "Ward" });
    const today = openFhirRunIn("UTC");
    for (const converter of [partyIdentified, partyProxy, dvIdentifier])
      expect(converter.toOpenEhr(reference, today)).toBeUndefined();
    expect(toFhirElement({ _type: "PARTY_IDENTIFIED", name: "Ward" }, "Reference", today)).toBeUndefined();
  });

  // `::` separates system and value in an assigner.
  const systems = fc.webUrl().filter((url) => !url.includes("::"));

  it("comes back from an Identifier, under either semantics", () => {
    fc.assert(
      fc.property(systems, names, (system, value) => {
        for (const context of [utc, openFhirRunIn("UTC")]) {
          const party = partyIdentified.toOpenEhr(fhirNode("Identifier", { system, value }), context);
          expect(toFhirElement(party as RmObject, "Identifier", context)).toEqual({ system, value });
        }
      }),
    );
  });
});

describe("a DV_IDENTIFIER and a Reference", () => {
  const toOpenEhr = (reference: JsonValue) => dvIdentifier.toOpenEhr(fhirNode("Reference", reference), utc);

  it("are the Reference's identifier", () => {
    const identifier = { system: "urn:i", value: "7" };
    const value = toOpenEhr({ reference: "Patient/1", identifier, display: "D" });
    expect(value).toEqual({ _type: "DV_IDENTIFIER", issuer: "urn:i", id: "7" });
    expect(toFhirElement(value as RmObject, "Reference", utc)).toEqual({ identifier });
  });

  it("are its literal when it has none, unless that is contained", () => {
    expect(toOpenEhr({ reference: "Patient/1" })?.id).toBe("Patient/1");
    expect(toOpenEhr({ reference: "#1" })).toBeUndefined();
    expect(toOpenEhr({ display: "D" })).toBeUndefined();
  });
});

describe("a URI", () => {
  it.each(["url", "uri", "canonical", "string"])("comes back from a %s", (type) => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (uri) => {
        const value = { _type: "DV_URI", value: uri };
        expect(toFhirElement(value, type, utc)).toBe(uri);
        expect(dvUri.toOpenEhr(fhirNode(type, uri), utc)).toEqual(value);
      }),
    );
  });

  it("is not made of words or codes", () => {
    expect(dvUri.toOpenEhr(fhirNode("string", "some words"), utc)).toBeUndefined();
    expect(dvUri.toOpenEhr(fhirNode("code", "final"), utc)).toBeUndefined();
  });

  it("into an EHR comes back from a Reference", () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const value = { _type: "DV_EHR_URI", value: `ehr://${id}` };
        const reference = toFhirElement(value, "Reference", utc);
        expect(reference).toEqual({ identifier: { system: "urn:ietf:rfc:3986", value: `ehr://${id}` } });
        expect(dvEhrUri.toOpenEhr(fhirNode("Reference", reference as JsonValue), utc)).toEqual(value);
        expect(dvEhrUri.toOpenEhr(fhirNode("Reference", { reference: `ehr://${id}` }), utc)).toEqual(value);
      }),
    );
  });

  it("into an EHR is not made of another one", () => {
    expect(dvEhrUri.toOpenEhr(fhirNode("uri", "https://example.org"), utc)).toBeUndefined();
    expect(dvEhrUri.toOpenEhr(fhirNode("Reference", { reference: "Patient/1" }), utc)).toBeUndefined();
  });
});

describe("a DV_PARSABLE", () => {
  const toOpenEhr = (attachment: JsonValue) => dvParsable.toOpenEhr(fhirNode("Attachment", attachment), utc);

  it("comes back from an Attachment", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.boolean(), (text, german) => {
        const language = {
          _type: "CODE_PHRASE",
          terminology_id: { _type: "TERMINOLOGY_ID", value: "ISO_639-1" },
          code_string: "de",
        };
        const value = { _type: "DV_PARSABLE", ...(german && { language }), value: text, formalism: "text/cql" };
        expect(toOpenEhr(toFhirElement(value, "Attachment", utc) as JsonValue)).toEqual(value);
      }),
    );
  });

  it("is its text in a string", () => {
    expect(toFhirElement({ _type: "DV_PARSABLE", value: "words", formalism: "text" }, "string", utc)).toBe("words");
  });

  it.each([
    { contentType: "image/png", data: "/w==" },
    { data: "aGVsbG8=" },
    { contentType: "text/plain", url: "https://example.org/x" },
  ])("is not made of what is no text of a formalism: %j", (attachment) => {
    expect(toOpenEhr(attachment)).toBeUndefined();
  });

  it("is not made of a string, whose formalism nobody knows", () => {
    expect(dvParsable.toOpenEhr(fhirNode("string", "words"), utc)).toBeUndefined();
  });
});
