import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { attribute, constraint, ITEMS, nameList, object, occurrences } from "../template/small-template.js";
import { compositionOfItems, element, elementOf, templateOfItems } from "./small-validation-template.js";

const TEXT: RmObject = { _type: "DV_TEXT", value: "text" };
const TERMS = { at0003: "Other", at0004: "Group", at0005: "Slot", at0006: "Second slot" };
const ANY_TEXT = element("at0002", object("DV_TEXT", ""));
const SLOT = `${ITEMS}[at0005]`;

function asserted(kind: "includes" | "excludes", pattern: string): string {
  return `<${kind}><string_expression>archetype_id/value matches {/${pattern}/}</string_expression></${kind}>`;
}

/** The same as tools write it that leave out the text of the expression. */
function assertedAsTree(kind: "includes" | "excludes", pattern: string): string {
  return `<${kind}><string_expression/><expression xsi:type="EXPR_BINARY_OPERATOR"><type>Boolean</type><operator>2007</operator><left_operand xsi:type="EXPR_LEAF"><item xsi:type="xsd:string" xmlns:xsd="http://www.w3.org/2001/XMLSchema">archetype_id/value</item></left_operand><right_operand xsi:type="EXPR_LEAF"><item xsi:type="C_STRING"><pattern>${pattern}</pattern></item></right_operand></expression></${kind}>`;
}

function slot(lower: string, upper: string, content = "", nodeId = "at0005", rmType = "CLUSTER"): string {
  return constraint("ARCHETYPE_SLOT", rmType, nodeId, content, occurrences(lower, upper));
}

function cluster(archetype = "device.v1"): RmObject {
  return {
    _type: "CLUSTER",
    name: { _type: "DV_TEXT", value: "Device" },
    archetype_node_id: `openEHR-EHR-CLUSTER.${archetype}`,
    archetype_details: {
      _type: "ARCHETYPED",
      archetype_id: { _type: "ARCHETYPE_ID", value: `openEHR-EHR-CLUSTER.${archetype}` },
      rm_version: "1.0.4",
    },
    items: [elementOf(TEXT)],
  };
}

function findings(template: Template, ...items: readonly RmObject[]) {
  return validateComposition(compositionOfItems(template, elementOf(TEXT), ...items), template).map(
    ({ rule, path, expected, found }) => ({ rule, path, expected, found }),
  );
}

describe("occurrences of slots", () => {
  it("are at most as many as the slot says", () => {
    const template = templateOfItems(ANY_TEXT + slot("0", "1"), TERMS);
    expect(findings(template, cluster())).toEqual([]);
    expect(findings(template, cluster(), cluster("b.v1"))).toEqual([
      { rule: "template-occurrences", path: SLOT, expected: "0..1", found: "2" },
    ]);
  });

  it("are at least as many as the slot says", () => {
    const template = templateOfItems(ANY_TEXT + slot("2", "*"), TERMS);
    expect(findings(template, cluster(), cluster("b.v1"))).toEqual([]);
    expect(findings(template, cluster())).toEqual([
      { rule: "template-occurrences", path: SLOT, expected: "2..*", found: "1" },
    ]);
  });

  it("are none where the slot is closed", () => {
    const template = templateOfItems(ANY_TEXT + slot("0", "0"), TERMS);
    expect(findings(template, cluster())).toEqual([
      { rule: "template-occurrences", path: SLOT, expected: "0..0", found: "1" },
    ]);
  });

  it("may be those that the template fills the slot with itself", () => {
    const root = `<children xsi:type="C_ARCHETYPE_ROOT"><rm_type_name>CLUSTER</rm_type_name>${occurrences("0", "1")}<node_id>at0000</node_id>${attribute("items", element("at0001", object("DV_TEXT", "")), "C_MULTIPLE_ATTRIBUTE")}<archetype_id><value>openEHR-EHR-CLUSTER.device.v1</value></archetype_id><term_definitions code="at0000"><items id="text">Device</items></term_definitions><term_definitions code="at0001"><items id="text">Name</items></term_definitions></children>`;
    const template = templateOfItems(ANY_TEXT + slot("1", "1") + root, TERMS);
    const filled = { ...cluster(), items: [elementOf(TEXT, "at0001", "Name")] };
    expect(findings(template, filled)).toEqual([]);
    expect(findings(template)).toEqual([{ rule: "template-occurrences", path: SLOT, expected: "1..1", found: "0" }]);
  });

  it("are spread over all slots that admit an object, those with one choice first", () => {
    const onlyDevices = asserted("includes", "openEHR-EHR-CLUSTER\\.device\\.v1") + asserted("excludes", ".*");
    const two = templateOfItems(ANY_TEXT + slot("0", "1", onlyDevices) + slot("0", "1", "", "at0006"), TERMS);
    expect(findings(two, cluster(), cluster("b.v1"))).toEqual([]);
    expect(findings(two, cluster(), cluster())).toEqual([]);
    expect(findings(two, cluster(), cluster(), cluster("b.v1"))).toHaveLength(1);
  });

  it("count in the list that the slot stands in", () => {
    const list = (upper: number): Template =>
      templateOfItems(
        ANY_TEXT +
          object(
            "CLUSTER",
            "at0004",
            attribute(
              "items",
              `${element("at0003", object("DV_TEXT", ""))}${slot("0", "*")}<cardinality><interval><lower>1</lower><upper>${upper}</upper></interval></cardinality>`,
              "C_MULTIPLE_ATTRIBUTE",
            ),
          ),
        TERMS,
      );
    const group: RmObject = {
      ...cluster(),
      name: { _type: "DV_TEXT", value: "Group" },
      archetype_node_id: "at0004",
      items: [elementOf(TEXT, "at0003", "Other"), cluster(), cluster()],
    };
    delete group.archetype_details;
    expect(findings(list(3), group)).toEqual([]);
    expect(findings(list(2), group)).toEqual([
      { rule: "template-cardinality", path: `${ITEMS}[at0004]/items`, expected: "1..2", found: "3" },
    ]);
  });
});

describe("examples of templates with slots that want to be filled", () => {
  const only = asserted("includes", "openEHR-EHR-CLUSTER\\.device(-[a-z]+)*\\.v1") + asserted("excludes", ".*");
  const now = (): string => "2026-11-21T10:30:00";

  it.each<readonly [what: string, items: string]>([
    ["any archetype", slot("1", "1")],
    ["several", slot("3", "*")],
    ["an archetype of an assertion", slot("1", "2", only)],
    ["two slots", slot("1", "1", only) + slot("1", "1", "", "at0006")],
    ["an abstract class", slot("1", "1", "", "at0005", "ITEM")],
    [
      "a structure that must not be empty",
      object("CLUSTER", "at0004", attribute("items", slot("1", "1"), "C_MULTIPLE_ATTRIBUTE"), occurrences("1", "1")),
    ],
  ])("fill them: %s", (_, items) => {
    const template = templateOfItems(ANY_TEXT + items, TERMS);
    for (const extent of ["minimal", "maximal"] as const) {
      const composition = exampleComposition(template, { extent, now });
      expect(validateComposition(composition, template)).toEqual([]);
    }
  });

  it("are refused when there can be none", () => {
    const template = templateOfItems(ANY_TEXT + slot("99999999", "*"), TERMS);
    expect(() => exampleComposition(template, { extent: "minimal", now })).toThrow(
      expect.objectContaining({ code: "EXAMPLE_TOO_LARGE" }),
    );
  });
});

describe("assertions of slots", () => {
  it.each([asserted, assertedAsTree])("close the slot for all others with the exclusion of everything", (assert) => {
    const expression = "openEHR-EHR-CLUSTER\\.device(-[a-zA-Z0-9_]+)*\\.v1";
    const template = templateOfItems(
      ANY_TEXT + slot("0", "*", assert("includes", expression) + assert("excludes", ".*")),
      TERMS,
    );
    expect(findings(template, cluster(), cluster("device-pump.v1"), cluster("device.v1.2.0"))).toEqual([]);
    for (const other of ["device.v2", "devices.v1", "person.v1"]) {
      expect(findings(template, cluster(other))).toEqual([
        { rule: "template-slot", path: SLOT, expected: expression, found: `openEHR-EHR-CLUSTER.${other}` },
      ]);
    }
  });

  it("only recommend what they include otherwise", () => {
    const recommending = templateOfItems(
      ANY_TEXT + slot("0", "*", asserted("includes", "openEHR-EHR-CLUSTER\\.device\\.v1")),
      TERMS,
    );
    expect(findings(recommending, cluster("person.v1"))).toEqual([]);
  });

  it("exclude what they exclude", () => {
    const excluding = templateOfItems(
      ANY_TEXT + slot("0", "*", asserted("excludes", "openEHR-EHR-CLUSTER\\.person\\.v1")),
      TERMS,
    );
    expect(findings(excluding, cluster())).toEqual([]);
    expect(findings(excluding, cluster("person.v1"))).toMatchObject([{ rule: "template-slot", path: SLOT }]);
  });

  it("exclude nothing where they are about something else than ids", () => {
    const other = `<includes><string_expression>short_concept_name matches {/x/}</string_expression></includes>`;
    const template = templateOfItems(ANY_TEXT + slot("0", "*", other + asserted("excludes", ".*")), TERMS);
    expect(findings(template, cluster())).toEqual([]);
  });

  it("do not matter for objects of another class or name than the slot's", () => {
    const named = slot("0", "*", nameList("Device"), "at0005", "CLUSTER");
    const template = templateOfItems(ANY_TEXT + named + slot("0", "*", "", "at0006", "SECTION"), TERMS);
    expect(findings(template, cluster())).toEqual([]);
    const element = { ...elementOf(TEXT), archetype_node_id: "openEHR-EHR-ELEMENT.x.v1" };
    expect(findings(template, element)).toMatchObject([{ rule: "template-unknown-object" }]);
  });
});
