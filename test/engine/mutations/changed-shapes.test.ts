import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { anotherValue, at, type JsonPath, leavesOf, replaceAt } from "./json-leaves.js";
import { allSubjects, outcomeOf } from "./mapping-subjects.js";
import { isLong, seededNumbers } from "./seeded-choice.js";

const strangers: readonly JsonValue[] = [
  null,
  [],
  {},
  [null],
  [[]],
  "",
  " ",
  "at0000",
  "2024-02-30T25:61:61Z",
  "P",
  0,
  -1,
  1e308,
  0.1,
  true,
  { _type: "DV_TEXT" },
  { _type: "DV_QUANTITY", magnitude: "x" },
  { _type: "DV_INTERVAL", lower: {} },
  { resourceType: "Patient" },
  { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }] },
  JSON.parse('{ "__proto__": { "value": "x" }, "constructor": "x" }') as JsonObject,
];

/** Every place of a document, also those that hold objects and lists. */
function placesOf(document: JsonValue): readonly JsonPath[] {
  const places = new Map<string, JsonPath>();
  for (const { path } of leavesOf(document)) {
    for (let length = 1; length <= path.length; length++) {
      places.set(JSON.stringify(path.slice(0, length)), path.slice(0, length));
    }
  }
  return [...places.values()];
}

/** Changes a document somewhere: takes something out, doubles it, swaps it, or puts something strange in its place. */
function spoilt(document: JsonValue, next: () => number): JsonValue {
  const places = placesOf(document);
  const path = places[Math.floor(next() * places.length)];
  if (path === undefined) return document;
  const value = at(document, path) ?? null;
  const holder = at(document, path.slice(0, -1));
  const last = path.at(-1) ?? "";
  switch (Math.floor(next() * 6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(last), 1);
      else delete (holder as JsonObject)[last];
      return document;
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(last), 0, structuredClone(value));
      else replaceAt(document, path, [value, structuredClone(value)]);
      return document;
    case 2: {
      const other = places[Math.floor(next() * places.length)] ?? path;
      replaceAt(document, path, structuredClone(at(document, other) ?? null));
      return document;
    }
    case 3:
      if (typeof value !== "object" || value === null) replaceAt(document, path, anotherValue(value, 1));
      else if (Array.isArray(value)) value.reverse();
      else (value as JsonObject).extension = [];
      return document;
    default:
      replaceAt(document, path, structuredClone(strangers[Math.floor(next() * strangers.length)] ?? null));
      return document;
  }
}

describe("inputs of any other shape", () => {
  const rounds = isLong ? 100 : 3;
  it.each(allSubjects().map((subject) => [subject.id, subject] as const))(
    "map or are refused with a Problem, and leave the next input alone: %s",
    (id, { mapper, direction, input }) => {
      const next = seededNumbers(id);
      const before = JSON.stringify(outcomeOf(mapper, direction, input()));
      for (let round = 0; round < rounds; round++) {
        let body = input();
        for (let change = 0; change <= round % 3; change++) body = spoilt(body, next);
        expect(outcomeOf(mapper, direction, body)).toBeDefined();
      }
      expect(JSON.stringify(outcomeOf(mapper, direction, input()))).toBe(before);
    },
  );
});
