import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MappingReading, readMapping } from "../../src/fhirconnect/syntax/read-mapping.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../../src/fhirconnect/syntax/tree.js";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const scenarios = join(shared, "conformance/openfhir");

/** The published mapping libraries lie beside the project; without them the tests that read them are skipped. */
export const mappingsArePublished = existsSync(scenarios) && existsSync(join(shared, "corpus/mapping-lib"));

/** Folder of one conformance scenario's mappings. */
export function scenarioFolder(scenario: string): string {
  return join(scenarios, scenario, "mappings");
}

/** Folder of the community mapping library. */
export const libraryFolder = join(shared, "corpus/mapping-lib");

/** All folders that hold a set of mappings. */
export function publishedFolders(): readonly string[] {
  return [...readdirSync(scenarios).map(scenarioFolder).filter(existsSync), libraryFolder];
}

export interface PublishedFile extends MappingReading {
  /** Path below the folder. */
  readonly file: string;
  readonly text: string;
}

/** Reads every mapping file below a folder. */
export function readFolder(folder: string): readonly PublishedFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return { file, text, ...readMapping(text, { file }) };
    });
}

/** Contexts of a folder and what they may choose from. */
export function readLibrary(folder: string): {
  readonly contexts: readonly ContextMapping[];
  readonly stored: readonly (ModelMapping | ExtensionMapping)[];
} {
  const mappings = readFolder(folder).flatMap(({ mapping }) => mapping ?? []);
  return {
    contexts: mappings.filter((mapping) => mapping.type === "context"),
    stored: mappings.filter((mapping) => mapping.type !== "context"),
  };
}
