import { describe, expect, it } from "vitest";
import { runToFhir } from "../../../src/engine/run/to-fhir.js";
import { assembleBundle } from "../../../src/fhir/bundle/assemble-bundle.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { wardMapper, wardPlan, wardSettings } from "../fixtures/ward-mapper.js";

const event = "$archetype/data[at0001]/events[at0002]";

const model = {
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: resource } } }
mappings:
  - { name: rate, with: { fhir: "$resource.value.ofType(Quantity)", openehr: "${event}/data[at0003]/items[at0004]" } }
  - { name: time, with: { fhir: "$resource.effective", openehr: "${event}" } }
  - { name: remark, with: { fhir: "$resource.note.text", openehr: "${event}/data[at0003]/items[at0005]" } }
  - name: status
    with: { fhir: "$resource.status", openehr: "${event}/data[at0003]/items[at0004]" }
    manual: [{ name: m, fhir: [{ path: "", value: final }] }]
  - name: focus
    with: { fhir: "$resource.focus", openehr: "${event}/data[at0003]/items[at0006]" }
    reference:
      resourceType: Condition
      mappings: [{ name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }]
  - { name: start, with: { fhir: "$resource.issued", openehr: "$composition/context/start_time" } }`,
};

/** A composition that differs from the others in every value. */
function flatOf(at: number): JsonObject {
  const flat: JsonObject = { "ward/context/start_time": `2024-01-01T10:00:${String(at % 60).padStart(2, "0")}` };
  for (const e of [0, 1]) {
    const path = `ward/pulse/any_event:${e}`;
    flat[`${path}/rate|magnitude`] = at * 10 + e;
    flat[`${path}/rate|unit`] = "/min";
    flat[`${path}/time`] = `2024-02-0${e + 1}T10:00:00`;
    for (let n = 0; n <= at % 3; n++) {
      flat[`${path}/remark:${n}`] = `${at} ${e} ${n}`;
      flat[`${path}/reading:${n}/note:0`] = `note ${at} ${e} ${n}`;
    }
  }
  return flat;
}

/** Freezes plain data all the way down. */
function deepFreeze<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== "object" || value === null || seen.has(value)) return value;
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || Array.isArray(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member, seen);
  }
  if (value instanceof Map) for (const member of value.values()) deepFreeze(member, seen);
  return value;
}

const runs = Array.from({ length: 200 }, (_, at) => at);

/** Runs of one mapper, each begun before the others have ended. */
function together<T>(run: (at: number) => T): Promise<readonly T[]> {
  return Promise.all(
    runs.map(async (at) => {
      await new Promise((resolve) => setImmediate(resolve));
      return run(at);
    }),
  );
}

describe("a mapper used by many at once", () => {
  it("gives each the same as a mapper of its own, to FHIR", async () => {
    const mapper = wardMapper(model);
    const map = (by: typeof mapper, at: number) =>
      by.toFhir(by.readComposition(flatOf(at), wardSettings), wardSettings);
    const own = new Map(runs.slice(0, 4).map((at) => [at, map(wardMapper(model), at)]));
    for (const [at, bundle] of (await together((run) => map(mapper, run))).entries()) {
      expect(JSON.stringify(bundle)).toBe(JSON.stringify(own.get(at) ?? map(mapper, at)));
    }
  });

  it("gives each the same as a mapper of its own, to openEHR", async () => {
    const mapper = wardMapper(model);
    const bundles = runs.map((at) => mapper.toFhir(mapper.readComposition(flatOf(at), wardSettings), wardSettings));
    const map = (by: typeof mapper, at: number) => {
      const result = by.toOpenEhr(bundles[at] ?? {}, wardSettings);
      return JSON.stringify([result.flat(), result.composition()]);
    };
    const own = new Map(runs.slice(0, 4).map((at) => [at, map(wardMapper(model), at)]));
    for (const [at, result] of (await together((run) => map(mapper, run))).entries()) {
      expect(result).toBe(own.get(at) ?? map(mapper, at));
    }
  });

  it("gives back nothing that a later run shares", () => {
    const mapper = wardMapper(model);
    const compositions = mapper.readComposition(flatOf(1), wardSettings);
    const first = mapper.toFhir(compositions, wardSettings);
    const before = JSON.stringify(first);
    destroy(first);
    expect(JSON.stringify(mapper.toFhir(compositions, wardSettings))).toBe(before);

    const bundle = mapper.toFhir(compositions, wardSettings);
    const written = JSON.stringify(mapper.toOpenEhr(bundle, wardSettings).composition());
    destroy(mapper.toOpenEhr(bundle, wardSettings).composition());
    expect(JSON.stringify(mapper.toOpenEhr(bundle, wardSettings).composition())).toBe(written);
  });

  it("answers the same however often its result is asked for", () => {
    const mapper = wardMapper(model);
    const bundle = mapper.toFhir(mapper.readComposition(flatOf(2), wardSettings), wardSettings);
    const result = mapper.toOpenEhr(bundle, wardSettings);
    const flat = JSON.stringify(result.flat());
    const composition = JSON.stringify(result.composition());
    expect([JSON.stringify(result.flat()), JSON.stringify(result.composition())]).toEqual([flat, composition]);
  });
});

/** Takes everything out of a result, all the way down; what is frozen nobody can change. */
function destroy(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const [name, member] of Object.entries(value)) {
    destroy(member);
    delete (value as Record<string, unknown>)[name];
  }
}

describe("what a run is given", () => {
  const mapper = wardMapper(model);

  it("stays as it was: a FLAT object and a composition", () => {
    const flat = deepFreeze(flatOf(1));
    const compositions = deepFreeze(mapper.readComposition(flat, wardSettings));
    expect(mapper.toFhir(compositions, deepFreeze({ ...wardSettings })).entry).toHaveLength(2);
  });

  it("stays as it was: a Bundle", () => {
    const bundle = deepFreeze(mapper.toFhir(mapper.readComposition(flatOf(1), wardSettings), wardSettings));
    expect(mapper.toOpenEhr(bundle, wardSettings).composition()._type).toBe("COMPOSITION");
  });

  it("stays as it was: the plan", () => {
    const { plan } = wardPlan([model]);
    const [composition] = mapper.readComposition(flatOf(1), wardSettings);
    if (composition === undefined) throw new Error("no composition");
    const run = () => {
      const context = { timeZone: wardSettings.timeZone, semantics: plan.semantics };
      return JSON.stringify(assembleBundle(runToFhir(plan, composition, context), plan.schema));
    };
    const before = run();
    deepFreeze(plan);
    expect(run()).toBe(before);
  });
});
