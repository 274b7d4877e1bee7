import type { SourcePosition } from "../../errors/source-position.js";
import type { Hierarchy, Located } from "../../fhirconnect/syntax/tree.js";
import { isArchetype, isResource } from "./created-class.js";
import { readFhirPathText } from "./fhir-path-text.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";

const remedy = "Upload the context with `semantics=v1` to have it";

/**
 * Warns of each key of a hierarchy that openFHIR parses and does not follow (engine-behaviour 2.2), where following it would
 * make a difference. It makes one resource of each occurrence of `with.openehr`, and each resource takes one occurrence.
 */
export function reportIgnoredKeys(place: Place, hierarchy: Hierarchy, findings: Findings): void {
  const { fhir, openehr, splitFhir, splitOpenehr, position } = hierarchy;
  const ignored = (key: string, at: SourcePosition, path?: string): void => {
    const message = `\`${key}\` is ignored where files are read as openFHIR reads them. ${remedy}, or leave it out.`;
    findings.report("warning", "MAPPING_HIERARCHY_IGNORED", message, place, at, path);
  };
  const ignoredText = (key: string, text: Located<string> | undefined): void => {
    if (text !== undefined) ignored(key, text.position, text.value);
  };
  ignoredText("split.fhir.unique", splitFhir?.unique[0]);
  ignoredText("split.openehr.unique", splitOpenehr?.unique[0]);
  if (!isResource(splitFhir?.create?.value, place)) ignoredText("split.fhir.create", splitFhir?.create);
  if (hasSteps(splitFhir?.path)) ignoredText("split.fhir.path", splitFhir?.path);
  if (splitOpenehr === undefined) return;
  if (splitFhir === undefined) {
    const message = `The composition is split all the same, although only \`split.openehr\` is given. ${remedy} whole.`;
    findings.report("warning", "MAPPING_HIERARCHY_IGNORED", message, place, position);
  }
  const iterated = openehr?.value.trim();
  const { create, path } = splitOpenehr;
  if (isArchetype(create?.value, place) && iterated !== "$archetype") ignoredText("split.openehr.create", create);
  if (path?.value.trim() !== iterated) ignoredText("split.openehr.path", path);
  if (hasSteps(fhir)) ignoredText("with.fhir", fhir);
}

function hasSteps(path: Located<string> | undefined): boolean {
  return path !== undefined && readFhirPathText(path.value).steps.length > 0;
}
