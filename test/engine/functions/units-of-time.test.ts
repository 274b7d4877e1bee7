import { describe, expect, it } from "vitest";
import { amountOfTime, isoDuration } from "../../../src/engine/functions/units-of-time.js";

describe("an amount of one unit of time", () => {
  it.each([
    [8, "h", "PT8H"],
    [2, "wk", "P2W"],
    [3, "mo", "P3M"],
    [0, "d", "P0D"],
    [1.5, "s", "PT1.5S"],
  ])("stays that amount: %d %s is %s", (amount, unit, text) => {
    expect(isoDuration(amount, unit)).toBe(text);
  });

  it.each([
    [1.5, "h", "PT1H30M"],
    [30.5, "h", "PT30H30M"],
    [0.5, "min", "PT30S"],
    [1.01, "min", "PT1M0.6S"],
    [1.5, "d", "P1DT12H"],
    [1.5, "wk", "P10DT12H"],
  ])("goes on in smaller units where it is no whole one: %d %s is %s", (amount, unit, text) => {
    expect(isoDuration(amount, unit)).toBe(text);
  });

  it.each([
    [1.5, "mo"],
    [0.5, "a"],
    [-1, "h"],
    [1, "mg"],
  ])("is no duration that openEHR has: %d %s", (amount, unit) => {
    expect(isoDuration(amount, unit)).toBeUndefined();
  });

  it("comes back from its components", () => {
    expect(amountOfTime("PT1H30M")).toEqual({ amount: 1.5, unit: "h" });
    expect(amountOfTime("PT0.5S")).toEqual({ amount: 0.5, unit: "s" });
  });
});
