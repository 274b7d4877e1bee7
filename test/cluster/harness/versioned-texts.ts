import { attribute, object, smallTemplate } from "../../openehr/template/small-template.js";

/**
 * A template, a model and a context that belong together. The template's version is part of every FLAT path, the model's
 * is a constant that it writes, so that one answer shows which version of each it was made from.
 */
export interface VersionedSet {
  readonly templateId: string;
  readonly modelName: string;
  readonly profile: string;
}

/** The set with this key: keys of sets that are stored at the same time differ. */
export function versionedSet(key: string): VersionedSet {
  return {
    templateId: `cluster_${key}`,
    modelName: `finding_${key}`,
    profile: `https://example.org/StructureDefinition/cluster-${key}`,
  };
}

/** What the versions of an answer are. */
export interface ShownVersions {
  readonly template: number;
  readonly model: number;
}

export function templateText({ templateId }: VersionedSet, version: number): string {
  const text = attribute("value", object("DV_TEXT", ""));
  return smallTemplate({
    templateId,
    items: object("ELEMENT", "at0002", text) + object("ELEMENT", "at0003", text),
    terms: { at0000: `Finding t${version}`, at0002: "Value", at0003: "Revision" },
  });
}

/** `padding` makes the text longer by that many characters, and what is compiled from it larger in the eyes of the caches. */
export function modelText({ modelName }: VersionedSet, version: number, padding = 0): string {
  return `${padding === 0 ? "" : `# ${".".repeat(padding)}\n`}${header("model", modelName)}
  openEhrConfig:
    archetype: openEHR-EHR-EVALUATION.small.v1
  fhirConfig:
    structureDefinition: http://hl7.org/fhir/StructureDefinition/Observation
mappings:
  - name: revision
    unidirectional: "fhir->openehr"
    with:
      fhir: $resource
      openehr: $archetype/data[at0001]/items[at0003]
    manual:
      - name: revision
        openehr:
          - {path: value, value: v${version}}
  - name: value
    with:
      fhir: $resource.value.ofType(string)
      openehr: $archetype/data[at0001]/items[at0002]
`;
}

/** A model that can be stored, and does not compile: one of its FHIR paths is none. */
export function poisonedModelText(set: VersionedSet): string {
  return modelText(set, 0).replace("ofType(string)", "ofType(string");
}

export function contextText({ templateId, modelName, profile }: VersionedSet): string {
  return `${header("context", `${templateId}.context`)}
context:
  profile:
    url: ${profile}
  template:
    id: ${templateId}
  archetypes:
    - ${modelName}
  start: ${modelName}
`;
}

/** A resource that the model maps. */
export function observation({ profile }: VersionedSet): string {
  return JSON.stringify({ resourceType: "Observation", meta: { profile: [profile] }, valueString: "seen" });
}

/** Reads the versions out of a FLAT answer. Throws when the answer is none of a whole mapping. */
export function shownVersions(flat: string): ShownVersions {
  const [path, model] =
    Object.entries(JSON.parse(flat) as Record<string, string>).find(([key]) => key.endsWith("/revision")) ?? [];
  const template = /^report\/finding_t(\d+)\//.exec(path ?? "")?.[1];
  const version = /^v(\d+)$/.exec(model ?? "")?.[1];
  if (template === undefined || version === undefined) throw new Error(`no versions in ${flat}`);
  return { template: Number(template), model: Number(version) };
}

function header(type: string, name: string): string {
  return `grammar: FHIRConnect/v1.0.0
type: ${type}
metadata:
  name: ${name}
  version: 1.0.0
spec:
  system: FHIR
  version: R4`;
}
