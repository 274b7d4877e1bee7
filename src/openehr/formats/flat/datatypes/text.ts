import type { RmObject } from "../../../rm/rm-object.js";
import type { TemplateInput } from "../../../template/template.js";
import {
  type FlatDataType,
  type FlatPlace,
  type FlatReadContext,
  objectMember,
  objectsMember,
  objectType,
  objectWith,
  readBelow,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";
import { isRaw, readRawObject } from "../raw-object.js";

/** CODE_PHRASE: `|code`, `|terminology`, `|preferred_term` (openehr-formats 9). */
export const codePhraseType: FlatDataType = objectType({ read: readCodePhrase, write: writeCodePhrase });

/** DV_TEXT: plain or `|value`, `|other` in a merged node, `|formatting`, `_mapping`, `_language`, `_encoding`. */
export const textType: FlatDataType = objectType({
  read(keys, context) {
    if (!context.isMergedText && keys.has("code")) return readCodedText(keys, context);
    const value = context.isMergedText ? keys.text("other") : (keys.text() ?? keys.text("value"));
    return objectWith("DV_TEXT", { value, ...readTextAttributes(keys, context) });
  },
  write(value, place) {
    if (value._type === "DV_CODED_TEXT") writeCodedText(value, place);
    else {
      place.put(place.isMergedText ? "other" : "", scalarMember(value, "value"));
      writeTextAttributes(value, place);
    }
  },
});

/** DV_CODED_TEXT: `|code`, `|terminology`, `|value`, `|formatting`, a plain code or label (openehr-formats 9.1). */
export const codedTextType: FlatDataType = objectType({ read: readCodedText, write: writeCodedText });

function readCodePhrase(keys: FlatKeys): RmObject | undefined {
  const terminology = keys.text("terminology");
  return objectWith("CODE_PHRASE", {
    terminology_id: terminology === undefined ? undefined : { _type: "TERMINOLOGY_ID", value: terminology },
    code_string: keys.text("code"),
    preferred_term: keys.text("preferred_term"),
  });
}

function writeCodePhrase(value: RmObject, place: FlatPlace): void {
  place.put("code", scalarMember(value, "code_string"));
  place.put("terminology", scalarMember(objectMember(value, "terminology_id"), "value"));
  place.put("preferred_term", scalarMember(value, "preferred_term"));
}

function readCodedText(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  let value = keys.text("value");
  let code = keys.text("code");
  const plain = code === undefined ? keys.text() : undefined;
  if (plain !== undefined) {
    // A plain value beside a text is the code; alone it is a code or a label of the list, or just a text.
    code = value === undefined ? listCodeFor(context.node?.inputs ?? [], plain) : plain;
    if (code === undefined) value = plain;
  } else if (code === undefined && value !== undefined && isListCode(context.node?.inputs ?? [], value)) {
    // STRUCTURED has a plain value beside other attributes as `|value` (openehr-formats 20.2, 10).
    code = value;
    value = undefined;
  }
  const terminology = keys.text("terminology");
  // Other systems write the code once more as an attribute: `category|433`.
  if (code !== undefined && code !== "") keys.consume(code);
  return objectWith("DV_CODED_TEXT", {
    value,
    defining_code: objectWith("CODE_PHRASE", {
      terminology_id: terminology === undefined ? undefined : { _type: "TERMINOLOGY_ID", value: terminology },
      code_string: code,
    }),
    ...readTextAttributes(keys, context),
  });
}

/** Whether a text is a code of the list, and not also the label of an entry. */
export function isListCode(inputs: readonly TemplateInput[], text: string): boolean {
  const entries = inputs.flatMap(({ list }) => list ?? []);
  return entries.some(({ value }) => value === text) && !entries.some(({ label }) => label === text);
}

/** The code of the list entry that a plain value names by code or, failing that, by label. */
function listCodeFor(inputs: readonly TemplateInput[], plain: string): string | undefined {
  const entries = inputs.flatMap(({ list }) => list ?? []);
  return (entries.find(({ value }) => value === plain) ?? entries.find(({ label }) => label === plain))?.value;
}

function writeCodedText(value: RmObject, place: FlatPlace): void {
  const definingCode = objectMember(value, "defining_code");
  if (definingCode !== undefined) {
    place.put("code", scalarMember(definingCode, "code_string"));
    place.put("terminology", scalarMember(objectMember(definingCode, "terminology_id"), "value"));
  }
  place.put("value", scalarMember(value, "value"));
  writeTextAttributes(value, place);
}

function readTextAttributes(keys: FlatKeys, context: FlatReadContext): Record<string, RmObject[string]> {
  const mappings = keys
    .occurrences("_mapping")
    .map(([, mapping]) => readMapping(mapping, context))
    .filter((mapping) => mapping !== undefined);
  return {
    formatting: keys.text("formatting"),
    mappings: mappings.length === 0 ? undefined : mappings,
    language: readBelow("CODE_PHRASE", keys.child("_language"), context),
    encoding: readBelow("CODE_PHRASE", keys.child("_encoding"), context),
  };
}

function writeTextAttributes(value: RmObject, place: FlatPlace): void {
  place.put("formatting", scalarMember(value, "formatting"));
  for (const [index, mapping] of objectsMember(value, "mappings").entries()) {
    const mappingPlace = place.at("_mapping", index);
    mappingPlace.put("match", scalarMember(mapping, "match"));
    const target = objectMember(mapping, "target");
    if (target !== undefined) writeCodePhrase(target, mappingPlace.at("target"));
    const purpose = objectMember(mapping, "purpose");
    if (purpose !== undefined) writeCodedText(purpose, mappingPlace.at("purpose"));
  }
  for (const attribute of ["language", "encoding"]) {
    const code = objectMember(value, attribute);
    if (code !== undefined) writeCodePhrase(code, place.at(`_${attribute}`));
  }
}

/** TERM_MAPPING; without a match flag nothing is known about the relation, which the reference model writes as `?`. */
function readMapping(keys: FlatKeys, context: FlatReadContext): RmObject | undefined {
  if (isRaw(keys)) return readRawObject(keys, "TERM_MAPPING");
  const match = keys.text("match") ?? keys.child("match")?.text();
  const mapping = objectWith("TERM_MAPPING", {
    match,
    purpose: readBelow("DV_CODED_TEXT", keys.child("purpose"), context),
    target: readBelow("CODE_PHRASE", keys.child("target"), context),
  });
  if (mapping !== undefined) mapping.match ??= "?";
  return mapping;
}
