import { describe, expect, it } from "vitest";
import type { Step } from "../../../src/engine/plan.js";
import { v1Semantics } from "../../../src/engine/semantics.js";
import { formatPosition } from "../../../src/errors/source-position.js";
import { firstBodyLine, type WardModel, wardMapper, wardPlan } from "../fixtures/ward-mapper.js";

const event = "$archetype/data[at0001]/events[at0002]";

function pulse(body: string): WardModel {
  return { name: "OBSERVATION.pulse.v1", type: "Observation", body };
}

function device(body: string): WardModel {
  return { name: "CLUSTER.device.v1", type: "Device", body };
}

const deviceSlot = `mappings:
  - name: device
    with: { fhir: "$resource.device", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    slotArchetype: CLUSTER.device.v1`;

/** Steps of the start model. */
function steps(body: string, ...others: readonly WardModel[]): readonly Step[] {
  return wardPlan([pulse(body), ...others]).plan.start[0]?.steps ?? [];
}

function findings(body: string, ...others: readonly WardModel[]): readonly string[] {
  return wardPlan([pulse(body), ...others]).diagnostics.map(
    ({ severity, code, position, rule }) =>
      `${severity} ${code} ${rule} at ${position === undefined ? "?" : formatPosition(position)}`,
  );
}

describe("a step of a plan", () => {
  it("knows the file, the line and the rule it comes from", () => {
    const [remark] = steps(`mappings:
  - name: remark
    with: { fhir: "$resource.note", openehr: "${event}/data[at0003]/items[at0005]" }
    followedBy:
      mappings:
        - { name: words, with: { fhir: text, openehr: "$openehrRoot" } }`);
    expect(remark?.source).toMatchObject({ mapping: "OBSERVATION.pulse.v1", rule: "remark" });
    expect(remark?.source.position).toMatchObject({ file: "OBSERVATION.pulse.v1.yml", line: firstBodyLine + 1 });
    expect(remark?.children[0]?.source.rule).toBe("remark.words");
    expect(remark?.children[0]?.source.position.line).toBe(firstBodyLine + 5);
  });

  it.each([
    [`slotArchetype: CLUSTER.device.v1`, "iterate"],
    [`reference: { resourceType: Device, mappings: [] }`, "iterate"],
    [`followedBy: { mappings: [] }`, "convert"],
    [`manual: [{ name: m, fhir: [{ path: status, value: final }] }]`, "iterate"],
  ])("does with %s what it says: %s", (key, kind) => {
    const body = `mappings:
  - name: one
    with: { fhir: "$resource.device", openehr: "$archetype/protocol[at0010]" }
    ${key}`;
    expect(steps(body, device("mappings: []"))[0]?.kind.kind).toBe(kind);
  });

  it("converts nothing with the type NONE", () => {
    const body = `mappings:
  - { name: one, with: { fhir: "$resource.note", openehr: "${event}", type: NONE } }`;
    expect(steps(body)[0]?.kind.kind).toBe("iterate");
  });

  it("puts constants for openEHR in front of their method and constants for FHIR behind its children", () => {
    const all = steps(`mappings:
  - name: one
    with: { fhir: "$resource.note", openehr: "${event}" }
    manual:
      - { name: m, fhir: [{ path: text, value: a }], openehr: [{ path: "data[at0003]/items[at0005]", value: A }] }
    followedBy:
      mappings:
        - { name: child, with: { fhir: time, openehr: time } }`);
    expect(all.map(({ source }) => source.rule)).toEqual(["one.m", "one"]);
    expect(all[1]?.children.map(({ source }) => source.rule)).toEqual(["one.child", "one.m"]);
  });

  it("runs in the direction of its file unless it says its own", () => {
    const body = `mappings:
  - { name: one, with: { fhir: "$resource.note", openehr: "${event}" } }
  - { name: two, with: { fhir: "$resource.note", openehr: "${event}" }, unidirectional: "fhir->openehr" }`;
    const model = { ...pulse(body), header: `  unidirectional: "openehr->fhir"` };
    const { plan } = wardPlan([model]);
    expect(plan.start[0]?.steps.map(({ direction }) => direction)).toEqual(["openehr->fhir", "fhir->openehr"]);
  });
});

describe("relative openEHR paths", () => {
  it("go on from the enclosing method, over several levels and out of it again", () => {
    const [one] = steps(`mappings:
  - name: one
    with: { fhir: "$resource.component", openehr: "${event}/data[at0003]/items[at0006]" }
    followedBy:
      mappings:
        - name: two
          with: { fhir: "extension", openehr: "items[at0007]" }
          followedBy:
            mappings:
              - { name: three, with: { fhir: "url", openehr: "$openehrRoot" } }
              - { name: four, with: { fhir: "url", openehr: "$reference" } }
              - { name: five, with: { fhir: "url", openehr: "${event}/data[at0003]/items[at0004]" } }
              - { name: six, with: { fhir: "url", openehr: "$composition/context/start_time" } }`);
    const two = one?.children[0];
    expect(two?.openEhr?.node.name).toBe("Note");
    expect(two?.children.map(({ openEhr }) => openEhr?.node.name)).toEqual(["Note", "Note", "Rate", "start_time"]);
    expect(two?.children[1]?.openEhr?.isReference).toBe(true);
  });

  it("begin in a called model at the node of the slot", () => {
    const [slot] = steps(
      deviceSlot,
      device(`mappings:
  - { name: name, with: { fhir: "$resource.deviceName.name", openehr: "$archetype/items[at0001]" } }
  - { name: plain, with: { fhir: "$resource.deviceName.name", openehr: "items[at0001]" } }`),
    );
    expect(slot?.slot[0]?.steps.map(({ openEhr }) => openEhr?.node.name)).toEqual(["Device name", "Device name"]);
  });
});

describe("a slot", () => {
  it("is unfolded with the models of its name", () => {
    const { plan, diagnostics } = wardPlan([pulse(deviceSlot), device("mappings: []")]);
    expect(plan.start[0]?.steps[0]?.slot.map(({ name }) => name)).toEqual(["CLUSTER.device.v1"]);
    expect(diagnostics).toEqual([]);
  });

  it("may be named by the archetype id", () => {
    const body = deviceSlot.replace("slotArchetype: ", "slotArchetype: openEHR-EHR-");
    expect(steps(body, device("mappings: []"))[0]?.slot).toHaveLength(1);
  });

  it("that no model has maps nothing", () => {
    expect(steps(deviceSlot)[0]?.slot).toEqual([]);
  });

  it("that no model has is reported once, where it is written", () => {
    const { diagnostics } = wardMapper(pulse(deviceSlot));
    expect(diagnostics.filter(({ code }) => code.includes("SLOT"))).toEqual([
      expect.objectContaining({
        severity: "warning",
        code: "CHECK_SLOT_UNKNOWN",
        rule: "device",
        position: expect.objectContaining({ file: "OBSERVATION.pulse.v1.yml", line: firstBodyLine + 3 }),
      }),
    ]);
  });

  it("is unfolded at every place where it stands", () => {
    const twice = `${deviceSlot}${deviceSlot.slice("mappings:".length)}`;
    const model = device(`mappings:
  - { name: name, with: { fhir: "$resource.deviceName.name", openehr: "$archetype/items[at0001]" } }`);
    expect(wardPlan([pulse(twice), model]).plan.stepCount).toBe(4);
  });

  it("that leads back to its own model on the same node is cut and reported", () => {
    const circle = device(`mappings:
  - { name: again, with: { fhir: "$resource", openehr: "$archetype" }, slotArchetype: CLUSTER.device.v1 }`);
    expect(findings(deviceSlot, circle)).toEqual([
      `warning MAPPING_SLOT_CIRCULAR again at CLUSTER.device.v1.yml:${firstBodyLine + 1}:87`,
    ]);
  });

  it.each(["openfhir", "v1"])("that leads back over another model ends as well (%s)", (name) => {
    const models = [
      pulse(deviceSlot),
      device(`mappings:
  - { name: there, with: { fhir: "$resource", openehr: "$archetype" }, slotArchetype: "CLUSTER.device.v1#other" }`),
      {
        name: "CLUSTER.device.v1#other",
        type: "Device",
        body: `mappings:
  - { name: back, with: { fhir: "$resource", openehr: "$archetype" }, slotArchetype: CLUSTER.device.v1 }`,
      },
    ];
    const { diagnostics } = name === "v1" ? wardPlan(models, v1Semantics) : wardPlan(models);
    expect(diagnostics.map(({ code }) => code)).toContain("MAPPING_SLOT_CIRCULAR");
    expect(diagnostics.every(({ severity }) => severity !== "error")).toBe(true);
  });

  it("that unfolds beyond measure is an error", () => {
    const level = (own: number): WardModel => ({
      name: own === 0 ? "OBSERVATION.pulse.v1" : `CLUSTER.device.v1#${own}`,
      type: "Observation",
      body: `mappings:
${Array.from({ length: 20 }, (_, at) => `  - { name: s${at}, with: { fhir: "$resource", openehr: "$archetype" }, slotArchetype: "CLUSTER.device.v1#${own + 1}" }`).join("\n")}`,
    });
    const { diagnostics } = wardPlan(Array.from({ length: 6 }, (_, own) => level(own)));
    expect(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual([
      "MAPPING_TOO_LARGE",
    ]);
  });
});

describe("what a template or FHIR does not have", () => {
  it("is a note when it is the end of an openEHR path", () => {
    const body = `mappings:
  - { name: lost, with: { fhir: "$resource.note", openehr: "${event}/data[at0003]/items[at0099]" } }`;
    expect(findings(body)).toEqual([
      `note MAPPING_OPENEHR_PATH_CUT lost at OBSERVATION.pulse.v1.yml:${firstBodyLine + 1}:60`,
    ]);
  });

  it.each(["items[at0005]/valeu", "items[at0005]/value/magnitude", "itmes[at0005]"])(
    "is a warning when no template can have it: %s",
    (end) => {
      const body = `mappings:
  - { name: lost, with: { fhir: "$resource.method", openehr: "${event}/data[at0003]/${end}" } }`;
      expect(findings(body)).toContain(
        `warning MAPPING_RM_ATTRIBUTE_UNKNOWN lost at OBSERVATION.pulse.v1.yml:${firstBodyLine + 1}:62`,
      );
    },
  );

  it("is a warning when it is the start of an openEHR path", () => {
    const model = {
      name: "OBSERVATION.absent.v1",
      type: "Observation",
      body: `mappings:
  - { name: lost, with: { fhir: "$resource.note", openehr: "$archetype/data[at0001]" } }`,
    };
    expect(wardPlan([model]).diagnostics.map(({ severity, code, rule }) => `${severity} ${code} ${rule}`)).toEqual([
      "warning MAPPING_OPENEHR_PATH_UNKNOWN lost",
    ]);
  });

  it("is a warning when it is the root of an openEHR condition", () => {
    const body = `mappings:
  - name: guarded
    with: { fhir: "$resource.note", openehr: "${event}" }
    openehrCondition: { targetRoot: "$composition[x]/nothing", operator: "not empty" }`;
    expect(findings(body)[0]).toContain("warning MAPPING_OPENEHR_PATH_UNKNOWN guarded");
  });

  it("is an error when it is a FHIR path that cannot be read", () => {
    const body = `mappings:
  - { name: torn, with: { fhir: "$resource.note.where(", openehr: "${event}" } }`;
    const [finding] = wardPlan([pulse(body)]).diagnostics.filter(({ severity }) => severity === "error");
    expect(finding).toMatchObject({ mapping: "OBSERVATION.pulse.v1", rule: "torn", path: "note.where(" });
    expect(finding?.position?.line).toBe(firstBodyLine + 1);
  });
});

describe("the start of a plan", () => {
  it("has the FHIR type of its first model", () => {
    expect(wardPlan([pulse("mappings: []")]).plan.startType).toBe("Observation");
  });

  it("splits at the repeatable node that its hierarchy names", () => {
    const body = `preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: resource } } }
mappings: []`;
    expect(wardPlan([pulse(body)]).plan.start[0]?.split?.name).toBe("Any event");
  });

  it("does not split at a node that occurs once", () => {
    const body = `preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "$archetype" }, split: { fhir: { create: resource } } }
mappings: []`;
    expect(wardPlan([pulse(body)]).plan.start[0]?.split).toBeUndefined();
  });
});
