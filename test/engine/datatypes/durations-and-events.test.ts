import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dvDuration } from "../../../src/engine/datatypes/dv-duration.js";
import { eventFromFhir, eventToFhir } from "../../../src/engine/datatypes/event.js";
import { fhirNode, openFhirRunIn, runIn } from "../fixtures/fhir-node.js";

const berlin = runIn("Europe/Berlin");
const today = openFhirRunIn("Europe/Berlin");

function ofDuration(value: number, code: string) {
  return dvDuration.toOpenEhr(fhirNode("Duration", { value, code, system: "http://unitsofmeasure.org" }), berlin)
    ?.value;
}

describe("a DV_DURATION", () => {
  it("comes back from a text", () => {
    const durations = fc.constantFrom("P1Y", "P2M", "P3W", "P1DT3H15M", "PT0.5S", "-PT5M", "P1Y2M10DT2H30M");
    fc.assert(
      fc.property(durations, (value) => {
        const fhir = dvDuration.toFhir({ _type: "DV_DURATION", value }, berlin);
        expect(fhir).toMatchObject({ type: "string", value });
        expect(dvDuration.toOpenEhr(fhirNode("string", value), berlin)).toEqual({ _type: "DV_DURATION", value });
      }),
    );
  });

  it.each([
    [2, "a", "P2Y"],
    [3, "mo", "P3M"],
    [2, "wk", "P2W"],
    [10, "d", "P10D"],
    [36, "h", "PT36H"],
    [90, "min", "PT90M"],
    [1.5, "s", "PT1.5S"],
    [250, "ms", "PT0.25S"],
    [0, "min", "PT0M"],
  ])("is the one component that %d %s are", (value, code, expected) => {
    expect(ofDuration(value, code)).toBe(expected);
  });

  it.each([
    [1.5, "h", "PT90M"],
    [0.5, "d", "PT12H"],
    [0.5, "min", "PT30S"],
    [1.5, "a", "P18M"],
    [0.5, "wk", "PT84H"],
  ])("takes the fraction in %d %s down to the next smaller unit", (value, code, expected) => {
    expect(ofDuration(value, code)).toBe(expected);
  });

  it("is not made of a fraction of a month, whose length nobody knows", () => {
    expect(ofDuration(0.5, "mo")).toBeUndefined();
  });

  it("is not made of another unit, of a negative amount or of less than a nanosecond", () => {
    expect(ofDuration(5, "mm")).toBeUndefined();
    expect(ofDuration(-5, "min")).toBeUndefined();
    expect(ofDuration(1e-12, "s")).toBeUndefined();
  });

  it.each(["P", "PT", "5 minutes", "P1H", "PT1D", "P-1D", ""])("is not made of the text %j", (text) => {
    expect(dvDuration.toOpenEhr(fhirNode("string", text), berlin)).toBeUndefined();
  });

  it("is ISO 8601 whatever the amount", () => {
    const amounts = fc.oneof(fc.integer({ min: 0, max: 10_000_000 }), fc.double({ min: 0, max: 1e30, noNaN: true }));
    fc.assert(
      fc.property(amounts, fc.constantFrom("a", "mo", "wk", "d", "h", "min", "s", "ms"), (amount, code) => {
        expect(ofDuration(amount, code) ?? "PT0S").toMatch(/^P(\d+[YMWD]|T\d+[HM]|T\d+(\.\d{1,9})?S)$/);
      }),
    );
  });
});

const time = (value: string) => ({ _type: "DV_DATE_TIME", value });
const width = (value: string) => ({ _type: "DV_DURATION", value });

describe("an EVENT to FHIR", () => {
  it("becomes a dateTime when it is a moment", () => {
    expect(eventToFhir({ _type: "POINT_EVENT", time: time("2024-01-03T10:00:00") }, berlin)).toEqual({
      type: "dateTime",
      value: "2024-01-03T10:00:00+01:00",
    });
  });

  it.each([
    ["PT48H", "2024-01-05T10:00:00+01:00"],
    ["P2D", "2024-01-05T10:00:00+01:00"],
    ["P1W", "2024-01-10T10:00:00+01:00"],
    ["PT90M", "2024-01-03T11:30:00+01:00"],
    ["P1DT1H1M1S", "2024-01-04T11:01:01+01:00"],
  ])("becomes a Period that ends a width of %s later", (duration, end) => {
    const event = { _type: "INTERVAL_EVENT", time: time("2024-01-03T10:00:00"), width: width(duration) };
    expect(eventToFhir(event, today)).toEqual({ type: "Period", value: { start: "2024-01-03T10:00:00+01:00", end } });
  });

  it("becomes a Period that begins a width before it, by the language page", () => {
    const event = { _type: "INTERVAL_EVENT", time: time("2024-01-03T10:00:00"), width: width("PT48H") };
    const period = { start: "2024-01-01T10:00:00+01:00", end: "2024-01-03T10:00:00+01:00" };
    expect(eventToFhir(event, berlin)?.value).toEqual(period);
    expect(eventFromFhir(fhirNode("Period", period), berlin)).toMatchObject({ time: event.time, width: event.width });
  });

  it("ends with the offset that the zone has by then", () => {
    const event = { _type: "INTERVAL_EVENT", time: time("2024-03-30T12:00:00"), width: width("PT24H") };
    expect(eventToFhir(event, today)?.value).toEqual({
      start: "2024-03-30T12:00:00+01:00",
      end: "2024-03-31T13:00:00+02:00",
    });
  });

  it("becomes a Period without end when it is an interval without width", () => {
    const event = {
      _type: "INTERVAL_EVENT",
      time: time("2024-01-03T10:00:00"),
      math_function: { _type: "DV_CODED_TEXT" },
    };
    expect(eventToFhir(event, berlin)).toEqual({ type: "Period", value: { start: "2024-01-03T10:00:00+01:00" } });
  });

  it("is nothing without a time", () => {
    expect(eventToFhir({ _type: "INTERVAL_EVENT", width: width("PT1H") }, berlin)).toBeUndefined();
  });
});

describe("a FHIR time to EVENT", () => {
  it.each(["dateTime", "instant"])("is a moment when it is a %s", (type) => {
    expect(eventFromFhir(fhirNode(type, "2024-01-03T10:00:00Z"), berlin)).toEqual({
      time: time("2024-01-03T11:00:00"),
    });
  });

  it("is an interval with start and width when it is a Period", () => {
    const period = { start: "2024-01-03T10:00:00Z", end: "2024-01-05T10:00:00Z" };
    expect(eventFromFhir(fhirNode("Period", period), today)).toMatchObject({
      time: time("2024-01-03T11:00:00"),
      width: width("PT48H"),
      mathFunction: { defining_code: { code_string: "640" }, value: "actual" },
    });
  });

  it("measures the width as time that passes, also over a change of the clocks", () => {
    const period = { start: "2024-03-31T00:00:00+01:00", end: "2024-04-01T00:00:00+02:00" };
    expect(eventFromFhir(fhirNode("Period", period), berlin)?.width).toEqual(width("PT23H"));
  });

  it("takes the end of a Period that has no start", () => {
    const times = eventFromFhir(fhirNode("Period", { end: "2024-01-05T10:00:00Z" }), berlin);
    expect(times?.time).toEqual(time("2024-01-05T11:00:00"));
    expect(times?.width).toBeUndefined();
  });

  it.each([
    [{ start: "2024-01-05T10:00:00Z", end: "2024-01-05T10:00:00Z" }],
    [{ start: "2024-01-05T10:00:00Z", end: "2024-01-03T10:00:00Z" }],
  ])("has no width when the Period does not last", (period) => {
    expect(eventFromFhir(fhirNode("Period", period), berlin)?.width).toBeUndefined();
  });

  it("is nothing for a Period without times, a time of no day, and a text", () => {
    expect(eventFromFhir(fhirNode("Period", {}), berlin)).toBeUndefined();
    expect(eventFromFhir(fhirNode("time", "10:00:00"), berlin)).toBeUndefined();
    expect(eventFromFhir(fhirNode("string", "2024"), berlin)).toBeUndefined();
  });

  it("gives back the interval that went to FHIR", () => {
    const hours = fc.integer({ min: 1, max: 5000 });
    const starts = fc.integer({ min: Date.UTC(2008, 0, 1) / 1000, max: Date.UTC(2037, 0, 1) / 1000 });
    const utc = runIn("UTC");
    fc.assert(
      fc.property(starts, hours, (start, length) => {
        const event = {
          _type: "INTERVAL_EVENT",
          time: time(new Date(start * 1000).toISOString().slice(0, 19)),
          width: width(`PT${length}H`),
        };
        const fhir = eventToFhir(event, utc);
        expect(eventFromFhir(fhirNode("Period", fhir?.value ?? null), utc)).toMatchObject({
          time: event.time,
          width: event.width,
        });
      }),
    );
  });
});

describe("a DV_DURATION in an element of Quantity's kind", () => {
  const alternative = (value: string) =>
    dvDuration.toFhir({ _type: "DV_DURATION", value }, runIn("UTC"))?.alternatives?.[0]?.value;

  it.each([
    ["P1Y", 1, "a"],
    ["P1Y6M", 18, "mo"],
    ["P2W", 2, "wk"],
    ["P1DT3H", 27, "h"],
    ["PT1H30M", 90, "min"],
    ["PT1.5S", 1.5, "s"],
  ])("is the amount of its smallest unit: %s", (duration, value, code) => {
    expect(alternative(duration)).toEqual({ value, unit: code, system: "http://unitsofmeasure.org", code });
  });

  it.each(["P1M2D", "P1YT1H", "-PT1H", "words"])("is left out where there is no such amount: %s", (duration) => {
    expect(alternative(duration)).toBeUndefined();
  });
});
