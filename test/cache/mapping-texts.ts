interface ModelText {
  readonly archetype?: string;
  /** Name or archetype of the model that a slot calls. */
  readonly slot?: string;
  readonly method?: string;
}

/** The text of a model. */
export function modelText(
  name: string,
  { archetype = `openEHR-EHR-${name}`, slot, method = "status" }: ModelText = {},
) {
  return `${headerOf("model", name)}
  openEhrConfig:
    archetype: ${archetype}
  fhirConfig:
    structureDefinition: http://hl7.org/fhir/StructureDefinition/Observation
mappings:
  - name: ${method}
    with:
      fhir: $resource.status
      openehr: $archetype/name
${slot === undefined ? "" : `    slotArchetype: ${slot}\n`}`;
}

/** The text of an extension. */
export function extensionText(name: string, extended: string): string {
  return `${headerOf("extension", name)}
  extends: ${extended}
mappings:
  - name: added
    extension: add
    with:
      fhir: $resource.status
      openehr: $archetype/name
`;
}

/** The text of a context; the first of its models is where it starts. */
export function contextText(templateId: string, models: readonly string[], extensions: readonly string[] = []): string {
  const list = (names: readonly string[]) => names.map((name) => `    - ${name}\n`).join("");
  return `${headerOf("context", `${templateId}.context`)}
context:
  profile:
    url: https://example.org/StructureDefinition/${templateId}
  template:
    id: ${JSON.stringify(templateId)}
  archetypes:
${list(models)}${extensions.length === 0 ? "" : `  extensions:\n${list(extensions)}`}  start: ${models[0]}
`;
}

function headerOf(type: string, name: string): string {
  return `grammar: FHIRConnect/v1.0.0
type: ${type}
metadata:
  name: ${name}
  version: 1.0.0
spec:
  system: FHIR
  version: R4`;
}
