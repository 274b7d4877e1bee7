import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import { CompositionDraft } from "../../../src/openehr/building/composition-draft.js";
import { draftFromComposition } from "../../../src/openehr/building/draft-from-composition.js";
import { readFlat } from "../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../src/openehr/formats/flat/flat-writer.js";
import { parseAqlPath } from "../../../src/openehr/rm/aql-path.js";
import { isLocatable } from "../../../src/openehr/rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../../../src/openehr/rm/rm-object.js";
import type { Template, TemplateNode } from "../../../src/openehr/template/template.js";
import { nodeAt } from "../../../src/openehr/template/template-paths.js";
import { smallFlatTemplate } from "../formats/flat/small-flat-template.js";
import { corpusTemplate, hasCorpus } from "../template/corpus.js";
import { ITEMS } from "../template/small-template.js";

const settings = { now: () => "2024-05-06T07:08:09" };

function node(template: Template, path: string): TemplateNode {
  const found = nodeAt(template, parseAqlPath(path));
  if (found === undefined) throw new Error(`The template has no ${path}.`);
  return found;
}

function* objectsIn(value: RmValue | undefined): Generator<RmObject> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  else if (isRmObject(value)) {
    yield value;
    for (const member of Object.values(value)) yield* objectsIn(member);
  }
}

describe("completing a composition", () => {
  const template = smallFlatTemplate();
  const note = node(template, `${ITEMS}[at0005]/value`);

  it("builds everything that is needed around one value", () => {
    const draft = new CompositionDraft(template);
    draft.at(note, [0, 0]).merge({ _type: "DV_TEXT", value: "x" });
    expect(completeComposition(draft, { ...settings, territory: "DE" })).toEqual({
      _type: "COMPOSITION",
      name: { _type: "DV_TEXT", value: "Report" },
      archetype_node_id: "openEHR-EHR-COMPOSITION.small.v1",
      archetype_details: {
        _type: "ARCHETYPED",
        archetype_id: { _type: "ARCHETYPE_ID", value: "openEHR-EHR-COMPOSITION.small.v1" },
        template_id: { _type: "TEMPLATE_ID", value: "Small" },
        rm_version: "1.0.4",
      },
      language: expect.objectContaining({ code_string: "en" }),
      territory: expect.objectContaining({ code_string: "DE" }),
      category: expect.objectContaining({ value: "event" }),
      composer: { _type: "PARTY_SELF" },
      context: {
        _type: "EVENT_CONTEXT",
        start_time: { _type: "DV_DATE_TIME", value: "2024-05-06T07:08:09" },
        setting: expect.objectContaining({ value: "other care" }),
      },
      content: [
        {
          _type: "EVALUATION",
          name: { _type: "DV_TEXT", value: "Finding" },
          archetype_node_id: "openEHR-EHR-EVALUATION.small.v1",
          archetype_details: {
            _type: "ARCHETYPED",
            archetype_id: { _type: "ARCHETYPE_ID", value: "openEHR-EHR-EVALUATION.small.v1" },
            rm_version: "1.0.4",
          },
          language: expect.objectContaining({ code_string: "en" }),
          encoding: expect.objectContaining({ code_string: "UTF-8" }),
          subject: { _type: "PARTY_SELF" },
          data: {
            _type: "ITEM_TREE",
            name: { _type: "DV_TEXT", value: "Tree" },
            archetype_node_id: "at0001",
            items: [
              {
                _type: "ELEMENT",
                name: { _type: "DV_TEXT", value: "Note" },
                archetype_node_id: "at0005",
                value: { _type: "DV_TEXT", value: "x" },
              },
            ],
          },
        },
      ],
    });
  });

  it("leaves out what was created but not written", () => {
    const draft = new CompositionDraft(template);
    draft.at(note, [0, 3]);
    expect(completeComposition(draft, settings)).not.toHaveProperty("content");
  });

  it("leaves the draft as it is, so that it completes to the same again", () => {
    const document = {
      "report/_link:0|meaning": "m",
      "ctx/link:0|meaning": "n",
      "ctx/id_scheme": "s",
      "report/composer|id": "1",
      "report/composer|name": "c",
      "report/finding/note|raw": '{"_type":"DV_TEXT","value":"v","mappings":[{"_type":"TERM_MAPPING","match":"="}]}',
    };
    const draft = readFlat(document, template);
    const before = writeFlat(draft);
    const first = completeComposition(draft, settings);
    const written = JSON.stringify(first);
    expect(writeFlat(draft)).toEqual(before);
    for (const object of objectsIn(first)) if (isLocatable(object._type)) object.changed = true;
    expect(JSON.stringify(completeComposition(draft, settings))).toBe(written);
  });

  it("keeps a coded text that was written on a text node", () => {
    const draft = new CompositionDraft(template);
    const code = { _type: "CODE_PHRASE", code_string: "1" };
    draft.at(note).merge({ _type: "DV_CODED_TEXT", value: "v", defining_code: code });
    const values = [...objectsIn(completeComposition(draft, settings))];
    expect(values).toContainEqual({ _type: "DV_CODED_TEXT", value: "v", defining_code: code });
  });

  it.skipIf(!hasCorpus)("takes the setting by its text", () => {
    const template = corpusTemplate("corona_anamnese.opt");
    for (const key of ["bericht/context/setting", "bericht/context/setting|value"]) {
      const { context } = completeComposition(readFlat({ [key]: "home" }, template), settings);
      expect(context).toMatchObject({ setting: { value: "home", defining_code: { code_string: "225" } } });
    }
  });

  it("adds no context to a persistent composition", () => {
    const draft = readFlat({ "report/category|code": "431", "report/finding/note": "x" }, template);
    expect(completeComposition(draft, settings)).toMatchObject({ category: { value: "persistent" } });
    expect(completeComposition(draft, settings)).not.toHaveProperty("context");
  });
});

describe.skipIf(!hasCorpus)("defaults of the classes (needs the shared corpus)", () => {
  function completed(opt: string, document: unknown): readonly RmObject[] {
    return [...objectsIn(completeComposition(readFlat(document, corpusTemplate(opt)), settings))];
  }
  const ofClass = (objects: readonly RmObject[], type: string) => objects.find(({ _type }) => _type === type);

  it("an ACTION gets a time and a completed transition", () => {
    const root = "conformance-ehrbase.de.v0/conformance_section/conformance_action";
    const objects = completed("conformance_ehrbase.de.v0.opt", { [`${root}/dv_text`]: "x" });
    expect(ofClass(objects, "ACTION")).toMatchObject({
      time: { value: "2024-05-06T07:08:09" },
      ism_transition: { current_state: { value: "completed", defining_code: { code_string: "532" } } },
    });
  });

  it("an INSTRUCTION gets a narrative, its ACTIVITY a timing and an action archetype", () => {
    const root = "nesting/nested:0/nested:0";
    const objects = completed("nested.en.v1.opt", { [`${root}/current_activity/ordinal|code`]: "x" });
    expect(ofClass(objects, "INSTRUCTION")).toMatchObject({ narrative: { value: "<none>" } });
    expect(ofClass(objects, "ACTIVITY")).toMatchObject({
      timing: { _type: "DV_PARSABLE", value: "R1", formalism: "timing" },
      action_archetype_id: "/.*/",
    });
  });

  it("a HISTORY starts with its earliest event, and events without time happen then", () => {
    const root = "bericht/körpergewicht:0/any_event_en";
    const objects = completed("AlternativeEvents.opt", {
      [`${root}:0/gewicht|magnitude`]: 1,
      [`${root}:1/gewicht|magnitude`]: 2,
      [`${root}:1/time`]: "2013-11-02T12:00:00Z",
      [`${root}:2/gewicht|magnitude`]: 3,
      [`${root}:2/time`]: "2012-11-02T12:00:00Z",
    });
    const history = ofClass(objects, "HISTORY");
    expect(history).toMatchObject({ origin: { value: "2012-11-02T12:00:00Z" } });
    const events = history?.events as RmObject[] | undefined;
    expect(events?.map(({ time }) => isRmObject(time) && time.value)).toEqual([
      "2012-11-02T12:00:00Z",
      "2013-11-02T12:00:00Z",
      "2012-11-02T12:00:00Z",
    ]);
  });

  it("a HISTORY starts with its earliest event, and has nothing of it but the time", () => {
    const root = "bericht/körpergewicht:0/any_event_en:0";
    const objects = completed("AlternativeEvents.opt", {
      [`${root}/gewicht|magnitude`]: 1,
      [`${root}/time`]: "2013-11-02T12:00:00Z",
      [`${root}/time/_accuracy`]: "PT5M",
      [`${root}/time/_normal_range/lower`]: "2013-01-01T00:00:00Z",
    });
    const history = ofClass(objects, "HISTORY");
    const [event] = (history?.events ?? []) as RmObject[];
    expect(event?.time).toHaveProperty("accuracy");
    expect(history?.origin).toEqual({ _type: "DV_DATE_TIME", value: "2013-11-02T12:00:00Z" });
  });

  it("an event with a width is an interval event, even without a mathematical function", () => {
    const objects = completed("AlternativeEvents.opt", { "bericht/körpergewicht:0/any_event_en:0/width": "P30D" });
    expect(ofClass(objects, "INTERVAL_EVENT")).toMatchObject({
      width: { value: "P30D" },
      math_function: { value: "actual", defining_code: { code_string: "640" } },
    });
  });

  it("tells what the template has no node for when a composition is spread over it", () => {
    const template = smallFlatTemplate();
    const left: string[] = [];
    const composition = completeComposition(readFlat({ "report/finding/note": "x" }, template), settings);
    const [entry] = composition.content as RmObject[];
    const stranger = { _type: "EVALUATION", archetype_node_id: "openEHR-EHR-EVALUATION.stranger.v1" };
    composition.content = [stranger, entry as RmObject];
    const draft = draftFromComposition(composition, template, (path) => left.push(path));
    expect(left).toEqual(["/content[0]"]);
    expect(writeFlat(draft)).toMatchObject({ "report/finding/note:0": "x" });
  });
});
