import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dvDate } from "../../../src/engine/datatypes/dv-date.js";
import { dvDateTime } from "../../../src/engine/datatypes/dv-date-time.js";
import { dvTime } from "../../../src/engine/datatypes/dv-time.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { fhirNode, openFhirRunIn, runIn } from "../fixtures/fhir-node.js";
import { toFhirElement } from "./data-type-samples.js";

const berlin = runIn("Europe/Berlin");

/** Days from 1900 to 2099 as ISO text. */
const days = fc
  .date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const partialDates = fc.tuple(days, fc.constantFrom(4, 7, 10)).map(([day, precision]) => day.slice(0, precision));
const timesOfDay = fc
  .tuple(fc.integer({ min: 0, max: 86_399 }), fc.constantFrom("", ".5", ".25", ".123456"))
  .map(([seconds, fraction]) => new Date(seconds * 1000).toISOString().slice(11, 19) + fraction);

describe("a DV_DATE_TIME to FHIR", () => {
  const toFhir = (value: string) => dvDateTime.toFhir({ _type: "DV_DATE_TIME", value }, berlin);

  it("becomes a dateTime with the offset of the default zone when it has none", () => {
    expect(toFhir("2024-01-03T04:05:06")).toMatchObject({ type: "dateTime", value: "2024-01-03T04:05:06+01:00" });
    expect(toFhir("2024-07-03T04:05:06")).toMatchObject({ type: "dateTime", value: "2024-07-03T04:05:06+02:00" });
  });

  it("keeps the offset that it has", () => {
    expect(toFhir("2024-01-03T04:05:06-03:30")?.value).toBe("2024-01-03T04:05:06-03:30");
    expect(toFhir("2024-01-03T04:05:06Z")?.value).toBe("2024-01-03T04:05:06Z");
  });

  it("keeps the fraction of a second, written with a point", () => {
    expect(toFhir("2024-01-03T04:05:06.125Z")?.value).toBe("2024-01-03T04:05:06.125Z");
    expect(toFhir("2024-01-03T04:05:06,125Z")?.value).toBe("2024-01-03T04:05:06.125Z");
  });

  it("gets the seconds that FHIR demands", () => {
    expect(toFhir("2024-01-03T04:05Z")?.value).toBe("2024-01-03T04:05:00Z");
  });

  it.each(["2024", "2024-01"])("keeps the precision of %s", (value) => {
    expect(toFhir(value)?.value).toBe(value);
  });

  it("is nothing when its text is no date", () => {
    expect(toFhir("last week")).toBeUndefined();
    expect(toFhir("2024-02-30T10:00:00")).toBeUndefined();
  });
});

describe("a DV_DATE_TIME and a Period", () => {
  const period = { start: "2024-01-03T04:05:06+01:00", end: "2024-01-04T04:05:06+01:00" };
  const toOpenEhr = (value: JsonValue) => dvDateTime.toOpenEhr(fhirNode("Period", value), berlin)?.value;

  it("are its end, else its start", () => {
    expect(toOpenEhr(period)).toBe("2024-01-04T04:05:06");
    expect(toOpenEhr({ start: period.start })).toBe("2024-01-03T04:05:06");
    expect(toOpenEhr({})).toBeUndefined();
    const value = { _type: "DV_DATE_TIME", value: "2024-01-04T04:05:06" };
    expect(toFhirElement(value, "Period", berlin)).toEqual({ end: period.end });
  });

  it("are not converted as today's engine has it", () => {
    const today = openFhirRunIn("Europe/Berlin");
    expect(dvDateTime.toOpenEhr(fhirNode("Period", period), today)).toBeUndefined();
    expect(toFhirElement({ _type: "DV_DATE_TIME", value: "2024-01-04T04:05:06" }, "Period", today)).toBeUndefined();
  });
});

describe("a FHIR time around a change of the clock", () => {
  const back = (moment: string) => {
    const value = dvDateTime.toOpenEhr(fhirNode("dateTime", moment), berlin) as RmObject;
    return Date.parse(String(dvDateTime.toFhir(value, berlin)?.value));
  };

  it("comes back as the same moment", () => {
    const minutes = fc.integer({ min: 0, max: 48 * 60 });
    const offsets = fc.constantFrom("Z", "+01:00", "+02:00", "-05:00", "+05:30");
    fc.assert(
      fc.property(fc.constantFrom("2024-03-31", "2024-10-27"), minutes, offsets, (day, after, offset) => {
        const wall = new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000 + after * 60_000).toISOString().slice(0, 19);
        expect(back(`${wall}${offset}`)).toBe(Date.parse(`${wall}${offset}`));
      }),
    );
  });

  it("keeps its offset only where wall clock time would tell two moments", () => {
    const written = (moment: string, context = berlin) =>
      dvDateTime.toOpenEhr(fhirNode("dateTime", moment), context)?.value;
    expect(written("2024-10-27T02:30:00+01:00")).toBe("2024-10-27T02:30:00");
    expect(written("2024-10-27T02:30:00+02:00")).toBe("2024-10-27T02:30:00+02:00");
    expect(written("2024-10-27T01:30:00+01:00")).toBe("2024-10-27T01:30:00+01:00");
    expect(written("2024-10-27T02:30:00+02:00", openFhirRunIn("Europe/Berlin"))).toBe("2024-10-27T02:30:00");
  });
});

describe("a DV_DATE_TIME and a string", () => {
  const toOpenEhr = (text: string) => dvDateTime.toOpenEhr(fhirNode("string", text), berlin);

  it.each(["2024-01-03T04:05:06", "2024-01-03T04:05:06+05:00", "2024-01-03"])("keep the text: %s", (value) => {
    expect(toOpenEhr(value)).toEqual({ _type: "DV_DATE_TIME", value });
  });

  it("are nothing for a text that is no date", () => {
    expect(toOpenEhr("last week")).toBeUndefined();
    expect(toOpenEhr("2024-02-30")).toBeUndefined();
  });

  it("are the dateTime that FHIR has for it", () => {
    const value = { _type: "DV_DATE_TIME", value: "2024-01-03T04:05:06" };
    expect(toFhirElement(value, "string", berlin)).toBe("2024-01-03T04:05:06+01:00");
  });
});

describe("a FHIR time to DV_DATE_TIME", () => {
  const toOpenEhr = (type: string, value: string) => dvDateTime.toOpenEhr(fhirNode(type, value), berlin)?.value;

  it.each(["dateTime", "instant"])("takes a %s as wall clock time of the default zone", (type) => {
    expect(toOpenEhr(type, "2024-01-03T04:05:06Z")).toBe("2024-01-03T05:05:06");
    expect(toOpenEhr(type, "2024-01-03T23:30:00-05:00")).toBe("2024-01-04T05:30:00");
  });

  it("keeps the fraction of a second", () => {
    expect(toOpenEhr("instant", "2024-01-03T04:05:06.789Z")).toBe("2024-01-03T05:05:06.789");
  });

  it.each(["2024", "2024-01"])("keeps the precision of the dateTime %s", (value) => {
    expect(toOpenEhr("dateTime", value)).toBe(value);
  });

  it("takes a day as midnight of that day", () => {
    expect(toOpenEhr("dateTime", "2024-01-03")).toBe("2024-01-03T00:00:00");
  });

  it("takes a date as it is", () => {
    expect(toOpenEhr("date", "2024-01-03")).toBe("2024-01-03");
    expect(toOpenEhr("date", "2024-01")).toBe("2024-01");
  });

  it.each(["time", "string", "boolean", "Quantity"])("does not take a %s", (type) => {
    expect(toOpenEhr(type, "10:00:00")).toBeUndefined();
  });

  it("does not take a day that is not in the calendar", () => {
    expect(toOpenEhr("dateTime", "2023-02-29T10:00:00Z")).toBeUndefined();
  });

  it("gives back the wall clock time that went to FHIR", () => {
    fc.assert(
      fc.property(days, timesOfDay, (day, time) => {
        const written = `${day}T${time}`;
        // Hours that a change of time skips have no wall clock time.
        fc.pre(!/-(03-2[5-9]|03-3\d|0[3-5]-|04-)/.test(day));
        const fhir = dvDateTime.toFhir({ _type: "DV_DATE_TIME", value: written }, berlin);
        expect(toOpenEhr("dateTime", String(fhir?.value))).toBe(trimmed(written));
      }),
    );
  });
});

describe("a DV_DATE", () => {
  it("comes back from a date with the precision it had", () => {
    fc.assert(
      fc.property(partialDates, (value) => {
        const fhir = dvDate.toFhir({ _type: "DV_DATE", value }, berlin);
        expect(fhir).toEqual({ type: "date", value });
        expect(dvDate.toOpenEhr(fhirNode("date", value), berlin)).toEqual({ _type: "DV_DATE", value });
      }),
    );
  });

  it("is the day that a dateTime has in the default zone", () => {
    expect(dvDate.toOpenEhr(fhirNode("dateTime", "2024-01-03T23:30:00Z"), berlin)?.value).toBe("2024-01-04");
    expect(dvDate.toOpenEhr(fhirNode("instant", "2024-01-03T22:30:00.000Z"), berlin)?.value).toBe("2024-01-03");
  });

  it("is not made of a text or a time", () => {
    expect(dvDate.toOpenEhr(fhirNode("string", "2024-01-03"), berlin)).toBeUndefined();
    expect(dvDate.toOpenEhr(fhirNode("time", "10:00:00"), berlin)).toBeUndefined();
  });
});

describe("a DV_TIME", () => {
  const toFhir = (value: string) => dvTime.toFhir({ _type: "DV_TIME", value }, berlin)?.value;

  it("comes back from a time", () => {
    fc.assert(
      fc.property(timesOfDay, (value) => {
        expect(toFhir(value)).toBe(value);
        expect(dvTime.toOpenEhr(fhirNode("time", value), berlin)).toEqual({ _type: "DV_TIME", value });
      }),
    );
  });

  it("loses its offset, which a FHIR time cannot have", () => {
    expect(toFhir("10:15:30+02:00")).toBe("10:15:30");
    expect(toFhir("10:15:30.5Z")).toBe("10:15:30.5");
  });

  it("gets the seconds that FHIR demands", () => {
    expect(toFhir("10:15")).toBe("10:15:00");
  });

  it("is written with a decimal point", () => {
    expect(toFhir("10:15:30,5")).toBe("10:15:30.5");
  });

  it("is the time of day that a dateTime has in the default zone", () => {
    expect(dvTime.toOpenEhr(fhirNode("dateTime", "2024-07-03T23:30:00Z"), berlin)?.value).toBe("01:30:00");
  });

  it("is not made of a day without a time", () => {
    expect(dvTime.toOpenEhr(fhirNode("dateTime", "2024-07-03"), berlin)).toBeUndefined();
  });

  it.each(["soon", "25:00:00", "10:61:00", "10:15:30 or so"])("is not made of %j", (value) => {
    expect(dvTime.toOpenEhr(fhirNode("time", value), berlin)).toBeUndefined();
    expect(toFhir(value)).toBeUndefined();
  });
});

/** Trailing zeros of a fraction mean nothing. */
function trimmed(time: string): string {
  return time.replace(/(\.\d*?)0+$/, "$1");
}
