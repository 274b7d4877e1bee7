import { describe, expect, it } from "vitest";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { validateRmObject } from "../../../src/openehr/validation/validate-rm-object.js";

function code(terminology: string, text: string): RmObject {
  return { _type: "CODE_PHRASE", terminology_id: { _type: "TERMINOLOGY_ID", value: terminology }, code_string: text };
}

function coded(terminology: string, text: string, value = "text"): RmObject {
  return { _type: "DV_CODED_TEXT", value, defining_code: code(terminology, text) };
}

const text: RmObject = { _type: "DV_TEXT", value: "text" };
const quantity: RmObject = { _type: "DV_QUANTITY", magnitude: 5, units: "kg" };
const element: RmObject = { _type: "ELEMENT", name: text, archetype_node_id: "at0001", value: text };
const proportion: RmObject = { _type: "DV_PROPORTION", numerator: 1, denominator: 2, type: 0 };
const multimedia: RmObject = {
  _type: "DV_MULTIMEDIA",
  size: 1,
  media_type: code("IANA_media-types", "image/png"),
  uri: { _type: "DV_URI", value: "https://example.org" },
};
const reference: RmObject = {
  _type: "OBJECT_REF",
  namespace: "local",
  type: "ANY",
  id: { _type: "HIER_OBJECT_ID", value: "1" },
};

function interval(lower: RmObject | undefined, upper: RmObject | undefined, flags: Partial<RmObject> = {}): RmObject {
  return {
    _type: "DV_INTERVAL",
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    lower_included: true,
    upper_included: true,
    lower_unbounded: false,
    upper_unbounded: false,
    ...flags,
  };
}

function row(items: number, itemType = "ELEMENT"): RmObject {
  const item = itemType === "ELEMENT" ? element : { ...element, _type: itemType, value: undefined, items: [element] };
  return {
    _type: "CLUSTER",
    name: text,
    archetype_node_id: "at0002",
    items: Array.from({ length: items }, () => item),
  };
}

function table(...rows: RmObject[]): RmObject {
  return { _type: "ITEM_TABLE", name: text, archetype_node_id: "at0003", rows };
}

function rules(object: RmObject): readonly string[] {
  return validateRmObject(object).map(({ rule }) => rule);
}

describe("invariants of the reference model", () => {
  it.each<readonly [invariant: string, broken: RmObject, kept: RmObject]>([
    ["Archetype_node_id_valid", { ...element, archetype_node_id: "" }, element],
    ["Inv_null_flavour_indicated", { ...element, null_flavour: coded("openehr", "271") }, element],
    [
      "Inv_null_flavour_valid",
      { ...element, value: undefined, null_flavour: coded("openehr", "225") },
      { ...element, value: undefined, null_flavour: coded("openehr", "253") },
    ],
    [
      "Inv_null_reason_valid",
      { ...element, null_reason: text },
      { ...element, value: undefined, null_flavour: coded("openehr", "253"), null_reason: text },
    ],
    [
      "Language_valid",
      { ...text, language: code("ISO_639-1", "xx-yy") },
      { ...text, language: code("iso_639-1", "de") },
    ],
    [
      "Encoding_valid",
      { ...text, encoding: code("Unicode", "UTF-8") },
      { ...text, encoding: code("IANA_character-sets", "UTF-8") },
    ],
    ["Formatting_valid", { ...text, formatting: "" }, { ...text, formatting: "markdown" }],
    ["Code_string_valid", code("local", ""), code("local", "at0001")],
    [
      "Normal_status_validity",
      { ...quantity, normal_status: code("openehr_normal_statuses", "X") },
      { ...quantity, normal_status: code("openehr_normal_statuses", "HH") },
    ],
    [
      "Normal_range_and_status_consistency",
      {
        ...quantity,
        normal_status: code("openehr_normal_statuses", "N"),
        normal_range: interval({ ...quantity, magnitude: 6 }, undefined),
      },
      {
        ...quantity,
        normal_status: code("openehr_normal_statuses", "L"),
        normal_range: interval({ ...quantity, magnitude: 6 }, undefined),
      },
    ],
    ["Magnitude_status_valid", { ...quantity, magnitude_status: "!" }, { ...quantity, magnitude_status: "~" }],
    [
      "Accuracy_is_percent_validity",
      { ...quantity, accuracy: 0, accuracy_is_percent: true },
      { ...quantity, accuracy: 0, accuracy_is_percent: false },
    ],
    [
      "Accuracy_valid",
      { ...quantity, accuracy: 101, accuracy_is_percent: true },
      { ...quantity, accuracy: 101, accuracy_is_percent: false },
    ],
    ["Type_validity", { ...proportion, type: 5 }, { ...proportion, type: 4 }],
    ["Precision_validity", { ...proportion, precision: 0, numerator: 0.5 }, { ...proportion, precision: 0 }],
    ["Fraction_validity", { ...proportion, type: 3, numerator: 0.5 }, { ...proportion, type: 3 }],
    ["Unitary_validity", { ...proportion, type: 1 }, { ...proportion, type: 1, denominator: 1 }],
    ["Percent_validity", { ...proportion, type: 2 }, { ...proportion, type: 2, denominator: 100 }],
    ["Valid_denominator", { ...proportion, denominator: 0 }, proportion],
    ["Value_valid", { _type: "DV_URI", value: "" }, { _type: "DV_URI", value: "x" }],
    ["Scheme_valid", { _type: "DV_EHR_URI", value: "https://x" }, { _type: "DV_EHR_URI", value: "EHR://x" }],
    ["Id_valid", { _type: "DV_IDENTIFIER", id: "" }, { _type: "DV_IDENTIFIER", id: "1" }],
    [
      "Lower_included_valid",
      interval(undefined, quantity, { lower_unbounded: true }),
      interval(undefined, quantity, { lower_unbounded: true, lower_included: false }),
    ],
    [
      "Upper_included_valid",
      interval(quantity, undefined, { upper_unbounded: true }),
      interval(quantity, undefined, { upper_unbounded: true, upper_included: false }),
    ],
    ["Limits_consistent", interval(quantity, { ...quantity, magnitude: 4 }), interval(quantity, quantity)],
    [
      "Range_is_simple",
      {
        _type: "REFERENCE_RANGE",
        meaning: text,
        range: interval({ ...quantity, normal_range: interval(quantity, quantity) }, undefined),
      },
      { _type: "REFERENCE_RANGE", meaning: text, range: interval(quantity, undefined) },
    ],
    ["Size_valid", { ...multimedia, size: 0 }, multimedia],
    ["Media_type_valid", { ...multimedia, media_type: code("IANA_media-types", "video/mp3") }, multimedia],
    [
      "Compression_algorithm_valid",
      { ...multimedia, compression_algorithm: code("openehr_compression_algorithms", "rar") },
      { ...multimedia, compression_algorithm: code("openehr_compression_algorithms", "gzip") },
    ],
    [
      "Integrity_check_validity",
      { ...multimedia, integrity_check: "AA==" },
      {
        ...multimedia,
        integrity_check: "AA==",
        integrity_check_algorithm: code("openehr_integrity_check_algorithms", "SHA-256"),
      },
    ],
    ["Not_empty", { ...multimedia, uri: undefined }, multimedia],
    [
      "Formalism_valid",
      { _type: "DV_PARSABLE", value: "x", formalism: "" },
      { _type: "DV_PARSABLE", value: "x", formalism: "text" },
    ],
    ["Basic_validity", { _type: "PARTY_IDENTIFIED" }, { _type: "PARTY_IDENTIFIED", name: "x" }],
    ["Name_valid", { _type: "PARTY_IDENTIFIED", name: "" }, { _type: "PARTY_IDENTIFIED", name: "x" }],
    [
      "Relationship_valid",
      { _type: "PARTY_RELATED", name: "x", relationship: coded("openehr", "433") },
      { _type: "PARTY_RELATED", name: "x", relationship: coded("openehr", "10") },
    ],
    ["Namespace_valid", { ...reference, namespace: "1 2" }, reference],
    ["Type_validity", { ...reference, _type: "PARTY_REF" }, { ...reference, _type: "PARTY_REF", type: "PERSON" }],
    [
      "Match_valid",
      { _type: "TERM_MAPPING", match: "~", target: code("x", "1") },
      { _type: "TERM_MAPPING", match: "<", target: code("x", "1") },
    ],
    [
      "System_id_valid",
      { _type: "FEEDER_AUDIT_DETAILS", system_id: "" },
      { _type: "FEEDER_AUDIT_DETAILS", system_id: "x" },
    ],
    ["Valid_number_of_rows", table(row(1), row(2)), table(row(2), row(2))],
    ["Valid_structure", table(row(1, "CLUSTER")), table(row(1))],
  ])("%s", (invariant, broken, kept) => {
    expect(rules(broken)).toContain(`rm-invariant:${invariant}`);
    expect(rules(kept)).not.toContain(`rm-invariant:${invariant}`);
  });

  it("names the interval that a DV_INTERVAL wraps", () => {
    const found = validateRmObject({ ...element, value: interval(quantity, { ...quantity, magnitude: 4 }) });
    expect(found).toEqual([
      {
        path: "/value/interval",
        rule: "rm-invariant:Limits_consistent",
        message: "Invariant Limits_consistent failed on type INTERVAL",
      },
    ]);
  });

  it.each([
    ["DV_DATE", "2020-02", "2020-01-31"],
    ["DV_DATE_TIME", "2020-01-01T10:00:00+01:00", "2020-01-01T10:00:00+02:00"],
    ["DV_TIME", "10:00:00+01:00", "10:00:00+02:00"],
    ["DV_DURATION", "P1M", "P30D"],
    ["DV_DURATION", "PT0.5S", "PT0.25S"],
  ])("compares limits of class %s by what they mean: %s is later than %s", (type, later, earlier) => {
    const [one, other] = [later, earlier].map((value): RmObject => ({ _type: type, value }));
    expect(rules(interval(one, other))).toEqual(["rm-invariant:Limits_consistent"]);
    expect(rules(interval(other, one))).toEqual([]);
  });

  it("does not compare quantities in different units", () => {
    expect(rules(interval({ ...quantity, units: "g" }, { ...quantity, magnitude: 1 }))).toEqual([]);
  });

  it("takes codes without regard to the letter case of their terminology", () => {
    const setting = coded("OPENEHR", "238");
    const context: RmObject = {
      _type: "EVENT_CONTEXT",
      start_time: { _type: "DV_DATE_TIME", value: "2020-01-01T00:00:00" },
      setting,
    };
    expect(rules(context)).toEqual([]);
  });

  it("lets functions of participations be free text", () => {
    const participation: RmObject = { _type: "PARTICIPATION", function: text, performer: { _type: "PARTY_SELF" } };
    expect(rules(participation)).toEqual([]);
    expect(rules({ ...participation, function: coded("openehr", "1") })).toEqual(["rm-invariant:Function_valid"]);
  });
});

describe("attributes of the reference model", () => {
  it("wants mandatory attributes", () => {
    expect(validateRmObject({ _type: "DV_QUANTITY", magnitude: 1 })).toEqual([
      {
        path: "/units",
        rule: "rm-existence",
        message: "Attribute units of class DV_QUANTITY does not match existence 1..1",
        expected: "1..1",
      },
    ]);
  });

  it("wants lists that are mandatory to hold something", () => {
    const cluster: RmObject = { _type: "CLUSTER", name: text, archetype_node_id: "at0001", items: [] };
    expect(validateRmObject(cluster)).toMatchObject([
      { path: "/items", rule: "rm-cardinality", message: "Attribute does not match cardinality 1..*" },
    ]);
  });

  it("gives members of lists their position and structures their node id", () => {
    const tree: RmObject = {
      _type: "ITEM_TREE",
      name: text,
      archetype_node_id: "at0003",
      items: [element, { ...element, value: { _type: "DV_TEXT", value: "x", mappings: [{ _type: "TERM_MAPPING" }] } }],
    };
    const paths = validateRmObject({ _type: "POINT_EVENT", name: text, archetype_node_id: "at0002", data: tree }).map(
      ({ path }) => path,
    );
    expect(paths).toEqual([
      "/time",
      "/data[at0003]/items[at0001, 2]/value/mappings[1]/match",
      "/data[at0003]/items[at0001, 2]/value/mappings[1]/target",
    ]);
  });

  it.each<readonly [found: string, value: unknown]>([
    ["DV_TEXT", text],
    ["string", "2020-01-01"],
    ["list", [text]],
    ["number", 5],
  ])("reports an attribute of another class: %s", (found, value) => {
    const event = { _type: "POINT_EVENT", name: text, archetype_node_id: "a", time: value, data: table() } as RmObject;
    expect(validateRmObject(event)).toMatchObject([
      { path: "/time", rule: "rm-type", expected: "DV_DATE_TIME", found },
    ]);
  });

  it("reports primitives of another type", () => {
    expect(rules({ _type: "DV_COUNT", magnitude: "5" })).toEqual(["rm-type"]);
    expect(rules({ _type: "DV_BOOLEAN", value: "true" })).toEqual(["rm-type"]);
    expect(rules({ _type: "DV_TEXT", value: true })).toEqual(["rm-type"]);
  });

  it("reports classes that the reference model does not have", () => {
    expect(rules({ _type: "__proto__" })).toEqual(["rm-type"]);
    expect(rules({ ...element, value: { _type: "constructor" } })).toEqual(["rm-type"]);
  });

  it("reports texts that are no dates, times or durations", () => {
    expect(validateRmObject({ _type: "DV_DATE", value: "2021-02-30" })).toEqual([
      { path: "/value", rule: "rm-temporal", message: "The value of DV_DATE has a day that its month does not have" },
    ]);
    expect(rules({ _type: "DV_DURATION", value: "one day" })).toEqual(["rm-temporal"]);
  });
});
