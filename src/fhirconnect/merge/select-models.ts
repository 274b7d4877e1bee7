import type { Diagnostic, DiagnosticSeverity } from "../../errors/diagnostic.js";
import { quoted, suggestion } from "../syntax/nearest-name.js";
import type { ContextMapping, ExtensionMapping, Located, ModelMapping } from "../syntax/tree.js";
import { mergeExtensions } from "./merge-extensions.js";

/** The models of one context in the form in which they run. */
export interface SelectedModels {
  readonly context: ContextMapping;
  /** Merged models in the order in which they are stored. */
  readonly models: readonly ModelMapping[];
  /** Models by `metadata.name` and by archetype id; several models may share an id (engine-behaviour 1.2). */
  readonly registry: ReadonlyMap<string, readonly ModelMapping[]>;
  /** The models with which a run begins; empty only beside an error diagnostic. */
  readonly start: readonly ModelMapping[];
  /** Those of them that `start` names: a name decides where several models have one archetype (fhirconnect-language 8). */
  readonly namedStart: readonly ModelMapping[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Picks the models and extensions that a context names, merges them and registers them under name and archetype id
 * (engine-behaviour 1.2, rules 1 to 5; fhirconnect-language 2.4).
 *
 * Names that no stored file has: published libraries name files that do not exist and rely on their being skipped (the
 * person contexts of the KDS library), so a single missing one is a warning. Without any model, without any of the
 * extensions named, or without the start model nothing sensible can run, and those are errors.
 */
export function selectModels(
  context: ContextMapping,
  stored: readonly (ModelMapping | ExtensionMapping)[],
): SelectedModels {
  const diagnostics: Diagnostic[] = [];
  const report = (severity: DiagnosticSeverity, code: string, message: string, at: Located<string>): void => {
    diagnostics.push({ severity, code, message, position: at.position, mapping: context.name.value });
  };
  const storedModels = stored.filter((mapping) => mapping.type === "model");
  const storedExtensions = stored.filter((mapping) => mapping.type === "extension");

  const modelNames = new Set(context.archetypes.map((name) => name.value));
  const coreModels = storedModels.filter((model) => modelNames.has(model.name.value));
  const found = new Set(coreModels.map((model) => model.name.value));
  const missingModels = context.archetypes.filter((name) => !found.has(name.value));
  for (const name of missingModels) {
    const message = `No model ${quoted(name.value)} is stored${otherKind(name, storedExtensions, "an extension")}; the context runs without it.`;
    const storedNames = storedModels.map((model) => model.name.value);
    report("warning", "CONTEXT_MODEL_MISSING", message + suggestion(name.value, storedNames), name);
  }
  if (coreModels.length === 0) {
    const names = missingModels.map((name) => quoted(name.value)).join(", ") || "it names none";
    const message = `None of the models of this context is stored: ${names}. Upload them.`;
    report("error", "CONTEXT_WITHOUT_MODELS", message, context.archetypes[0] ?? context.start);
  }

  const extensions = selectExtensions(context, storedExtensions, storedModels, report);
  const used = new Set(extensions.filter((one) => found.has(one.extends.value)).map((one) => one.name.value));
  for (const extension of extensions) {
    if (used.has(extension.name.value)) continue;
    const extended = otherKind(extension.extends, storedExtensions, "an extension");
    const advice =
      extended === ""
        ? `List the model in \`archetypes\`.${suggestion(extension.extends.value, modelNames)}`
        : "Let it extend the model itself and stand behind that one in `extensions`.";
    const message = `The extension ${quoted(extension.name.value)} changes the model ${quoted(extension.extends.value)}, which this context does not have${extended}; it is not used. ${advice}`;
    const at = context.extensions.find((name) => name.value === extension.name.value) ?? context.name;
    report("warning", "CONTEXT_EXTENSION_UNUSED", message, at);
  }

  const models = coreModels.map((model) => {
    const merged = mergeExtensions(model, extensions);
    diagnostics.push(...merged.diagnostics);
    return merged.model;
  });
  const registry = register(models);
  const start = startModels(context.start.value, registry);
  if (start.length === 0 && models.length > 0) {
    const message = `The start model ${quoted(context.start.value)} is not among the models of this context. List it in \`archetypes\` and upload it.`;
    report("error", "CONTEXT_START_MISSING", message + suggestion(context.start.value, registry.keys()), context.start);
  }
  const named = start.filter((model) => model.name.value === context.start.value);
  return { context, models, registry, start, namedStart: named.length === 0 ? start : named, diagnostics };
}

/** The extensions a context names, in the order in which it lists them (fhirconnect-language 10.4). */
function selectExtensions(
  context: ContextMapping,
  storedExtensions: readonly ExtensionMapping[],
  storedModels: readonly ModelMapping[],
  report: (severity: DiagnosticSeverity, code: string, message: string, at: Located<string>) => void,
): readonly ExtensionMapping[] {
  const byName = new Map<string, ExtensionMapping[]>();
  for (const extension of storedExtensions) {
    const sameName = byName.get(extension.name.value);
    if (sameName === undefined) byName.set(extension.name.value, [extension]);
    else sameName.push(extension);
  }
  const seen = new Set<string>();
  const selected: ExtensionMapping[] = [];
  for (const name of context.extensions) {
    if (seen.has(name.value)) {
      report("note", "CONTEXT_NAME_TWICE", `${quoted(name.value)} is listed twice; it is applied once.`, name);
      continue;
    }
    seen.add(name.value);
    const found = byName.get(name.value);
    if (found !== undefined) {
      selected.push(...found);
      continue;
    }
    const message = `No extension ${quoted(name.value)} is stored${otherKind(name, storedModels, "a model")}; the context runs without it.`;
    report("warning", "CONTEXT_EXTENSION_MISSING", message + suggestion(name.value, byName.keys()), name);
  }
  const [first] = context.extensions;
  if (first !== undefined && selected.length === 0) {
    const names = [...seen].map(quoted).join(", ");
    const message = `None of the extensions of this context is stored: ${names}. Upload them, or leave \`extensions\` out.`;
    report("error", "CONTEXT_WITHOUT_EXTENSIONS", message, first);
  }
  return selected;
}

/** Says so when a name that was looked for is stored, but as the other kind of file. */
function otherKind(name: Located<string>, others: readonly (ModelMapping | ExtensionMapping)[], kind: string): string {
  return others.some((other) => other.name.value === name.value) ? ` (there is ${kind} of that name)` : "";
}

function register(models: readonly ModelMapping[]): ReadonlyMap<string, readonly ModelMapping[]> {
  const registry = new Map<string, ModelMapping[]>();
  for (const model of models) {
    const keys = new Set([model.name.value, ...(model.archetype === undefined ? [] : [model.archetype.value])]);
    for (const key of keys) {
      const entry = registry.get(key);
      if (entry === undefined) registry.set(key, [model]);
      else entry.push(model);
    }
  }
  return registry;
}

/**
 * `start` is replaced by the archetype id of the first model it names, so that all models of that archetype begin a run,
 * also those that `start` does not name (engine-behaviour 1.2, rule 5).
 */
function startModels(start: string, registry: ReadonlyMap<string, readonly ModelMapping[]>): readonly ModelMapping[] {
  const named = registry.get(start) ?? [];
  const archetype = named[0]?.archetype?.value;
  return archetype === undefined ? named : (registry.get(archetype) ?? named);
}
