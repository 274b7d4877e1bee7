import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fhirDateTime } from "../../../src/engine/datatypes/dv-date-time.js";
import {
  type DateTimeParts,
  formatDate,
  formatTime,
  inZone,
  offsetOf,
  parseDateTime,
  plainDateTime,
  plainWallClock,
  wallClock,
} from "../../../src/engine/datatypes/time-zone.js";

/** Parts of a text that is a date or time; fails otherwise. */
function parts(text: string): DateTimeParts {
  const parsed = parseDateTime(text);
  if (parsed === undefined) throw new Error(`${text} was not taken apart`);
  return parsed;
}

function text(moment: DateTimeParts): string {
  return `${formatDate(moment)}T${formatTime(moment)}`;
}

function offset(wallClockTime: string, timeZone: string): string {
  return offsetOf(parts(wallClockTime), timeZone);
}

function local(time: string, timeZone: string): string {
  return text(inZone(parts(time), timeZone));
}

/** Day of the month of the n-th Sunday of a month, counted from 1; 0 gives the last one. */
function sunday(year: number, month: number, n: number): number {
  const last = new Date(Date.UTC(year, month, 0));
  if (n === 0) return last.getUTCDate() - last.getUTCDay();
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return 1 + ((7 - first) % 7) + (n - 1) * 7;
}

/** Minutes east of UTC in Germany by the rule of the European Union, which holds since 1996. */
function germanOffset(instant: number): number {
  const year = new Date(instant).getUTCFullYear();
  const spring = Date.UTC(year, 2, sunday(year, 3, 0), 1);
  const autumn = Date.UTC(year, 9, sunday(year, 10, 0), 1);
  return instant >= spring && instant < autumn ? 120 : 60;
}

/** Minutes east of UTC in New York by the Energy Policy Act, which holds since 2007. */
function newYorkOffset(instant: number): number {
  const year = new Date(instant).getUTCFullYear();
  const spring = Date.UTC(year, 2, sunday(year, 3, 2), 7);
  const autumn = Date.UTC(year, 10, sunday(year, 11, 1), 6);
  return instant >= spring && instant < autumn ? -240 : -300;
}

const rules: readonly (readonly [zone: string, offsetAt: (instant: number) => number])[] = [
  ["Europe/Berlin", germanOffset],
  ["Europe/Ljubljana", germanOffset],
  ["America/New_York", newYorkOffset],
  ["Asia/Kolkata", () => 330],
  ["Asia/Kathmandu", () => 345],
  ["UTC", () => 0],
];

function written(minutes: number): string {
  if (minutes === 0) return "Z";
  const two = (value: number): string => String(value).padStart(2, "0");
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

function isoSeconds(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19);
}

/** Whole seconds from 2008 to 2037. */
const instants = fc
  .integer({ min: Date.UTC(2008, 0, 1) / 1000, max: Date.UTC(2037, 11, 31) / 1000 })
  .map((seconds) => seconds * 1000);

describe.each(rules)("times in %s", (zone, offsetAt) => {
  it("turns a moment into the wall clock time that the law of the zone gives", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(local(`${isoSeconds(instant)}Z`, zone)).toBe(isoSeconds(instant + offsetAt(instant) * 60_000));
      }),
    );
  });

  it("gives wall clock time the offset that the law of the zone gives", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const wall = instant + offsetAt(instant) * 60_000;
        // The hour that is there twice belongs to the time behind the change.
        const isFirst = offsetAt(instant + 3_600_000) < offsetAt(instant);
        const expected = isFirst ? offsetAt(instant + 3_600_000) : offsetAt(instant);
        expect(offset(isoSeconds(wall), zone)).toBe(written(expected));
      }),
    );
  });

  it("reads one moment alike whatever its offset", () => {
    const offsets = fc.integer({ min: -56, max: 56 }).map((quarters) => quarters * 15);
    fc.assert(
      fc.property(instants, offsets, (instant, minutes) => {
        const elsewhere = `${isoSeconds(instant + minutes * 60_000)}${written(minutes)}`;
        expect(local(elsewhere, zone)).toBe(local(`${isoSeconds(instant)}Z`, zone));
      }),
    );
  });
});

describe("the change to summer time", () => {
  it.each([
    ["2024-03-31T01:59:59", "+01:00"],
    ["2024-03-31T03:00:00", "+02:00"],
  ])("gives %s in Berlin the offset %s", (time, expected) => {
    expect(offset(time, "Europe/Berlin")).toBe(expected);
  });

  it("takes the offset before the change in the hour that is skipped", () => {
    expect(offset("2024-03-31T02:30:00", "Europe/Berlin")).toBe("+01:00");
    expect(offset("2024-03-10T02:30:00", "America/New_York")).toBe("-05:00");
  });
});

describe("the change to winter time", () => {
  it("takes the offset behind the change in the hour that is repeated", () => {
    expect(offset("2024-10-27T01:59:59", "Europe/Berlin")).toBe("+02:00");
    expect(offset("2024-10-27T02:30:00", "Europe/Berlin")).toBe("+01:00");
    expect(offset("2024-11-03T01:30:00", "America/New_York")).toBe("-05:00");
  });

  it("shows both moments of the repeated hour as the same wall clock time", () => {
    expect(local("2024-10-27T00:30:00Z", "Europe/Berlin")).toBe("2024-10-27T02:30:00");
    expect(local("2024-10-27T01:30:00Z", "Europe/Berlin")).toBe("2024-10-27T02:30:00");
  });
});

describe("wall clock time", () => {
  it("changes the day, the month and the year with the zone", () => {
    expect(local("2023-12-31T23:30:00Z", "Europe/Berlin")).toBe("2024-01-01T00:30:00");
    expect(local("2024-01-01T03:00:00Z", "America/New_York")).toBe("2023-12-31T22:00:00");
  });

  it("follows a zone whose summer time is half an hour", () => {
    expect(local("2024-01-15T00:00:00Z", "Australia/Lord_Howe")).toBe("2024-01-15T11:00:00");
    expect(local("2024-07-15T00:00:00Z", "Australia/Lord_Howe")).toBe("2024-07-15T10:30:00");
  });

  it("follows a zone across the day it left out", () => {
    expect(local("2011-12-30T09:59:59Z", "Pacific/Apia")).toBe("2011-12-29T23:59:59");
    expect(local("2011-12-30T10:00:00Z", "Pacific/Apia")).toBe("2011-12-31T00:00:00");
    expect(offset("2011-12-29T12:00:00", "Pacific/Apia")).toBe("-10:00");
    expect(offset("2011-12-31T12:00:00", "Pacific/Apia")).toBe("+14:00");
  });

  it("keeps day and century of early years, which stand for unknown ones", () => {
    expect(local("0001-01-01T00:00:00Z", "UTC")).toBe("0001-01-01T00:00:00");
    expect(local("0050-06-01T10:00:00+05:30", "UTC")).toBe("0050-06-01T04:30:00");
    expect(offset("1066-10-14T09:00:00", "UTC")).toBe("Z");
  });

  it("is left alone when it has no offset", () => {
    expect(local("2024-03-31T02:30:00", "Europe/Berlin")).toBe("2024-03-31T02:30:00");
  });

  it("is written to the second for a moment", () => {
    expect(wallClock(new Date("2024-07-01T10:00:00.999Z"), "Europe/Berlin")).toBe("2024-07-01T12:00:00");
  });
});

describe("the parts of a date or time", () => {
  it.each(["2024", "2024-02", "2024-02-29"])("keep the precision of %s", (date) => {
    expect(formatDate(parts(date))).toBe(date);
    expect(parts(date).hour).toBeUndefined();
  });

  it.each([
    ["2024-02-03T10", "10:00:00"],
    ["2024-02-03T10:15", "10:15:00"],
    ["2024-02-03T10:15:30", "10:15:30"],
    ["2024-02-03T10:15:30.250", "10:15:30.25"],
    ["2024-02-03T10:15:30,25", "10:15:30.25"],
    ["2024-02-03T10:15:30.000", "10:15:30"],
    ["2024-02-03T10:15:30.000000001", "10:15:30.000000001"],
  ])("write the time of %s as %s", (time, expected) => {
    expect(formatTime(parts(time))).toBe(expected);
  });

  it.each([
    ["Z", "Z"],
    ["+01:00", "+01:00"],
    ["+0100", "+01:00"],
    ["-05", "-05:00"],
  ])("write the offset %s as %s", (offsetText, expected) => {
    expect(parts(`2024-02-03T10:15:30${offsetText}`).offset).toBe(expected);
  });

  it("keep the fraction of a second in another zone", () => {
    expect(local("2024-02-03T10:15:30.125Z", "Europe/Berlin")).toBe("2024-02-03T11:15:30.125");
  });

  it.each([
    "",
    "yesterday",
    "24-02-03",
    "2024-2-3",
    "2024-02-03 10:15:30",
    "2024-02-03T10:15:30+1",
    "2024-02-03T",
    "2024-13-01",
    "2024-00-10",
    "2024-02-30",
    "2023-02-29",
    "2024-02-03T25:00:00",
    "2024-02-03T10:60:00",
    "2024-02-03T10:15:61",
    "2024-02-03T10:15:30+15:00",
    "2024-02-03T10:15:30+01:75",
  ])("are not found in %j", (wrong) => {
    expect(parseDateTime(wrong)).toBeUndefined();
  });
});

describe("times that need not be taken apart", () => {
  const digits = (most: number) => fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, "0"));
  const zone = fc.constantFrom("", "Z", "+02:00", "-13:45", "+14:00", "+14:30", "+2:00", "+02:60", "z", "00000");
  const times = fc
    .tuple(
      fc.constantFrom("0999", "1000", "1972", "2024", "20x4"),
      digits(13),
      digits(32),
      digits(25),
      digits(61),
      digits(61),
      zone,
    )
    .map(
      ([year, month, day, hour, minute, second, offset]) =>
        `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`,
    );

  it("become what they become when they are", () => {
    let plain = 0;
    fc.assert(
      fc.property(times, fc.constantFrom("Europe/Berlin", "UTC", "America/St_Johns"), (time, timeZone) => {
        const whole = plainDateTime(time, timeZone);
        if (whole === undefined) return;
        plain++;
        expect(whole).toBe(fhirDateTime(parts(time), timeZone));
      }),
      { numRuns: 3_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it("become the wall clock time that they become when they are", () => {
    let plain = 0;
    fc.assert(
      fc.property(times, fc.constantFrom("Europe/Berlin", "UTC", "America/St_Johns"), (time, timeZone) => {
        const whole = plainWallClock(time, timeZone);
        if (whole === undefined) return;
        plain++;
        expect(whole).toBe(text(inZone(parts(time), timeZone)));
      }),
      { numRuns: 3_000 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  it.each(["2021-03-28T02:30:00", "2018-10-28T02:30:00", "1893-04-01T00:00:00"])(
    "have the same offset in an hour that a change skips or repeats: %s",
    (time) => expect(plainDateTime(time, "Europe/Berlin")).toBe(fhirDateTime(parts(time), "Europe/Berlin")),
  );
});
