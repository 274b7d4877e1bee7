import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What a case asks the server to do (conformance README, "A case"). */
export const directionSchema = z.enum(["tofhir", "toopenehr", "toopenehr-flat", "toaql", "roundtrip"]);
export type Direction = z.infer<typeof directionSchema>;

/** A direction that is one call; a round trip is several of these. */
export const callDirectionSchema = directionSchema.exclude(["roundtrip"]);
export type CallDirection = z.infer<typeof callDirectionSchema>;

const fhirVersionSchema = z.enum(["STU3", "R4", "R4B", "R5"]);
export type FhirVersion = z.infer<typeof fhirVersionSchema>;

const ignoredPathSchema = z.object({ path: z.string().startsWith("/"), why: z.string() });
export type IgnoredPath = z.infer<typeof ignoredPathSchema>;

const compareSchema = z.discriminatedUnion("mode", [
  z.object({
    mode: z.literal("strict-json"),
    ignore: z.array(ignoredPathSchema).default([]),
    validateAgainstTemplate: z.boolean().optional(),
  }),
  z.object({ mode: z.literal("assertions"), validateAgainstTemplate: z.boolean().optional() }),
]);

/** Assertions stay unread here, so that a faulty one refuses its own case and not the whole manifest. */
const rawAssertionsSchema = z.array(z.unknown());

const caseSchema = z.object({
  id: z.string().min(1),
  scenario: z.string().min(1),
  direction: directionSchema,
  fhirVersion: fhirVersionSchema,
  template: z.string().nullable(),
  context: z.string().nullable(),
  contexts: z.array(z.object({ template: z.string(), context: z.string() })).optional(),
  mappings: z.array(z.string()),
  input: z.string(),
  inputFormat: z.enum(["canonical", "flat", "fhir", "fhir-search"]),
  inputShape: z.literal("content-items").optional(),
  expected: z.string().nullable(),
  compare: compareSchema,
  assertions: rawAssertionsSchema.optional(),
  steps: z.array(z.object({ direction: callDirectionSchema, assertions: rawAssertionsSchema })).optional(),
  upstream: z.object({ status: z.enum(["active", "ignored", "not-run"]), reason: z.string().optional() }),
});
export type ConformanceCase = z.infer<typeof caseSchema>;

const selectedFileSchema = z.object({ name: z.string(), file: z.string().nullable() });

const contextSelectionSchema = z.object({
  context: z.string(),
  templateId: z.string(),
  archetypes: z.array(selectedFileSchema),
  extensions: z.array(selectedFileSchema),
});
/** The files that the names in a context select. */
export type ContextSelection = z.infer<typeof contextSelectionSchema>;

const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  source: z.object({ project: z.string(), commit: z.string() }),
  environment: z.object({ timeZone: z.string() }),
  cases: z.array(caseSchema),
  mappingSets: z.array(contextSelectionSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Takes the parsed `manifest.json` and gives it typed. Throws with the path of every member that has another shape, and
 * when two cases share an id: the floor and the results are keyed by it.
 */
export function parseManifest(json: unknown): Manifest {
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success)
    throw new Error(`manifest.json has another shape than expected:\n${z.prettifyError(parsed.error)}`);
  const seen = new Set<string>();
  for (const { id } of parsed.data.cases) {
    if (seen.has(id)) throw new Error(`manifest.json holds two cases with the id ${id}`);
    seen.add(id);
  }
  return parsed.data;
}

/** Reads `manifest.json` from the corpus folder; throws as {@link parseManifest} does and when there is no such file. */
export function readManifest(corpusFolder: string): Manifest {
  return parseManifest(JSON.parse(readFileSync(join(corpusFolder, "manifest.json"), "utf8")));
}
