import type { SourcePosition } from "../../errors/source-position.js";
import type {
  Condition,
  ContextMapping,
  Hierarchy,
  HierarchySplit,
  Located,
  ManualEntry,
  ManualValue,
  MappingHeader,
  MappingMethod,
  ModelMapping,
  Preprocessor,
  TerminologyBlock,
} from "../syntax/tree.js";

/** Plain data with the keys of FHIR Connect, and `source` where something is written. */
export interface EffectiveDocument {
  [key: string]: EffectiveValue;
}
type EffectiveValue = string | number | EffectiveValue[] | EffectiveDocument;

/** File, line and column, the file by its `metadata.name` when it was read under that. */
export function sourceDocument({ file, line, column }: SourcePosition): EffectiveDocument {
  return { ...given("file", file), line, column };
}

/** A context as it was read (fhirconnect-language 2.4). */
export function contextDocument(context: ContextMapping): EffectiveDocument {
  return {
    ...headerDocument(context),
    profile: { ...text("url", context.profileUrl), ...text("version", context.profileVersion) },
    template: { id: context.templateId.value, ...text("sem_ver", context.templateVersion) },
    archetypes: context.archetypes.map(({ value }) => value),
    extensions: context.extensions.map(({ value }) => value),
    start: context.start.value,
  };
}

/** A model with its extensions applied (fhirconnect-language 10.4); each rule keeps the place in its own file. */
export function modelDocument(model: ModelMapping): EffectiveDocument {
  return {
    ...headerDocument(model),
    ...text("archetype", model.archetype),
    ...text("structureDefinition", model.structureDefinition),
    ...text("unidirectional", model.unidirectional),
    ...text("conceptmap", model.conceptmap),
    ...given("preprocessor", model.preprocessor && preprocessorDocument(model.preprocessor)),
    ...given("terminology", model.terminology && terminologyDocument(model.terminology)),
    mappings: model.mappings.map(methodDocument),
  };
}

function headerDocument({ name, version, grammar, specVersion, position }: MappingHeader): EffectiveDocument {
  return {
    name: name.value,
    version: version.value,
    grammar: grammar.value,
    fhirVersion: specVersion.value,
    source: sourceDocument(position),
  };
}

function methodDocument(method: MappingMethod): EffectiveDocument {
  const { with: paths, reference, link } = method;
  return {
    name: method.name,
    source: sourceDocument(method.position),
    ...given(
      "with",
      paths && {
        ...text("fhir", paths.fhir),
        ...text("openehr", paths.openehr),
        ...text("type", paths.type),
        ...text("value", paths.value),
      },
    ),
    ...text("unidirectional", method.unidirectional),
    ...conditionDocuments(method),
    ...list("manual", method.manual.map(manualDocument)),
    ...given(
      "reference",
      reference && {
        resourceType: reference.resourceType.value,
        source: sourceDocument(reference.position),
        mappings: reference.mappings.map(methodDocument),
      },
    ),
    ...text("slotArchetype", method.slotArchetype),
    ...text("mappingCode", method.mappingCode),
    ...text("conceptmap", method.conceptmap),
    ...given("terminology", method.terminology && terminologyDocument(method.terminology)),
    ...given("link", link && { ...text("meaning", link.meaning), ...text("type", link.type) }),
    ...text("participationsFunction", method.participationsFunction),
    ...(method.followedBy.length === 0 ? {} : { followedBy: { mappings: method.followedBy.map(methodDocument) } }),
  };
}

function manualDocument(entry: ManualEntry): EffectiveDocument {
  return {
    name: entry.name,
    source: sourceDocument(entry.position),
    ...list("fhir", entry.fhir.map(manualValueDocument)),
    ...list("openehr", entry.openehr.map(manualValueDocument)),
    ...conditionDocuments(entry),
  };
}

function manualValueDocument({ path, value }: ManualValue): EffectiveDocument {
  return { path: path.value, value: value.value };
}

/** Conditions have their own places: an extension that appends may have brought them. */
function conditionDocuments(guarded: Pick<MappingMethod, "fhirConditions" | "openehrConditions">): EffectiveDocument {
  return {
    ...list("fhirCondition", guarded.fhirConditions.map(conditionDocument)),
    ...list("openehrCondition", guarded.openehrConditions.map(conditionDocument)),
  };
}

function conditionDocument(condition: Condition): EffectiveDocument {
  return {
    source: sourceDocument(condition.position),
    targetRoot: condition.targetRoot.value,
    ...list("targetAttributes", condition.targetAttributes.map(textOf)),
    operator: condition.operator.value,
    ...list("criterias", condition.criteria.map(textOf)),
  };
}

function preprocessorDocument(preprocessor: Preprocessor): EffectiveDocument {
  return {
    source: sourceDocument(preprocessor.position),
    ...conditionDocuments(preprocessor),
    ...given("hierarchy", preprocessor.hierarchy && hierarchyDocument(preprocessor.hierarchy)),
  };
}

function hierarchyDocument({ fhir, openehr, splitFhir, splitOpenehr }: Hierarchy): EffectiveDocument {
  const split = {
    ...given("fhir", splitFhir && splitDocument(splitFhir)),
    ...given("openehr", splitOpenehr && splitDocument(splitOpenehr)),
  };
  return {
    with: { ...text("fhir", fhir), ...text("openehr", openehr) },
    ...(Object.keys(split).length === 0 ? {} : { split }),
  };
}

function splitDocument({ create, path, unique }: HierarchySplit): EffectiveDocument {
  return { ...text("create", create), ...text("path", path), ...list("unique", unique.map(textOf)) };
}

function terminologyDocument(block: TerminologyBlock): EffectiveDocument {
  return {
    source: sourceDocument(block.position),
    ...text("type", block.type),
    ...text("server", block.server),
    ...text("conceptmap", block.conceptmap),
    ...list(
      "mappings",
      block.mappings.map((pair) => ({
        openehr: text("code", pair.openehrCode),
        fhir: {
          ...text("system", pair.fhirSystem),
          ...text("code", pair.fhirCode),
          ...text("display", pair.fhirDisplay),
          ...text("ordinal", pair.fhirOrdinal),
        },
      })),
    ),
  };
}

function textOf({ value }: Located<string>): string {
  return value;
}

function text(key: string, located: Located<string> | undefined): EffectiveDocument {
  return given(key, located?.value);
}

function given(key: string, value: EffectiveValue | undefined): EffectiveDocument {
  return value === undefined ? {} : { [key]: value };
}

function list(key: string, items: EffectiveValue[]): EffectiveDocument {
  return items.length === 0 ? {} : { [key]: items };
}
