import type { Diagnostic } from "../errors/diagnostic.js";
import { formatPosition } from "../errors/source-position.js";
import type { JsonObject } from "../fhir/json.js";
import { chooseSemantics } from "../fhirconnect/dialect/choose-semantics.js";
import type { SemanticsChoice, SemanticsOverride } from "../fhirconnect/dialect/semantics-setting.js";
import { selectModels } from "../fhirconnect/merge/select-models.js";
import { contextDocument, modelDocument, sourceDocument } from "../fhirconnect/merge/write-effective-model.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../fhirconnect/syntax/tree.js";
import { semanticsCalled } from "./semantics.js";

/**
 * What a context runs, for people to read: the context, how its files are read and why (fhirconnect-language 20.3), and the
 * models it selects with their extensions applied (10.4), each rule with the file and line it comes from. What is wrong with
 * the selection stands in `diagnostics`; nothing is thrown for it.
 * @param compiled what compiling the context has found, for `diagnostics` as well
 */
export function effectiveModel(
  context: ContextMapping,
  mappings: readonly (ModelMapping | ExtensionMapping)[],
  override: SemanticsOverride = {},
  compiled: readonly Diagnostic[] = [],
): JsonObject {
  const { models, start, namedStart, diagnostics } = selectModels(context, mappings);
  const choice = chooseSemantics(models, override);
  const starting = semanticsCalled(choice.name).startModels === "named" ? namedStart : start;
  // The compile begins with the same selection; its errors come with a code of its own.
  const selected = new Set(diagnostics.map(placeAndMessage));
  const all = [...diagnostics, ...compiled.filter((finding) => !selected.has(placeAndMessage(finding)))];
  return {
    context: contextDocument(context),
    semantics: semanticsDocument(choice),
    start: starting.map(({ name }) => name.value),
    models: models.map(modelDocument),
    diagnostics: all.map(diagnosticDocument),
  };
}

function placeAndMessage({ message, position }: Diagnostic): string {
  return position === undefined ? message : `${formatPosition(position)} ${message}`;
}

function semanticsDocument({ name, chosenBy, reason, evidence }: SemanticsChoice): JsonObject {
  const { name: _, ...meaning } = semanticsCalled(name);
  const found = evidence && {
    mapping: evidence.mapping,
    ...(evidence.rule !== undefined && { rule: evidence.rule }),
    source: sourceDocument(evidence.position),
  };
  return { name, chosenBy, reason, ...(found !== undefined && { evidence: found }), meaning };
}

function diagnosticDocument({ position, ...finding }: Diagnostic): JsonObject {
  return { ...finding, ...(position !== undefined && { source: sourceDocument(position) }) };
}
