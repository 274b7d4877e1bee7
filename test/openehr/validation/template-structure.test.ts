import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import type { Template } from "../../../src/openehr/template/template.js";
import type { ValidationOptions } from "../../../src/openehr/validation/validate-composition.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { corpusTemplate, hasCorpus } from "../template/corpus.js";
import { attribute, constraint, ITEMS, nameList, object, occurrences } from "../template/small-template.js";
import { compositionOfItems, element, elementOf, templateOfItems } from "./small-validation-template.js";

const TEXT: RmObject = { _type: "DV_TEXT", value: "text" };
const TREE = ITEMS.slice(0, -"/items".length);
const ANY_TEXT = object("DV_TEXT", "");

function problems(
  template: Template,
  items: readonly RmObject[],
  options?: ValidationOptions,
): readonly (readonly [rule: string, path: string, message: string])[] {
  const composition = compositionOfItems(template, ...items);
  return validateComposition(composition, template, options).map(({ rule, path, message }) => [rule, path, message]);
}

function cluster(nodeId: string, items: readonly RmObject[], name = "Group"): RmObject {
  return { _type: "CLUSTER", name: { _type: "DV_TEXT", value: name }, archetype_node_id: nodeId, items: [...items] };
}

describe("occurrences", () => {
  const template = templateOfItems(
    element("at0002", ANY_TEXT, occurrences("1", "2")) + element("at0003", ANY_TEXT, occurrences("0", "1")),
    { at0003: "Other" },
  );

  it("wants nodes as often as the template says", () => {
    expect(problems(template, [elementOf(TEXT), elementOf(TEXT)])).toEqual([]);
    expect(problems(template, [elementOf(TEXT), elementOf(TEXT), elementOf(TEXT)])).toEqual([
      ["template-occurrences", `${ITEMS}[at0002]`, "Attribute has 3 occurrences, but must be 1..2"],
    ]);
    expect(problems(template, [elementOf(TEXT, "at0003", "Other")])).toEqual([
      ["template-occurrences", `${ITEMS}[at0002]`, "Attribute has 0 occurrences, but must be 1..2"],
    ]);
  });

  it("counts nodes that differ by name on their own", () => {
    const named = (name: string): string =>
      object("ELEMENT", "at0002", nameList(name) + attribute("value", ANY_TEXT), occurrences("1", "1"));
    const both = templateOfItems(named("left") + named("right"));
    expect(problems(both, [elementOf(TEXT, "at0002", "left"), elementOf(TEXT, "at0002", "right")])).toEqual([]);
    expect(problems(both, [elementOf(TEXT, "at0002", "left")])).toEqual([
      [
        "template-occurrences",
        `${ITEMS}[at0002 and name/value='right']`,
        "Attribute has 0 occurrences, but must be 1..1",
      ],
    ]);
  });

  it("lets one alternative stand for another that is mandatory by itself", () => {
    const mandatory = occurrences("1", "1");
    const either = object("DV_TEXT", "", "", mandatory) + object("DV_BOOLEAN", "", "", mandatory);
    expect(problems(templateOfItems(element("at0002", either)), [elementOf(TEXT)])).toEqual([]);
  });

  it("takes a null flavour for the value that the template demands", () => {
    const mandatory = templateOfItems(element("at0002", object("DV_TEXT", "", "", occurrences("1", "1"))));
    const flavour: RmObject = {
      _type: "DV_CODED_TEXT",
      value: "unknown",
      defining_code: {
        _type: "CODE_PHRASE",
        terminology_id: { _type: "TERMINOLOGY_ID", value: "openehr" },
        code_string: "253",
      },
    };
    expect(problems(mandatory, [{ ...elementOf(undefined), null_flavour: flavour }])).toEqual([]);
  });
});

describe("cardinality", () => {
  const cardinality = (lower: number, upper: number): string =>
    `<cardinality><interval><lower>${lower}</lower><upper>${upper}</upper></interval></cardinality>`;
  const grouped = (lower: number, upper: number, existence = 0): Template =>
    templateOfItems(
      object(
        "CLUSTER",
        "at0004",
        `<attributes xsi:type="C_MULTIPLE_ATTRIBUTE"><rm_attribute_name>items</rm_attribute_name><existence><lower>${existence}</lower><upper>1</upper></existence>${element("at0002", ANY_TEXT)}${element("at0003", ANY_TEXT)}${cardinality(lower, upper)}</attributes>`,
      ),
      { at0003: "Other", at0004: "Group" },
    );
  const items = [elementOf(TEXT), elementOf(TEXT, "at0003", "Other"), elementOf(TEXT)];

  it("counts everything in a list", () => {
    expect(problems(grouped(1, 2), [cluster("at0004", items)])).toEqual([
      ["template-cardinality", `${ITEMS}[at0004]/items`, "Attribute does not match cardinality 1..2"],
    ]);
    expect(problems(grouped(2, 3), [cluster("at0004", items.slice(0, 1))])).toEqual([
      ["template-cardinality", `${ITEMS}[at0004]/items`, "Attribute does not match cardinality 2..3"],
    ]);
    expect(problems(grouped(1, 3), [cluster("at0004", items)])).toEqual([]);
  });

  it("is left out on request, as the reference does", () => {
    expect(problems(grouped(1, 2), [cluster("at0004", items)], { cardinalities: false })).toEqual([]);
  });

  it("wants attributes that must exist", () => {
    const template = templateOfItems(element("at0002", ANY_TEXT));
    expect(problems(template, [])).toEqual([
      ["template-existence", `${TREE}/items`, "Attribute items of class ITEM_TREE does not match existence 1..1"],
    ]);
  });

  it("does not forbid what the nodes of the list demand", () => {
    const contradicting = templateOfItems(
      object(
        "CLUSTER",
        "at0004",
        attribute(
          "items",
          `${element("at0002", ANY_TEXT, occurrences("3", "3"))}${cardinality(1, 1)}`,
          "C_MULTIPLE_ATTRIBUTE",
        ),
      ),
      { at0004: "Group" },
    );
    expect(problems(contradicting, [cluster("at0004", Array(3).fill(elementOf(TEXT)))])).toEqual([]);
  });
});

describe("objects that are not in the template", () => {
  const slot = (rmType: string): string => constraint("ARCHETYPE_SLOT", rmType, "at0005", "", occurrences("0", "*"));
  const archetyped = cluster("openEHR-EHR-CLUSTER.device.v1", [elementOf(TEXT)], "Device");
  const unknown = (object: RmObject): string => {
    const name = (object.name as RmObject).value;
    const type = object._type === "CLUSTER" ? "Cluster" : "Element";
    return `RmObject with type:${type}, nodeId:${object.archetype_node_id},name:${name}; not in template`;
  };

  it("are reported where they would stand", () => {
    const template = templateOfItems(element("at0002", ANY_TEXT));
    const stranger = elementOf(TEXT, "at0099", "Stranger");
    expect(problems(template, [elementOf(TEXT), stranger])).toEqual([
      ["template-unknown-object", TREE, unknown(stranger)],
    ]);
    expect(problems(template, [elementOf(TEXT), stranger], { objectsNotInTemplate: false })).toEqual([]);
  });

  it("are those with another name, where the template tells nodes apart by name", () => {
    const named = object("ELEMENT", "at0002", nameList("left") + attribute("value", ANY_TEXT), occurrences("0", "*"));
    const stranger = elementOf(TEXT, "at0002", "right");
    expect(problems(templateOfItems(named), [stranger])).toEqual([
      ["template-unknown-object", TREE, unknown(stranger)],
    ]);
  });

  it.each(["CLUSTER", "ITEM"])("are at home in an open slot for class %s", (rmType) => {
    const template = templateOfItems(element("at0002", ANY_TEXT) + slot(rmType), { at0005: "Slot" });
    expect(problems(template, [elementOf(TEXT), archetyped])).toEqual([]);
  });

  it("are not at home in a slot for another class", () => {
    const template = templateOfItems(element("at0002", ANY_TEXT) + slot("ELEMENT"), { at0005: "Slot" });
    expect(problems(template, [elementOf(TEXT), archetyped])).toEqual([
      ["template-unknown-object", TREE, unknown(archetyped)],
    ]);
  });

  it("include a composition of another archetype", () => {
    const template = templateOfItems(element("at0002", ANY_TEXT));
    const other = {
      ...compositionOfItems(template, elementOf(TEXT)),
      archetype_node_id: "openEHR-EHR-COMPOSITION.x.v1",
    };
    expect(validateComposition(other, template).map(({ rule }) => rule)).toEqual(["template-unknown-object"]);
  });
});

describe("reports", () => {
  const template = templateOfItems(element("at0002", ANY_TEXT));

  it("say which of several objects is meant", () => {
    const wrong: RmObject = { _type: "DV_BOOLEAN", value: true };
    const found = validateComposition(compositionOfItems(template, elementOf(TEXT), elementOf(wrong)), template);
    expect(found.map(({ location }) => location)).toEqual([
      "/content[openEHR-EHR-EVALUATION.small.v1, 1]/data[at0001]/items[at0002, 2]/value",
    ]);
  });

  it("come from the template only when the reference model is satisfied", () => {
    const broken: RmObject = { _type: "DV_TEXT", value: "x", formatting: "" };
    const wrong: RmObject = { _type: "DV_BOOLEAN", value: true };
    expect(problems(template, [elementOf(broken), elementOf(wrong)]).map(([rule]) => rule)).toEqual([
      "rm-invariant:Formatting_valid",
    ]);
  });

  it("stop at the wanted number", () => {
    const wrong = Array.from({ length: 30 }, () => elementOf({ _type: "DV_BOOLEAN", value: true }));
    expect(problems(template, wrong, { mostFindings: 7 })).toHaveLength(7);
  });
});

describe.skipIf(!hasCorpus)("instruction states (needs the shared corpus)", () => {
  const coded = (code: string, value: string, terminology = "openehr"): RmObject => ({
    _type: "DV_CODED_TEXT",
    value,
    defining_code: {
      _type: "CODE_PHRASE",
      terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
      code_string: code,
    },
  });

  function withTransition(change: (transition: RmObject) => RmObject): readonly string[] {
    const template = corpusTemplate("test-ism.vitagroup.de.v1.opt");
    const composition = exampleComposition(template, { extent: "maximal", now: () => "2026-11-21T10:30:00" });
    const action = (composition.content as RmObject[]).find(({ _type }) => _type === "ACTION") as RmObject;
    action.ism_transition = change(action.ism_transition as RmObject);
    return validateComposition(composition, template).map(({ message }) => message);
  }

  it("follow from the transition", () => {
    expect(withTransition((transition) => transition)).toEqual([]);
    const messages = withTransition((transition) => ({ ...transition, transition: coded("548", "finish") }));
    expect(messages).toEqual(["No valid transition found for ism transition[finish/openehr/548]"]);
  });

  it("are those that the template ties to the careflow step", () => {
    const messages = withTransition((transition) => ({
      ...transition,
      current_state: coded("532", "completed"),
      transition: coded("548", "finish"),
    }));
    expect(messages).toContain("IsmTransition contains invalid current_state");
  });
});
