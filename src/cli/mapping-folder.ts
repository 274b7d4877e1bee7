import { readFile } from "node:fs/promises";
import { Problem } from "../errors/problem.js";
import { formatPosition } from "../errors/source-position.js";
import { readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../fhirconnect/syntax/tree.js";
import { listBootstrapFiles } from "../store/bootstrap-files.js";
import { normaliseTemplateId } from "../store/stored.js";
import { CLI_FILE_NOT_READABLE, CLI_NO_CONTEXT } from "./problems.js";

/** The FHIR Connect files of a folder. */
export interface MappingFolder {
  readonly mappings: readonly (ModelMapping | ExtensionMapping)[];
  readonly contexts: readonly ContextMapping[];
}

/**
 * Reads every mapping file of a folder and its sub-folders. A file that is not valid is reported with its place and left
 * out, because libraries hold files that a single template does not need; what is missing then, compiling will name.
 * Throws a Problem when the folder cannot be read.
 */
export async function readMappingFolder(folder: string, report: (line: string) => void): Promise<MappingFolder> {
  const mappings: (ModelMapping | ExtensionMapping)[] = [];
  const contexts: ContextMapping[] = [];
  for (const path of await pathsIn(folder)) {
    const { mapping, diagnostics } = readMapping(await readText(path), { file: path });
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    for (const { position, message, code } of errors) {
      report(`${position === undefined ? path : formatPosition(position)}: ${message} [${code}]`);
    }
    if (mapping === undefined || errors.length > 0) continue;
    if (mapping.type === "context") contexts.push(mapping);
    else mappings.push(mapping);
  }
  return { mappings, contexts };
}

/** The one context of the folder for a template. Throws a Problem when there is none, or more than one. */
export function contextFor(templateId: string, { contexts }: MappingFolder): ContextMapping {
  const wanted = normaliseTemplateId(templateId);
  const found = contexts.filter((context) => normaliseTemplateId(context.templateId.value) === wanted);
  const [context, another] = found;
  if (context === undefined) {
    throw new Problem(CLI_NO_CONTEXT, `No context is for the template "${templateId}".`, {
      path: "context.template.id",
    });
  }
  if (another !== undefined) {
    const names = found.map((one) => `${one.position.file ?? one.name.value}`).join(", ");
    throw new Problem(CLI_NO_CONTEXT, `Several contexts are for the template "${templateId}": ${names}.`, {
      position: another.templateId.position,
      path: "context.template.id",
    });
  }
  return context;
}

/** The text of a file. Throws a Problem that names it when it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw notReadable(path, error);
  }
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  try {
    const files = await listBootstrapFiles(folder, true);
    return files.filter((file) => file.kind === "mapping").map((file) => file.path);
  } catch (error) {
    throw notReadable(folder, error);
  }
}

function notReadable(path: string, error: unknown): Problem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return new Problem(CLI_FILE_NOT_READABLE, `${path} cannot be read (${code}).`, { path }, [], error);
}
