import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OpenEhrPaths, splitPath } from "../../../src/engine/compile/openehr-path.js";
import type { OpenEhrAccessor } from "../../../src/engine/plan.js";
import { openFhirSemantics } from "../../../src/engine/semantics.js";
import { formatAqlPath } from "../../../src/openehr/rm/aql-path.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { corpusFolder, hasCorpus } from "../../conformance/corpus.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const paths = new OpenEhrPaths(wardTemplate, openFhirSemantics);
const pulse = "openEHR-EHR-OBSERVATION.pulse.v1";
const problem = "openEHR-EHR-EVALUATION.problem.v1";
const event = `/content[${pulse}]/data[at0001]/events[at0002]`;
const problemItems = `/content[${problem}]/data[at0001]`;

/** The accessor of a path that the template has. */
function resolved(path: string): OpenEhrAccessor {
  const accessor = paths.resolve(path);
  if (accessor === undefined) throw new Error(`${path} was not found`);
  return accessor;
}

function place(path: string): string {
  return formatAqlPath(resolved(path).node.path);
}

describe("an openEHR path", () => {
  it("begins at the archetype that stands in the composition", () => {
    expect(place(pulse)).toBe(`/content[${pulse}]`);
    expect(place(`${pulse}/data[at0001]/events[at0002]`)).toBe(event);
  });

  it("begins at the composition", () => {
    expect(resolved("$composition").node).toBe(wardTemplate.root);
    expect(place("$composition/context/start_time")).toBe("/context/start_time");
    expect(place("$composition/context/other_context[at0001]/items[at0002]")).toBe(
      "/context/other_context[at0001]/items[at0002]",
    );
  });

  it("finds content through the composition as well", () => {
    expect(place(`$composition/content[${pulse}]/data[at0001]/events[at0002]`)).toBe(event);
  });

  it.each([
    `${pulse}/data[at0001]/events[at0002]/`,
    `${pulse}//data[at0001]/events[at0002]`,
    `${pulse}/ data[at0001] /events[at0002]`,
  ])("does not mind slashes and blanks between its segments: %s", (path) => {
    expect(place(path)).toBe(event);
  });

  it("may leave structural nodes out", () => {
    expect(place(`${pulse}/events[at0002]/items[at0004]`)).toBe(`${event}/data[at0003]/items[at0004]`);
  });

  it("leads nowhere when it leaves out a cluster, which is data and no structure", () => {
    expect(resolved(`${pulse}/data[at0001]/events[at0002]/data[at0003]/items[at0008]`).unreachable).toBe(true);
  });

  it("finds a nested archetype by its id", () => {
    expect(place(`${pulse}/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]`)).toBe(
      `/content[${pulse}]/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]`,
    );
  });

  it("means the node below the one before it where a code is there twice", () => {
    const device = `${pulse}/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]`;
    expect(place(`${device}/items[at0002]`)).toBe(
      `/content[${pulse}]/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0002]`,
    );
    expect(place("$composition/context/other_context[at0001]/items[at0002]")).toContain("/context/");
  });

  it("finds attributes of the reference model", () => {
    expect(place(`${pulse}/data[at0001]/events[at0002]/time`)).toBe(`${event}/time`);
    expect(place("$composition/composer")).toBe("/composer");
  });

  it("reads the spelling of attributes that FLAT has", () => {
    expect(place("$composition/context/_end_time")).toBe("/context/end_time");
  });

  it.each([`items[at0008 and name/value='Right']`, `items[at0008, 'Right']`])(
    "tells nodes of one code apart by their name: %s",
    (segment) => {
      expect(resolved(`${problem}/data[at0001]/${segment}`).node.name).toBe("Right");
    },
  );

  it("is not found when the template lacks its start", () => {
    expect(paths.resolve("openEHR-EHR-OBSERVATION.other.v1/data[at0001]")).toBeUndefined();
    expect(paths.resolve("")).toBeUndefined();
    expect(paths.resolve("__proto__/constructor")).toBeUndefined();
  });

  it("means the last node found when the template lacks the rest", () => {
    const accessor = resolved(`${problem}/data[at0001]/items[at0099]/items[at0100]`);
    expect(formatAqlPath(accessor.node.path)).toBe(problemItems);
    expect(accessor.complete).toBe(false);
  });

  it("does not take a node of another name for the one that is meant", () => {
    expect(resolved(`${problem}/data[at0001]/items[at0008, 'Middle']`).complete).toBe(false);
  });
});

describe("the values at an openEHR path", () => {
  it("are those that the ELEMENT allows, each with its node", () => {
    const { rmTypes, targets } = resolved(`${problem}/data[at0001]/items[at0002]`);
    expect(rmTypes).toEqual(["DV_CODED_TEXT", "DV_TEXT"]);
    expect(targets.get("DV_TEXT")?.rmType).toBe("DV_TEXT");
    expect(targets.get("DV_CODED_TEXT")?.path).toEqual(targets.get("DV_TEXT")?.path);
  });

  it.each([
    [`${pulse}/data[at0001]/events[at0002]/data[at0003]/items[at0006]`, []],
    [`${pulse}/data[at0001]/events[at0002]`, ["EVENT"]],
    [`${pulse}/data[at0001]/events[at0002]/data[at0003]/items[at0004]`, ["DV_QUANTITY"]],
    [`${pulse}/data[at0001]/events[at0002]/data[at0003]/items[at0004]/value`, ["DV_QUANTITY"]],
    ["$composition/context/start_time", ["DV_DATE_TIME"]],
  ])("at %s are %j", (path, expected) => {
    expect(resolved(path).rmTypes).toEqual(expected);
  });

  it("are reached through the chain of nodes from the root", () => {
    const { chain, node } = resolved(`${problem}/data[at0001]/items[at0004]`);
    expect(chain[0]).toBe(wardTemplate.root);
    expect(chain.at(-1)).toBe(node);
    for (const [at, one] of chain.entries()) if (at > 0) expect(one.parent).toBe(chain[at - 1]);
  });
});

describe("a path into a coded text", () => {
  const status = `${problem}/data[at0001]/items[at0003]`;

  it.each([
    ["defining_code/code_string", "code"],
    ["defining_code", "code"],
    ["value/defining_code/code_string", "code"],
    ["value/defining_code", "code"],
    ["defining_code/terminology_id", "terminology"],
    ["defining_code/terminology_id/value", "terminology"],
  ])("means with %s its %s", (tail, part) => {
    const accessor = resolved(`${status}/${tail}`);
    expect(accessor.part).toBe(part);
    expect(accessor.node.nodeId).toBe("at0003");
    expect(accessor.complete).toBe(true);
  });

  it("means the same where the template says nothing of the code", () => {
    const accessor = resolved(`${problem}/data[at0001]/items[at0002]/defining_code/code_string`);
    expect(accessor.node.nodeId).toBe("at0002");
    expect(accessor).toMatchObject({ part: "code", complete: true, unreachable: false });
  });

  it("means nothing where no coded text is allowed", () => {
    const accessor = resolved(`${problem}/data[at0001]/items[at0004]/defining_code/code_string`);
    expect(accessor.node.nodeId).toBe("at0004");
    expect(accessor).toMatchObject({ part: undefined, complete: false });
  });
});

describe("a path text", () => {
  it("is split at slashes outside of brackets", () => {
    expect(splitPath("$composition/items[at0001 and name/value='a/b']/value")).toEqual([
      "$composition",
      "items[at0001 and name/value='a/b']",
      "value",
    ]);
  });

  it("has no empty segments", () => {
    expect(splitPath("//a//b/ /")).toEqual(["a", "b"]);
  });
});

describe.skipIf(!hasCorpus)("a path through structure of another event", () => {
  const bloodPressure = hasCorpus
    ? new OpenEhrPaths(
        parseOperationalTemplate(readFileSync(join(corpusFolder, "openfhir/blood_pressure/template.opt"), "utf8")),
        openFhirSemantics,
      )
    : paths;
  const position = "openEHR-EHR-OBSERVATION.blood_pressure.v2/data[at0003]/events[at1042]/state[at0007]/items[at0008]";

  it.each([
    ["defining_code", "code"],
    ["defining_code/code_string", "code"],
    ["defining_code/terminology_id", "terminology"],
  ])("means %s of the coded text that it leads to all the same", (tail, part) => {
    const accessor = bloodPressure.resolve(`${position}/${tail}`);
    expect(accessor?.unreachable).toBe(false);
    expect(accessor?.part).toBe(part);
    expect(accessor?.node.nodeId).toBe("at0008");
  });
});

describe.skipIf(!hasCorpus)("a path without name where the template has nodes of several names", () => {
  it("means the one whose path is the shortest text", () => {
    const template = readFileSync(join(corpusFolder, "openfhir/kds/person/template.opt"), "utf8");
    const person = new OpenEhrPaths(parseOperationalTemplate(template), openFhirSemantics);
    const items = "data[at0001]/items[openEHR-EHR-CLUSTER.person.v1]/items[openEHR-EHR-CLUSTER.address.v1]";
    expect(person.resolve(`openEHR-EHR-ADMIN_ENTRY.person_data.v0/${items}`)?.node.name).toBe("Postfach");
  });
});
