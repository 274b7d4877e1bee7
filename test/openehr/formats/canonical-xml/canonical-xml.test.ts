import { describe, expect, it } from "vitest";
import { readCanonicalXml } from "../../../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "../../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

function refusedAs(code: string, place: object = {}) {
  return expect.objectContaining({ name: "Problem", code, place: expect.objectContaining(place) });
}

describe("reading canonical XML", () => {
  it("takes the class from the name of the root", () => {
    expect(readCanonicalXml("<dv_text><value>a</value></dv_text>")).toEqual({ _type: "DV_TEXT", value: "a" });
  });

  it("prefers the type of the root over its name", () => {
    const xml = `<value ${XSI} xsi:type="DV_COUNT"><magnitude> 3 </magnitude></value>`;
    expect(readCanonicalXml(xml)).toEqual({ _type: "DV_COUNT", magnitude: 3 });
  });

  it("reads prefixed names and the namespace of openEHR", () => {
    const xml = `<oe:dv_text xmlns:oe="http://schemas.openehr.org/v1"><oe:value>a</oe:value></oe:dv_text>`;
    expect(readCanonicalXml(xml)).toEqual({ _type: "DV_TEXT", value: "a" });
  });

  it("reads a prefixed type", () => {
    const xml = `<element ${XSI} xmlns:oe="http://schemas.openehr.org/v1"><value xsi:type="oe:DV_BOOLEAN"><value>1</value></value></element>`;
    expect(readCanonicalXml(xml)).toEqual({ _type: "ELEMENT", value: { _type: "DV_BOOLEAN", value: true } });
  });

  it("keeps blanks of texts, and none around numbers, times and base64", () => {
    const xml = `<dv_multimedia><alternate_text> a
 b </alternate_text><data>
  aGVs
  bG8=
</data><size>
5 </size></dv_multimedia>`;
    expect(readCanonicalXml(xml)).toEqual({
      _type: "DV_MULTIMEDIA",
      alternate_text: " a\n b ",
      data: "aGVsbG8=",
      size: 5,
    });
  });

  it("makes lists of attributes that are lists, however many there are", () => {
    const link = "<links><type><value>a</value></type></links>";
    expect(readCanonicalXml(`<cluster>${link}</cluster>`).links).toHaveLength(1);
    expect(readCanonicalXml(`<cluster>${link}${link}</cluster>`).links).toHaveLength(2);
  });

  it("refuses a second element where the reference model has one", () => {
    const xml = "<dv_text><value>a</value>\n<value>b</value></dv_text>";
    expect(() => readCanonicalXml(xml)).toThrow(refusedAs("CANONICAL_VALUE_INVALID", { path: "$.value" }));
  });

  it("names line and column of each value that is none", () => {
    const xml = `<cluster ${XSI}>
  <items xsi:type="ELEMENT"><value xsi:type="DV_COUNT"><magnitude>many</magnitude></value></items>
  <items xsi:type="ELEMENT"><value xsi:type="DV_DATE"><value>soon</value></value></items>
</cluster>`;
    expect(() => readCanonicalXml(xml, { file: "a.xml" })).toThrow(
      expect.objectContaining({
        place: expect.objectContaining({ position: { file: "a.xml", line: 2, column: 56 } }),
        others: [
          expect.objectContaining({
            place: expect.objectContaining({ position: { file: "a.xml", line: 3, column: 55 } }),
          }),
        ],
      }),
    );
  });

  it("leaves a type aside that nobody knows where only one class fits", () => {
    const xml = `<dv_count ${XSI}><normal_status xsi:type="CODE_PRASE"><code_string>N</code_string></normal_status></dv_count>`;
    expect(readCanonicalXml(xml).normal_status).toEqual({ _type: "CODE_PHRASE", code_string: "N" });
  });

  it("refuses a type that nobody knows where several classes fit", () => {
    const xml = `<element ${XSI}><value xsi:type="DV_NONSENSE"/></element>`;
    expect(() => readCanonicalXml(xml)).toThrow(refusedAs("CANONICAL_TYPE_UNKNOWN", { path: "$.value" }));
  });

  it("needs a type where the reference model leaves the class open", () => {
    expect(() => readCanonicalXml("<element><value/></element>")).toThrow(refusedAs("CANONICAL_TYPE_MISSING"));
  });

  it("leaves nil elements and unknown ones out", () => {
    const xml = `<element ${XSI}><null_flavour xsi:nil="true"/><nonsense>1</nonsense></element>`;
    expect(readCanonicalXml(xml)).toEqual({ _type: "ELEMENT" });
  });

  it("tells an empty text from an empty object", () => {
    expect(readCanonicalXml("<element><name><value/></name></element>").name).toEqual({ _type: "DV_TEXT", value: "" });
    expect(readCanonicalXml("<element><name/></element>").name).toEqual({ _type: "DV_TEXT" });
  });

  it("keeps the code of a text whose type is not given", () => {
    const xml =
      "<element><name><value>a</value><defining_code><code_string>1</code_string></defining_code></name></element>";
    expect(readCanonicalXml(xml).name).toMatchObject({ _type: "DV_CODED_TEXT", defining_code: { code_string: "1" } });
  });

  it("gives names that mean something to JavaScript no meaning", () => {
    const xml = `<element><__proto__><polluted>1</polluted></__proto__><constructor>1</constructor></element>`;
    expect(readCanonicalXml(xml)).toEqual({ _type: "ELEMENT" });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("hostile canonical XML is refused", () => {
  it.each([
    ["what is no XML", "no xml", "CANONICAL_XML_INVALID"],
    ["an unclosed element", "<composition>", "CANONICAL_XML_INVALID"],
    ["an entity nobody defined", "<dv_text><value>&lol;</value></dv_text>", "CANONICAL_XML_INVALID"],
    [
      "a document type",
      `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><dv_text/>`,
      "CANONICAL_XML_HAS_DOCTYPE",
    ],
    ["a document type without end", `<!DOCTYPE a [${"<!ENTITY a 'b'>".repeat(500_000)}`, "CANONICAL_XML_HAS_DOCTYPE"],
    ["another root", "<template/>", "CANONICAL_XML_ROOT_UNKNOWN"],
    ["deep nesting", "<cluster>".repeat(1_000_000), "CANONICAL_XML_TOO_LARGE"],
    ["millions of elements", `<cluster>${"<a/>".repeat(1_000_000)}</cluster>`, "CANONICAL_XML_TOO_LARGE"],
    ["too many characters", `<cluster>${" ".repeat(20_000_000)}</cluster>`, "CANONICAL_XML_TOO_LARGE"],
  ])("%s", (_what, xml, code) => {
    expect(() => readCanonicalXml(xml)).toThrow(refusedAs(code));
  });
});

describe("writing canonical XML", () => {
  it("escapes what would end a text or an attribute", () => {
    const object = { _type: "CLUSTER", archetype_node_id: `a"<\n`, name: { _type: "DV_TEXT", value: "<&>\r" } };
    expect(readCanonicalXml(writeCanonicalXml(object))).toEqual(object);
  });

  it("names the type only where it is not the declared one", () => {
    const xml = writeCanonicalXml({
      _type: "ELEMENT",
      name: { _type: "DV_CODED_TEXT", value: "a" },
      null_flavour: { _type: "DV_CODED_TEXT", value: "b" },
    });
    expect(xml.match(/xsi:type="[^"]*"/g)).toEqual(['xsi:type="DV_CODED_TEXT"']);
  });

  it("writes elements of super classes before those of the class", () => {
    const xml = writeCanonicalXml({
      _type: "DV_QUANTITY",
      units: "kg",
      magnitude: 65,
      magnitude_status: "=",
      normal_status: { _type: "CODE_PHRASE", code_string: "N" },
    });
    expect([...xml.matchAll(/\n {4}<(\w+)/g)].map(([, name]) => name)).toEqual([
      "normal_status",
      "magnitude_status",
      "magnitude",
      "units",
    ]);
  });

  it("writes doubles with a decimal point and whole numbers without", () => {
    expect(writeCanonicalXml({ _type: "DV_QUANTITY", magnitude: 65 })).toContain("<magnitude>65</magnitude>");
    expect(writeCanonicalXml({ _type: "DV_COUNT", magnitude: 65 })).toContain("<magnitude>65</magnitude>");
  });
});
