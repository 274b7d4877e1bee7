import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readCanonicalJson } from "../../../../src/openehr/formats/canonical-json.js";
import { compositionToFlat } from "../../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import type { RmObject } from "../../../../src/openehr/rm/rm-object.js";
import { caseTemplate, hasCorpus, readCaseFile } from "../../template/corpus.js";
import { smallFlatTemplate } from "./small-flat-template.js";

const settings = { now: () => "2024-05-06T07:08:09" };
const template = smallFlatTemplate();

/** A composition with one note, to which more is added. */
function composition(): { readonly composition: RmObject; readonly entry: RmObject; readonly note: RmObject } {
  const completed = completeComposition(readFlat({ "report/finding/note": "x" }, template, settings), settings);
  const [entry] = completed.content as RmObject[];
  const tree = entry?.data as RmObject | undefined;
  const [note] = (tree?.items ?? []) as RmObject[];
  if (entry === undefined || note === undefined) throw new Error("The composition has no note.");
  return { composition: completed, entry, note };
}

function leftOutOf(object: RmObject): readonly string[] {
  const left: string[] = [];
  compositionToFlat(object, template, (path) => left.push(path));
  return left;
}

describe("what FLAT has no key for", () => {
  it("is nothing in a composition that came from FLAT", () => {
    expect(leftOutOf(composition().composition)).toEqual([]);
  });

  it("is reported: the time an evaluation was asserted", () => {
    const { composition: whole, entry } = composition();
    entry.time_asserted = { _type: "DV_DATE_TIME", value: "2024-01-01T00:00:00" };
    expect(leftOutOf(whole)).toEqual(["/content[openEHR-EHR-EVALUATION.small.v1]/time_asserted"]);
  });

  it("is reported: a hyperlink of a text", () => {
    const { composition: whole, note } = composition();
    const value = note.value as RmObject;
    value.hyperlink = { _type: "DV_URI", value: "http://example.org" };
    expect(leftOutOf(whole)).toEqual(["/content[0]/data/items[0]/value/hyperlink"]);
  });

  it("is reported: the code of a link and the time of a participation", () => {
    const { composition: whole, entry } = composition();
    const code = { _type: "CODE_PHRASE", terminology_id: { _type: "TERMINOLOGY_ID", value: "a" }, code_string: "1" };
    const text = { _type: "DV_TEXT", value: "a" };
    const target = { _type: "DV_EHR_URI", value: "ehr://a" };
    entry.links = [
      { _type: "LINK", meaning: { ...text, _type: "DV_CODED_TEXT", defining_code: code }, type: text, target },
    ];
    entry.other_participations = [
      { _type: "PARTICIPATION", function: text, time: { _type: "DV_INTERVAL" }, performer: { _type: "PARTY_SELF" } },
    ];
    expect(leftOutOf(whole)).toEqual([
      "/content[0]/links[0]/meaning/defining_code",
      "/content[0]/other_participations[0]/time",
    ]);
  });

  it("is reported: a value of a class that the template does not foresee", () => {
    const { composition: whole, note } = composition();
    note.value = { _type: "DV_BOOLEAN", value: true };
    expect(leftOutOf(whole)).toEqual(["/content[openEHR-EHR-EVALUATION.small.v1]/data[at0001]/items[at0005]/value"]);
  });

  it("is reported once for an object that is left out as a whole", () => {
    const { composition: whole, entry } = composition();
    const stranger: RmObject = { ...entry, archetype_node_id: "openEHR-EHR-EVALUATION.stranger.v1" };
    stranger.name = { _type: "DV_TEXT", value: "a", hyperlink: { _type: "DV_URI", value: "http://example.org" } };
    whole.content = [entry, stranger];
    expect(leftOutOf(whole)).toEqual(["/content[1]"]);
  });

  it.skipIf(!hasCorpus)("is reported: period and duration of a HISTORY, an encoding (needs the shared corpus)", () => {
    const id = "canon-my_spanish_template_v0_COMPOSITION_EXAMPLE";
    const left: string[] = [];
    compositionToFlat(readCanonicalJson(readCaseFile(id, "sdk/canonical.json")), caseTemplate(id), (path) =>
      left.push(path),
    );
    const history = "/content[openEHR-EHR-OBSERVATION.my_spanish_observation.v0]/data[at0001]";
    // FLAT says UTF-8 of every entry, and this one names another character set.
    expect(left).toEqual([`${history}/duration`, `${history}/period`, "/content[0]/encoding/code_string"]);
  });
});
