import type { FastifyReply, FastifyRequest } from "fastify";
import type * as z from "zod/v4";
import type { JsonObject } from "../fhir/json.js";
import type { DocumentForm, DocumentsWanted } from "../store/mapping-documents.js";
import { documentsAside, yamlAside } from "../store/reading-worker/documents-aside.js";
import { chooseMediaType } from "./accept.js";
import { sendFrameworkError } from "./framework-error.js";

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

/** Answers with a document in the form that `Accept` asks for. */
export async function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: JsonObject,
): Promise<FastifyReply> {
  const { type, form } = chosen(request);
  return reply.type(type).send(form === "json" ? JSON.stringify(answer) : await yamlAside(answer));
}

/** Answers with a stored file, or a list of them, in the form that `Accept` asks for. */
export async function sendStored(
  request: FastifyRequest,
  reply: FastifyReply,
  stored: DocumentsWanted["stored"],
): Promise<FastifyReply> {
  const { type, form } = chosen(request);
  return reply.type(type).send(await documentsAside({ stored, form }));
}

function chosen(request: FastifyRequest): { readonly type: string; readonly form: DocumentForm } {
  const type = chooseMediaType(request.headers.accept, documentTypes) ?? "application/json";
  return { type, form: type === "application/json" ? "json" : "yaml" };
}
