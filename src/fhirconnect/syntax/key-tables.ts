/** What the reader does with a key of a mapping file. */
export type KeyRule =
  /** Part of the language. */
  | { readonly kind: "known" }
  /** Another spelling of a key, read as that key and noted (fhirconnect-language 20.3). */
  | { readonly kind: "spelling"; readonly of: string }
  /** Known to a source of the language but without effect; said, never rejected. */
  | { readonly kind: "inert"; readonly severity: "note" | "warning"; readonly why: string };

/** All keys that may stand in one kind of mapping. */
export interface KeyTable {
  /** The kind of mapping, in words for a message: "a mapping method". */
  readonly place: string;
  readonly rules: ReadonlyMap<string, KeyRule>;
}

const known: KeyRule = { kind: "known" };
const openehrSpellings = { openEHR: spelling("openehr"), openEhr: spelling("openehr") };

function spelling(of: string): KeyRule {
  return { kind: "spelling", of };
}

function inert(severity: "note" | "warning", why: string): KeyRule {
  return { kind: "inert", severity, why };
}

function keyTable(place: string, names: readonly string[], special: Readonly<Record<string, KeyRule>> = {}): KeyTable {
  const rules = new Map<string, KeyRule>(names.map((name) => [name, known]));
  for (const [name, rule] of Object.entries(special)) rules.set(name, rule);
  return { place, rules };
}

const header = ["grammar", "type", "metadata", "spec"];
const headerSpecial = {
  engine: spelling("grammar"),
  id: inert("note", "it is the storage id of another system"),
  description: inert("note", "it is documentation"),
};

/** Root of a model or an extension (fhirconnect-language 2.2, engine-behaviour 2.1). */
export const modelRootKeys = keyTable(
  "a model or extension file",
  [...header, "preprocessor", "terminology", "mappings"],
  { ...headerSpecial, mapping: spelling("mappings") },
);

/** Root of a context (fhirconnect-language 2.4; `_query` and `_bundleMetadata` are openFHIR's, rest-api 10). */
export const contextRootKeys = keyTable("a context file", [...header, "context"], {
  ...headerSpecial,
  _query: inert("warning", "it is a feature of another engine"),
  _bundleMetadata: inert("warning", "it is a feature of another engine"),
});

export const metadataKeys = keyTable("`metadata`", ["name", "version"], {
  description: inert("note", "it is documentation"),
});

/** `spec` of a model (fhirconnect-language 2.2). */
export const modelSpecKeys = keyTable("`spec` of a model", [
  "system",
  "version",
  "openEhrConfig",
  "fhirConfig",
  "conceptmap",
  "unidirectional",
  "preprocessor",
]);

const ofModel = inert("note", "an extension takes it from the model it extends");

/** `spec` of an extension (fhirconnect-language 2.5, 10.4). */
export const extensionSpecKeys = keyTable(
  "`spec` of an extension",
  ["system", "version", "extends", "conceptmap", "unidirectional", "preprocessor"],
  { openEhrConfig: ofModel, fhirConfig: ofModel },
);

export const contextSpecKeys = keyTable("`spec` of a context", ["system", "version"]);

export const openEhrConfigKeys = keyTable("`openEhrConfig`", ["archetype", "revision"]);

/** `condition` and `multiple` belong to v0.9 (fhirconnect-language 20.2). */
export const fhirConfigKeys = keyTable("`fhirConfig`", ["structureDefinition", "condition"], {
  multiple: inert("note", "how many resources take part follows from the data"),
});

/** Body of a context (fhirconnect-language 2.4). */
export const contextKeys = keyTable("`context`", ["profile", "template", "archetypes", "extensions", "start"], {
  operational: inert("warning", "operational models are not run"),
  _query: inert("warning", "it is a feature of another engine"),
  _bundleMetadata: inert("warning", "it is a feature of another engine"),
});

export const profileKeys = keyTable("`context.profile`", ["url", "version"]);
export const templateKeys = keyTable("`context.template`", ["id", "sem_ver"]);

/** One mapping method (fhirconnect-language 3.1, engine-behaviour 2.3). */
export const methodKeys = keyTable(
  "a mapping method",
  [
    "name",
    "extension",
    "appendTo",
    "with",
    "unidirectional",
    "fhirCondition",
    "fhirConditions",
    "openehrCondition",
    "openehrConditions",
    "manual",
    "followedBy",
    "reference",
    "slotArchetype",
    "mappingCode",
    "conceptmap",
    "terminology",
    "link",
    "participationsFunction",
  ],
  {
    ...openehrConditionSpellings(),
    type: inert("warning", "a data type belongs inside `with`, and only `NONE` has meaning there"),
    slotContext: inert("warning", "it is a pending change of the language"),
    slotExtension: inert("warning", "it is a pending change of the language"),
    description: inert("note", "it is documentation"),
  },
);

/** The two paths of a method; `link` and `unidirectional` are misplaced there and moved (fhirconnect-language 20.3). */
export const withKeys = keyTable("`with`", ["fhir", "openehr", "type", "value", "link", "unidirectional"], {
  ...openehrSpellings,
});

export const followedByKeys = keyTable("`followedBy`", ["mappings"]);
export const referenceKeys = keyTable("`reference`", ["resourceType", "mappings"]);
export const linkKeys = keyTable("`link`", ["meaning", "type"]);

/** A condition (fhirconnect-language 6.1). */
export const conditionKeys = keyTable(
  "a condition",
  ["targetRoot", "targetAttribute", "targetAttributes", "operator", "criteria", "criterias"],
  { identifying: inert("note", "it belongs to an older generation of the language") },
);

/** One entry of `manual` (fhirconnect-language 11.1). */
export const manualKeys = keyTable(
  "an entry of `manual`",
  ["name", "fhir", "openehr", "fhirCondition", "fhirConditions", "openehrCondition", "openehrConditions"],
  {
    ...openehrSpellings,
    ...openehrConditionSpellings(),
    value: inert("warning", "constants are written as `path` and `value` below `fhir` or `openehr`"),
    unidirectional: inert("warning", "the direction follows from `fhir` and `openehr`"),
    description: inert("note", "it is documentation"),
  },
);

export const manualValueKeys = keyTable("a constant", ["path", "value"]);

/** File guard and iteration (fhirconnect-language 6.6, 7). */
export const preprocessorKeys = keyTable(
  "`preprocessor`",
  ["fhirCondition", "fhirConditions", "openehrCondition", "openehrConditions", "hierarchy"],
  openehrConditionSpellings(),
);

export const hierarchyKeys = keyTable("`hierarchy`", ["with", "split"]);
export const hierarchyWithKeys = keyTable("`hierarchy.with`", ["fhir", "openehr"], openehrSpellings);
export const splitKeys = keyTable("`hierarchy.split`", ["fhir", "openehr"], openehrSpellings);
export const splitSideKeys = keyTable("a side of `hierarchy.split`", ["create", "path", "unique"]);

/** Code translation (fhirconnect-language 12.1, engine-behaviour 2.5). */
export const terminologyKeys = keyTable("`terminology`", ["type", "server", "conceptmap", "mappings"]);
export const terminologyPairKeys = keyTable(
  "an entry of `terminology.mappings`",
  ["openehr", "fhir"],
  openehrSpellings,
);
export const terminologyOpenehrKeys = keyTable("`openehr` of a code pair", ["code"], {
  system: inert("note", "codes are compared within the terminology of the data"),
  display: inert("note", "the template gives the text"),
});
export const terminologyFhirKeys = keyTable("`fhir` of a code pair", ["system", "code", "display", "ordinal"]);

function openehrConditionSpellings(): Record<string, KeyRule> {
  return {
    openEHRCondition: spelling("openehrCondition"),
    openEhrCondition: spelling("openehrCondition"),
    openEHRConditions: spelling("openehrConditions"),
    openEhrConditions: spelling("openehrConditions"),
  };
}
