import type { FastifyInstance } from "fastify";
import { validatorCompiler } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { utf8Text } from "./utf8-body.js";
import { FrameworkError, OperationOutcome } from "./wire-schemas.js";

/** Media types under which JSON is sent to mapping calls; `text/plain` is what clients without one send. */
const jsonTypes = ["application/json", "application/fhir+json", "application/openehr+json", "text/plain"] as const;

/** What mapping calls answer when they fail. */
export const mappingFailure = {
  description: "The request or the mapping is at fault; nothing was mapped.",
  content: { "text/plain": { schema: z.string() }, "application/fhir+json": { schema: OperationOutcome } },
};

/** The other failures of mapping calls: problems as text or OperationOutcome, what the framework stops as its own object. */
export const mappingFailures = {
  413: {
    description: "The body is too large, or nested too deeply.",
    content: { ...mappingFailure.content, "application/json": { schema: FrameworkError } },
  },
  415: {
    description: "The media type or encoding of the body is not supported.",
    content: { "application/json": { schema: FrameworkError } },
  },
  503: {
    description: "The database does not answer, or the revision required is not here in time; try again.",
    content: mappingFailure.content,
  },
};

export const mappingTags = ["Mapping"];

/**
 * Makes the routes of this plugin take JSON under the media types it is sent with, and refuse every other with 415.
 * @param read reads the text; what it throws is the answer
 */
export function acceptJson(
  app: Pick<FastifyInstance, "removeAllContentTypeParsers" | "addContentTypeParser">,
  read: (text: string) => unknown,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...jsonTypes], { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
    read(await utf8Text(body)),
  );
}

/**
 * Validates as every route does, but for the body: handlers say better than a schema what it should have been, and a copy of it
 * would lack the digits noted beside its numbers.
 */
export const bodyUnseen: typeof validatorCompiler = (route) =>
  route.httpPart === "body" ? (value: unknown) => ({ value }) : validatorCompiler(route);

/** The schema of a JSON body under all its media types. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema): Record<string, { schema: Schema }> {
  return Object.fromEntries(jsonTypes.map((type) => [type, { schema }]));
}

/** An empty query parameter means the same as none. */
export function given(templateId: string | undefined): string | undefined {
  return templateId === undefined || templateId.trim() === "" ? undefined : templateId;
}
