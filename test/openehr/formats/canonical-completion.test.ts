import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import { CompositionDraft } from "../../../src/openehr/building/composition-draft.js";
import type { CompositionContextDefaults } from "../../../src/openehr/building/context-defaults.js";
import { draftFromComposition } from "../../../src/openehr/building/draft-from-composition.js";
import { completeCanonicalJson } from "../../../src/openehr/formats/canonical-completion.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";

const root = join(import.meta.dirname, "..", "..", "..");
const settings = { now: () => "2024-05-06T07:08:09", territory: "DE" };
const template = parseOperationalTemplate(readFileSync(join(root, "templates", "vital_signs.opt"), "utf8"));
const example = readFileSync(join(root, "test", "examples", "vital-signs", "composition.json"), "utf8");

/** The draft of a composition that was changed before. */
function draftOf(change: (composition: { [member: string]: unknown }) => void = () => {}): CompositionDraft {
  const composition = JSON.parse(example);
  change(composition);
  return draftFromComposition(readCanonicalJson(composition), template);
}

const party: RmObject = {
  _type: "PARTY_IDENTIFIED",
  name: "Ward",
  external_ref: { _type: "PARTY_REF", id: { _type: "GENERIC_ID", value: "1" }, type: "PARTY" },
};
const everyDefault: CompositionContextDefaults = {
  language: "sl",
  territory: "SI",
  composer: party,
  time: "2020-01-01T00:00:00",
  endTime: "2020-01-01T01:00:00",
  provider: party,
  healthCareFacility: party,
  location: "Here",
  participations: [{ _type: "PARTICIPATION", function: { _type: "DV_TEXT", value: "helper" }, performer: party }],
  workflowId: {
    _type: "OBJECT_REF",
    namespace: "local",
    type: "ANY",
    id: { _type: "GENERIC_ID", value: "2", scheme: "s" },
  },
  links: [
    {
      _type: "LINK",
      meaning: { _type: "DV_TEXT", value: "m" },
      type: { _type: "DV_TEXT", value: "t" },
      target: { _type: "DV_EHR_URI", value: "ehr:1" },
    },
  ],
  idScheme: "scheme",
  idNamespace: "namespace",
};

describe("completing a draft to canonical JSON", () => {
  it.each<[string, () => CompositionDraft]>([
    ["an example", () => draftOf()],
    ["nothing", () => new CompositionDraft(template)],
    ["nothing but defaults", () => Object.assign(new CompositionDraft(template), { contextDefaults: everyDefault })],
    ["an example with defaults", () => Object.assign(draftOf(), { contextDefaults: everyDefault })],
    ["an example without context", () => draftOf((composition) => delete composition.context)],
    ["an example with links of its own", () => draftOf((composition) => (composition.links = everyDefault.links))],
  ])("gives to the letter what is written of the completed composition: %s", (_, draft) => {
    const written = writeCanonicalJson(completeComposition(draft(), settings));
    expect(JSON.stringify(completeCanonicalJson(draft(), settings))).toBe(JSON.stringify(written));
  });

  it("tells what the composition lacks, as the completion does", () => {
    const told = (complete: (onLeftOut: (path: string) => void) => unknown): readonly string[] => {
      const paths: string[] = [];
      complete((path) => paths.push(path));
      return paths;
    };
    const withNullFlavours = (): CompositionDraft => {
      const draft = draftOf();
      const elements = [draft.root];
      for (let next = elements.pop(); next !== undefined; next = elements.pop()) {
        elements.push(...next.children);
        const flavour = { _type: "DV_CODED_TEXT", value: "unknown" };
        if (next.node.rmType === "ELEMENT") next.merge({ _type: "ELEMENT", null_flavour: flavour });
      }
      return draft;
    };
    const paths = told((onLeftOut) => completeCanonicalJson(withNullFlavours(), settings, { onLeftOut }));
    expect(paths.length).toBeGreaterThan(0);
    expect(paths).toEqual(
      told((onLeftOut) => completeComposition(withNullFlavours(), settings, undefined, { onLeftOut })),
    );
  });
});
