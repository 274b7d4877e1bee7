import { describe, expect, it } from "vitest";
import {
  attribute,
  attributesOf,
  concreteSubclassesOf,
  genericParameter,
  isLocatable,
  isPathable,
  isSubclassOf,
  rmClass,
  templateAttributesOf,
} from "../../../src/openehr/rm/rm-classes.js";

const names = (rmType: string) => attributesOf(rmType).map(({ name }) => name);

describe("reference model classes", () => {
  it("write the identifying attributes of LOCATABLEs last", () => {
    expect(names("OBSERVATION").slice(0, 3)).toEqual(["name", "archetype_details", "feeder_audit"]);
    expect(names("OBSERVATION").slice(-5)).toEqual(["state", "data", "archetype_node_id", "uid", "links"]);
    expect(names("EHR_STATUS").slice(-2)).toEqual(["is_queryable", "is_modifiable"]);
  });

  it("write the value of dates before what they inherit", () => {
    expect(names("DV_DATE_TIME")).toEqual([
      "value",
      "normal_status",
      "normal_range",
      "other_reference_ranges",
      "magnitude_status",
      "accuracy",
    ]);
  });

  it("inherit attributes and know lists and mandatory ones", () => {
    expect(attribute("DV_CODED_TEXT", "value")).toMatchObject({ type: "STRING", isMandatory: true, isList: false });
    expect(attribute("POINT_EVENT", "time")).toMatchObject({ type: "DV_DATE_TIME", isMandatory: true });
    expect(attribute("CLUSTER", "items")).toMatchObject({ isMandatory: true, isList: true });
    expect(attribute("COMPOSITION", "content")).toMatchObject({ isMandatory: false, isList: true });
  });

  it("ignore the parameter of generic types", () => {
    expect(names("DV_INTERVAL<DV_QUANTITY>")).toEqual(names("DV_INTERVAL"));
    expect(isSubclassOf("DV_INTERVAL<DV_QUANTITY>", "DATA_VALUE")).toBe(true);
    expect(genericParameter("DV_INTERVAL<DV_QUANTITY>")).toBe("DV_QUANTITY");
    expect(genericParameter("DV_QUANTITY")).toBeUndefined();
  });

  it("tell LOCATABLE and PATHABLE classes from others", () => {
    expect(isLocatable("ELEMENT")).toBe(true);
    expect(isLocatable("EVENT_CONTEXT")).toBe(false);
    expect(isPathable("EVENT_CONTEXT")).toBe(true);
    expect(isPathable("DV_TEXT")).toBe(false);
  });

  it("list the concrete classes of an abstract one", () => {
    expect(concreteSubclassesOf("PARTY_PROXY")).toEqual(["PARTY_SELF", "PARTY_IDENTIFIED", "PARTY_RELATED"]);
    expect(concreteSubclassesOf("EVENT")).toEqual(["POINT_EVENT", "INTERVAL_EVENT"]);
  });

  it("order the attributes of template trees apart from those of documents", () => {
    expect(templateAttributesOf("ISM_TRANSITION").map(({ name }) => name)).toEqual([
      "reason",
      "current_state",
      "careflow_step",
      "transition",
    ]);
    for (const rmType of ["COMPOSITION", "ACTION", "INTERVAL_EVENT", "DV_INTERVAL"]) {
      expect(
        templateAttributesOf(rmType)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names(rmType).sort());
    }
  });

  it.each(["__proto__", "constructor", "toString", "NO_SUCH_CLASS", ""])("do not know %s", (name) => {
    expect(rmClass(name)).toBeUndefined();
    expect(attributesOf(name)).toEqual([]);
    expect(isSubclassOf(name, "LOCATABLE")).toBe(false);
    expect(attribute("COMPOSITION", name)).toBeUndefined();
  });
});
