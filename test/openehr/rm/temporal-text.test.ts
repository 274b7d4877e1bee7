import { describe, expect, it } from "vitest";
import { durationOf, normalDuration } from "../../../src/openehr/rm/duration-text.js";
import {
  instantOf,
  normalContextTime,
  normalDate,
  normalDateTime,
  normalTime,
  plusOffset,
} from "../../../src/openehr/rm/temporal-text.js";

describe("dates and times", () => {
  it.each([
    ["2020", "2020"],
    ["2020-01", "2020-01"],
    ["20200131", "2020-01-31"],
    ["2020-01-01T10", "2020-01-01T10"],
    ["2020-01-01T10:00:00.000+01:00", "2020-01-01T10:00:00.0+01:00"],
    ["2020-01-01T13:12:11.500Z", "2020-01-01T13:12:11.5Z"],
    ["20200101T131211,25+0100", "2020-01-01T13:12:11.25+01:00"],
    ["2020-01-01T10:00:00+00:00", "2020-01-01T10:00:00Z"],
    ["2020-01-01t10:00z", "2020-01-01T10:00Z"],
  ])("the date-time %s is written %s", (given, expected) => {
    expect(normalDateTime(given)).toEqual({ text: expected });
  });

  it.each([
    "yesterday",
    "2020-13-01",
    "2021-02-29",
    "2020-01-01T24:00",
    "2020-01-01 10:00",
    "2020-01-01T10:00:00+0100",
    "2020-01T10:00",
    "20-01-01",
    "2020-01-01T10:00:00.1234567891",
    `2020-01-01T10:00:00.${"0".repeat(1000)}`,
    "",
  ])("%s is no date-time, and the reason does not repeat it", (given) => {
    const result = normalDateTime(given);
    expect(result).toHaveProperty("reason");
    if (given !== "") expect(JSON.stringify(result)).not.toContain(given);
  });

  it("a date does not take a time, nor a time a date", () => {
    expect(normalDate("2020-01-01T10:00")).toHaveProperty("reason");
    expect(normalTime("2020-01-01")).toHaveProperty("reason");
    expect(normalTime("101500")).toEqual({ text: "10:15:00" });
  });

  it("times of ctx come with seconds and a fraction", () => {
    expect(normalContextTime("2020-1-2T3:04+0100")).toEqual({ text: "2020-01-02T03:04:00.0+01:00" });
    expect(normalContextTime("2020-01-01T00:00:00Z")).toEqual({ text: "2020-01-01T00:00:00.0Z" });
    expect(normalContextTime("2020-01-01")).toEqual({ text: "2020-01-01" });
    expect(normalContextTime("2020-02-30T10:00")).toHaveProperty("reason");
  });

  it("instants respect offsets and fractions", () => {
    const [one, other] = [instantOf("2020-01-01T10:00:00.5+01:00"), instantOf("2020-01-01T09:00:00.25Z")];
    expect(one).toBeDefined();
    expect((one ?? 0n) - (other ?? 0n)).toBe(250_000_000n);
  });

  it("an offset moves over month ends and keeps fraction and zone", () => {
    const nothing = { years: 0, months: 0, days: 0, seconds: 0 };
    expect(plusOffset("2020-01-31T10:00:00.5+01:00", { ...nothing, months: 1 })).toBe("2020-02-29T10:00:00.5+01:00");
    expect(plusOffset("2020-12-31T23:59:30Z", { ...nothing, seconds: 60 })).toBe("2021-01-01T00:00:30Z");
  });
});

describe("durations", () => {
  it.each([
    ["P1W", "P7D"],
    ["P1Y2W", "P1Y14D"],
    ["PT90M", "PT1H30M"],
    ["PT36H", "PT36H"],
    ["P14M", "P14M"],
    ["P1DT0H", "P1D"],
    ["P0D", "P0D"],
    ["PT0S", "PT0S"],
    ["PT1.500S", "PT1.5S"],
    ["-P1D", "-P1D"],
    ["P-1D", "-P1D"],
    ["-PT1H", "-PT1H"],
    ["P1Y2M3DT4H5M6S", "P1Y2M3DT4H5M6S"],
  ])("%s is written %s", (given, expected) => {
    expect(normalDuration(given)).toEqual({ text: expected });
  });

  it.each(["P", "PT", "P1.5Y", "1D", "P1DT", "PT1H2D", ""])("%j is no duration", (given) => {
    expect(normalDuration(given)).toHaveProperty("reason");
  });

  it("components add up, minutes as minutes and seconds as seconds", () => {
    expect(durationOf({ minutes: 3, seconds: 2 })).toBe("PT3M2S");
    expect(durationOf({ weeks: 1, hours: 25 })).toBe("P7DT25H");
  });
});
