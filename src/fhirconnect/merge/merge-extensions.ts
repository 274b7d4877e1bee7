import type { Diagnostic, DiagnosticSeverity } from "../../errors/diagnostic.js";
import type { SourcePosition } from "../../errors/source-position.js";
import { quoted, suggestion } from "../syntax/nearest-name.js";
import type { ExtensionMapping, MappingMethod, ModelMapping } from "../syntax/tree.js";
import { changeBelow, locateByName, locateByPath, type MethodLocation } from "./method-location.js";

/** A model with its extensions applied, and what was odd about them. */
export interface MergedModel {
  readonly model: ModelMapping;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies to a model the extensions whose `spec.extends` is its name, in list order, their methods one by one in file
 * order (engine-behaviour 3, fhirconnect-language 10.4). Later methods see what earlier ones have changed. What has no
 * target is left out with a warning. Inputs are not changed; every method keeps the position in its own file.
 */
export function mergeExtensions(model: ModelMapping, extensions: readonly ExtensionMapping[]): MergedModel {
  const diagnostics: Diagnostic[] = [];
  // The one list that is changed in place is this copy.
  const mappings = [...model.mappings];
  let header: Partial<ModelMapping> = {};
  for (const extension of extensions) {
    if (extension.extends.value !== model.name.value) continue;
    for (const method of extension.mappings) diagnostics.push(...applyMethod(mappings, method, extension));
    if (extension.preprocessor !== undefined) diagnostics.push(preprocessorIgnored(extension));
    header = { ...header, ...headerOf(extension) };
  }
  return { model: { ...model, ...header, mappings }, diagnostics };
}

/** Header members by which an extension replaces the model's (fhirconnect-language 10.4). */
function headerOf(extension: ExtensionMapping): Partial<ModelMapping> {
  const { terminology, conceptmap, unidirectional } = extension;
  return {
    ...(terminology === undefined ? {} : { terminology }),
    ...(conceptmap === undefined ? {} : { conceptmap }),
    ...(unidirectional === undefined ? {} : { unidirectional }),
  };
}

/**
 * openFHIR ignores the guard of an extension (engine-behaviour 2.2). And-ing it with the model's, as the language page
 * could be read, would widen the choice of start resources, where a model's conditions are or-ed.
 */
function preprocessorIgnored(extension: ExtensionMapping): Diagnostic {
  return {
    severity: "warning",
    code: "MERGE_PREPROCESSOR_IGNORED",
    message: "The `preprocessor` of an extension has no effect. Put it into the model.",
    position: extension.preprocessor?.position ?? extension.position,
    mapping: extension.name.value,
  };
}

function applyMethod(
  mappings: MappingMethod[],
  method: MappingMethod,
  extension: ExtensionMapping,
): readonly Diagnostic[] {
  switch (method.extension?.value) {
    case "append":
      return append(mappings, method, extension);
    case "overwrite":
      return overwrite(mappings, method, extension);
    case "add":
      mappings.push(mergedForm(method));
      return [];
    case undefined: {
      mappings.push(mergedForm(method));
      const message = `The method ${quoted(method.name)} says nothing about merging; it is added. Write \`extension: add\`.`;
      return [finding("warning", "MERGE_KIND_MISSING", message, method.position, method, extension)];
    }
  }
}

/** Conditions that are given replace the target's; the children are put behind the target's own. */
function append(mappings: MappingMethod[], method: MappingMethod, extension: ExtensionMapping): readonly Diagnostic[] {
  const target = method.appendTo?.value ?? "";
  const location = locateByPath(mappings, target);
  if (location === undefined) {
    return [targetMissing(target, method.appendTo?.position ?? method.position, mappings, method, extension)];
  }
  changeAt(mappings, location, (found) => ({
    ...found,
    ...(method.fhirConditions.length === 0 ? {} : { fhirConditions: method.fhirConditions }),
    ...(method.openehrConditions.length === 0 ? {} : { openehrConditions: method.openehrConditions }),
    followedBy: [...found.followedBy, ...method.followedBy],
  }));
  const diagnostics: Diagnostic[] = [];
  if (location.below.some((step) => step.list === "reference")) {
    const message = `${quoted(target)} leads through \`reference.mappings\`; other engines step through \`followedBy\` only.`;
    diagnostics.push(finding("note", "MERGE_THROUGH_REFERENCE", message, method.position, method, extension));
  }
  const ignored = keysIgnoredByAppend(method);
  if (ignored.length === 0) return diagnostics;
  const keys = ignored.map((key) => `\`${key}\``).join(", ");
  const message = `${keys} of a method that is appended has no effect: only conditions and \`followedBy\` are taken over. Use \`overwrite\` to change more.`;
  diagnostics.push(finding("warning", "MERGE_KEY_WITHOUT_EFFECT", message, method.position, method, extension));
  return diagnostics;
}

/** The target is replaced in place as a whole, children included: what the new method omits is gone. */
function overwrite(
  mappings: MappingMethod[],
  method: MappingMethod,
  extension: ExtensionMapping,
): readonly Diagnostic[] {
  const byName = locateByName(mappings, method.name);
  const location = byName ?? locateByPath(mappings, method.name);
  if (location === undefined) return [targetMissing(method.name, method.position, mappings, method, extension)];
  changeAt(mappings, location, (found) => ({ ...mergedForm(method), name: found.name }));
  if (byName === undefined) {
    const message = `${quoted(method.name)} is read as the way to a nested method; other engines look for a method of that very name.`;
    return [finding("note", "MERGE_DOTTED_NAME", message, method.position, method, extension)];
  }
  if (location.below.length === 0) return [];
  const message = `${quoted(method.name)} is found below the top level only; the first method of that name is overwritten.`;
  return [finding("warning", "MERGE_NESTED_TARGET", message, method.position, method, extension)];
}

function changeAt(
  mappings: MappingMethod[],
  location: MethodLocation,
  change: (method: MappingMethod) => MappingMethod,
): void {
  const method = mappings[location.index];
  if (method !== undefined) mappings[location.index] = changeBelow(method, location.below, change);
}

/** The method as part of the model: how it came there has been dealt with. */
function mergedForm(method: MappingMethod): MappingMethod {
  const { extension: _extension, appendTo: _appendTo, ...rest } = method;
  return rest;
}

function keysIgnoredByAppend(method: MappingMethod): readonly string[] {
  const given: readonly (readonly [string, boolean])[] = [
    ["with", method.with !== undefined],
    ["reference", method.reference !== undefined],
    ["slotArchetype", method.slotArchetype !== undefined],
    ["manual", method.manual.length > 0],
    ["terminology", method.terminology !== undefined],
    ["conceptmap", method.conceptmap !== undefined],
    ["unidirectional", method.unidirectional !== undefined],
    ["mappingCode", method.mappingCode !== undefined],
    ["link", method.link !== undefined],
    ["participationsFunction", method.participationsFunction !== undefined],
  ];
  return given.filter(([, present]) => present).map(([key]) => key);
}

function targetMissing(
  target: string,
  position: SourcePosition,
  mappings: readonly MappingMethod[],
  method: MappingMethod,
  extension: ExtensionMapping,
): Diagnostic {
  const kind = method.extension?.value ?? "add";
  const names = mappings.map((candidate) => candidate.name);
  const message = `The model ${quoted(extension.extends.value)} has no method ${quoted(target)} to ${kind}${
    kind === "append" ? " to" : ""
  }; the method is left out.${suggestion(target, names)}`;
  return finding("warning", "MERGE_TARGET_MISSING", message, position, method, extension);
}

function finding(
  severity: DiagnosticSeverity,
  code: string,
  message: string,
  position: SourcePosition,
  method: MappingMethod,
  extension: ExtensionMapping,
): Diagnostic {
  return { severity, code, message, position, mapping: extension.name.value, rule: method.name };
}
