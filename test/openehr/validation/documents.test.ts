import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { writeCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { validateDocument } from "../../../src/openehr/validation/validate-document.js";
import { validateRmObject } from "../../../src/openehr/validation/validate-rm-object.js";
import { object } from "../template/small-template.js";
import { elementOf, templateOfValue } from "./small-validation-template.js";

const settings = { now: (): string => "2026-11-21T10:30:00" };
const template = templateOfValue(object("DV_TEXT", ""));

/** The canonical JSON of an example, changed. */
function document(change: (element: RmObject, composition: RmObject) => void): unknown {
  const composition = exampleComposition(template, { extent: "maximal", ...settings });
  const copy = JSON.parse(JSON.stringify(writeCanonicalJson(composition)));
  change(copy.content[0].data.items[0], copy);
  return copy;
}

function findings(change: (element: RmObject, composition: RmObject) => void) {
  return validateDocument("canonical", document(change), template, settings).map(({ rule, path, found }) => [
    rule,
    path,
    found,
  ]);
}

describe("members of canonical JSON that the reference model does not have", () => {
  const element = "/content[openEHR-EHR-EVALUATION.small.v1, 1]/data[at0001]/items[at0002, 1]";

  it("are reported where they stand", () => {
    expect(findings((each) => Object.assign(each, { nul_flavour: "x" }))).toEqual([
      ["rm-unknown-attribute", `${element}/nul_flavour`, "nul_flavour"],
    ]);
    expect(findings((each) => Object.assign(each.value as RmObject, { valu: 1 }))).toEqual([
      ["rm-unknown-attribute", `${element}/value/valu`, "valu"],
    ]);
  });

  it("are fine when they follow from others or belong to the format", () => {
    const harmless = { magnitude: 5, "@class": "X", _links: [] };
    expect(
      findings((_, composition) => Object.assign((composition.context as RmObject).start_time as RmObject, harmless)),
    ).toEqual([]);
  });

  it("are names like others when they mean something to JavaScript", () => {
    const hostile = JSON.parse(`{"__proto__": 1, "constructor": 2}`);
    const rules = findings((each) => {
      for (const [name, member] of Object.entries(hostile)) {
        Object.defineProperty(each, name, { value: member, enumerable: true });
      }
    });
    expect(rules).toEqual([["rm-unknown-attribute", `${element}/constructor`, "constructor"]]);
  });

  it("are reported in trees that no reader made", () => {
    expect(validateRmObject({ ...elementOf({ _type: "DV_TEXT", value: "x" }), vlaue: "y" })).toMatchObject([
      { rule: "rm-unknown-attribute", path: "/vlaue" },
    ]);
  });
});

describe("elements and attributes of canonical XML that the reference model does not have", () => {
  const evaluation = "/content[openEHR-EHR-EVALUATION.small.v1, 1]";
  const element = `${evaluation}/data[at0001]/items[at0002, 1]`;
  const written = writeCanonicalXml(exampleComposition(template, { extent: "maximal", ...settings }));

  function findingsIn(sought: string | RegExp, replacement: string) {
    expect(written).toMatch(sought);
    const xml = written.replace(sought, replacement);
    return validateDocument("xml", xml, template, settings).map(({ rule, path, found }) => [rule, path, found]);
  }
  const unknown = (path: string, found: string) => ["rm-unknown-attribute", `${path}/${found}`, found];

  it.each([
    [
      "an element of an object",
      /(<items [^>]*archetype_node_id="at0002"[^>]*>)/,
      "$1<nul_flavour/><nul_flavour>x</nul_flavour>",
      unknown(element, "nul_flavour"),
    ],
    [
      "an element of a data value",
      /(<value xsi:type="DV_TEXT">)/,
      "$1<valu>1</valu>",
      unknown(`${element}/value`, "valu"),
    ],
    ["an element of the root", "</composition>", "<origin/></composition>", unknown("", "origin")],
    ["an attribute of an object", /(<items )/, '$1archetype_nod_id="at0002" ', unknown(element, "@archetype_nod_id")],
    [
      "an attribute of a text",
      "<code_string>UTF-8<",
      '<code_string set="x">UTF-8<',
      unknown(`${evaluation}/encoding/code_string`, "@set"),
    ],
    [
      "a node id of what has none",
      "<territory>",
      '<territory archetype_node_id="at0001">',
      unknown("/territory", "@archetype_node_id"),
    ],
  ])("are reported where they stand: %s", (_what, sought, replacement, expected) => {
    expect(findingsIn(sought, replacement)).toEqual([expected]);
  });

  it("are reported inside of a text, which they leave empty", () => {
    const findings = findingsIn("<code_string>UTF-8</code_string>", "<code_string>UTF-8<b>x</b></code_string>");
    expect(findings).toContainEqual(unknown(`${evaluation}/encoding/code_string`, "b"));
    expect(findings).toContainEqual(["rm-invariant:Code_string_valid", `${evaluation}/encoding`, undefined]);
  });

  it.each([
    ["before the elements of an object", /(<items [^>]*>)/, "$1stray", unknown(element, "text()")],
    ["behind them", "</composition>", "stray</composition>", unknown("", "text()")],
    ["in a CDATA section", "</composition>", "<![CDATA[stray]]></composition>", unknown("", "text()")],
  ])("are reported together with text beside elements: %s", (_what, sought, replacement, expected) => {
    expect(findingsIn(sought, replacement)).toEqual([expected]);
  });

  it("are reported together with the text of a text that has elements", () => {
    const findings = findingsIn("<code_string>UTF-8<", "<code_string>UTF-8<b/><");
    expect(findings).toContainEqual(unknown(`${evaluation}/encoding/code_string`, "text()"));
  });

  it.each(["true", "1"])("are reported together with what stands in a nil element (%s)", (nil) => {
    const stray = `<territory><preferred_term xsi:nil="${nil}">x</preferred_term>`;
    expect(findingsIn("<territory>", stray)).toEqual([unknown("/territory", "preferred_term")]);
  });

  it("are fine when they follow from others or belong to XML", () => {
    const harmless = '<territory xml:lang="en" xsi:schemaLocation="a b"><preferred_term xsi:nil="true"/>';
    expect(findingsIn("<territory>", harmless)).toEqual([]);
    expect(findingsIn(/<archetype_id>/, "<archetype_id><rmName>x</rmName><versionId>1</versionId>")).toEqual([]);
  });
});

describe("archetype details", () => {
  const details = (object: RmObject): RmObject => object.archetype_details as RmObject;

  it("name the archetype of their object", () => {
    const changed = findings((_, composition) => {
      const [evaluation] = composition.content as RmObject[];
      details(evaluation as RmObject).archetype_id = {
        value: "openEHR-EHR-EVALUATION.other.v1",
      } as unknown as RmObject;
    });
    expect(changed).toEqual([
      [
        "template-archetype-details",
        "/content[openEHR-EHR-EVALUATION.small.v1]/archetype_details/archetype_id",
        "openEHR-EHR-EVALUATION.other.v1",
      ],
    ]);
  });

  it("name the template of the composition", () => {
    const named = (id: string) =>
      findings((_, composition) => {
        details(composition).template_id = { value: id } as unknown as RmObject;
      });
    expect(named(" Small")).toEqual([]);
    expect(named("Large")).toEqual([["template-archetype-details", "/archetype_details/template_id", "Large"]]);
  });

  it("must be there on entries and compositions", () => {
    const missing = findings((_, composition) => {
      composition.archetype_details = undefined;
    });
    expect(missing).toEqual([["rm-invariant:Is_archetype_root", "", undefined]]);
  });
});

describe("numbers", () => {
  it("are whole where the reference model wants them whole", () => {
    expect(validateRmObject({ _type: "DV_COUNT", magnitude: 1.5 })).toMatchObject([
      { rule: "rm-type", path: "/magnitude", expected: "LONG", found: "number" },
    ]);
    expect(validateRmObject({ _type: "DV_COUNT", magnitude: 1e3 })).toEqual([]);
  });
});
