import type { FastifyReply, FastifyRequest } from "fastify";
import type * as z from "zod/v4";
import type { JsonObject } from "../fhir/json.js";
import { chooseMediaType } from "./accept.js";
import { sendFrameworkError } from "./framework-error.js";
import { asYaml } from "./mapping-document.js";

/** The forms in which FHIR Connect documents are answered, the default first (rest-api 10). */
export const documentTypes = ["application/json", "application/x-yaml", "application/yaml", "text/yaml"] as const;

/** One schema for all forms of an answer, as the API description has it. */
export function contentOf<Schema extends z.ZodType>(schema: Schema): Record<string, { schema: Schema }> {
  return Object.fromEntries(documentTypes.map((type) => [type, { schema }]));
}

/** Before anything is written: an answer in a form that the caller does not take is no answer. */
export async function refuseUnacceptable(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (chooseMediaType(request.headers.accept, documentTypes) !== undefined) return undefined;
  return sendFrameworkError(request, reply, 406, `This address answers with ${documentTypes.join(" or ")}.`);
}

/** Answers with a document or a list of them in the form that `Accept` asks for. */
export function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: JsonObject | JsonObject[],
): FastifyReply {
  const type = chooseMediaType(request.headers.accept, documentTypes) ?? "application/json";
  if (type === "application/json") return reply.type(type).send(JSON.stringify(answer));
  return reply.type(type).send(asYaml(answer));
}
