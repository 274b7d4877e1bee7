import { describe, expect, it } from "vitest";
import { valuesAtRmPath } from "./rm-path.js";

const composition = {
  _type: "COMPOSITION",
  content: [
    {
      archetype_node_id: "openEHR-EHR-OBSERVATION.blood_pressure.v2",
      data: { archetype_node_id: "at0001", events: [event("at0006", 120), event("at0006", 130), event("at0042", 1)] },
    },
    { archetype_node_id: "openEHR-EHR-OBSERVATION.pulse.v2", data: { archetype_node_id: "at0002" } },
  ],
};

function event(nodeId: string, magnitude: number) {
  return { archetype_node_id: nodeId, data: { items: [{ archetype_node_id: "at0004", value: { magnitude } }] } };
}

const systolic = "/content[openEHR-EHR-OBSERVATION.blood_pressure.v2]/data[at0001]/events[at0006]/data/items[at0004]";

describe("RM paths", () => {
  it("give all members with the node id, in document order", () => {
    expect(valuesAtRmPath(composition, `${systolic}/value/magnitude`)).toEqual([120, 130]);
  });

  it("give all members of a list without a predicate", () => {
    expect(valuesAtRmPath(composition, "/content/data/events/data/items/value/magnitude")).toEqual([120, 130, 1]);
  });

  it("compare the predicate of an attribute that is not a list, too", () => {
    expect(valuesAtRmPath(composition, "/content[openEHR-EHR-OBSERVATION.pulse.v2]/data[at0001]")).toEqual([]);
  });

  it("give nothing for an attribute that is not there, nor for inherited ones", () => {
    expect(valuesAtRmPath(composition, "/context/start_time/value")).toEqual([]);
    expect(valuesAtRmPath(composition, "/constructor/name")).toEqual([]);
  });

  it("are refused when a step has another form", () => {
    expect(() => valuesAtRmPath(composition, "/content[at0001")).toThrow("content[at0001");
    expect(() => valuesAtRmPath(composition, "content")).toThrow("not an RM path");
  });
});
