import type { FastifyReply, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { Problem } from "../errors/problem.js";
import { findMissingModelsAside, takeMappingAside } from "../store/reading-worker/read-mapping-aside.js";
import type { NewMapping, StoredMapping, StoredMappingKind, Written } from "../store/stored.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { addWarning } from "./add-warning.js";
import { bodyLimits, type HttpParts } from "./app-parts.js";
import { contentOf, documentTypes, refuseUnacceptable, sendStored } from "./document-answer.js";
import { effectiveModelRoutes } from "./effective-model-routes.js";
import { answerFailures } from "./failure-answers.js";
import { bodyFailures, notAcceptable, requestFailure, unavailable } from "./failure-schemas.js";
import { awaitFreshness } from "./freshness.js";
import { missingModelsWarnings, missingTemplateWarning } from "./missing-models-warning.js";
import { acknowledge } from "./revision-header.js";
import { canBeStoredId } from "./stored-id.js";
import { acceptText, textOf } from "./text-bodies.js";
import { IdParameter, MappingDocument, MappingText, Messages, ReqIdHeader, SemanticsQuery } from "./wire-schemas.js";

const uploads = [...documentTypes, "text/plain"] as const;
const tags = ["FHIR Connect files"];

/** What may be asked for with an upload. Only contexts have semantics: a run mixes the models of one. */
type UploadQuery = typeof SemanticsQuery | typeof noQuery;
const noQuery = z.object({});

/** Which files a group of routes is for. */
interface FileGroup {
  readonly url: string;
  readonly kinds: readonly StoredMappingKind[];
  readonly noun: string;
  readonly query: UploadQuery;
  /** First message of the answer when the key is taken; existing clients compare it. */
  readonly taken: string;
}

const groups: readonly FileGroup[] = [
  {
    url: "/fc/model",
    kinds: ["model", "extension"],
    noun: "model or extension",
    query: noQuery,
    taken: "A model mapper with this name already exists.",
  },
  {
    url: "/fc/context",
    kinds: ["context"],
    noun: "context",
    query: SemanticsQuery,
    taken: "A context mapper for this template already exists.",
  },
];

/** An upload that may be stored, and what its answer has to warn of. */
interface Taken {
  readonly toWrite: NewMapping;
  readonly warnings: readonly string[];
}

/** `/fc/model` and `/fc/context`: FHIR Connect files (rest-api 10). */
export const fhirconnectRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, parts) => {
  acceptText(app, uploads);
  answerFailures(app, "list");
  awaitFreshness(app, parts.cluster, "database");
  for (const group of groups) await app.register(fileRoutes, { ...parts, group });
  await app.register(effectiveModelRoutes, parts);
};

const fileRoutes: FastifyPluginAsyncZodOpenApi<HttpParts & { group: FileGroup }> = async (app, parts) => {
  const { store, cluster, group, settings } = parts;
  const { url, kinds, noun, query } = group;
  const body = { content: Object.fromEntries(uploads.map((type) => [type, { schema: MappingText }])) };
  const one = { description: "The document.", content: contentOf(MappingDocument) };
  const refused = {
    description: "Not a valid file, or its name is taken.",
    content: { "application/json": { schema: Messages } },
  };

  const take = async (content: string, asked: z.output<UploadQuery>): Promise<Taken> => {
    const { toStore, names } = await takeMappingAside(content, kinds);
    const withSemantics = "semantics" in asked && asked.semantics !== undefined && { semantics: asked.semantics };
    const toWrite = { ...toStore, ...withSemantics };
    if (toStore.kind !== "context") return { toWrite, warnings: [] };
    const listed = new Set(names);
    const stored = (await store.mappings.list(defaultTenant, ["model", "extension"]))
      .filter(({ name }) => listed.has(name))
      .map(({ name, content: text }) => ({ name, content: text }));
    const missing = await findMissingModelsAside({ context: content, stored, policy: settings.missingModels });
    return { toWrite, warnings: [...missingModelsWarnings(missing), ...(await missingTemplateWarnings(toStore))] };
  };

  const missingTemplateWarnings = async ({ templateId, normalisedTemplateId }: NewMapping): Promise<string[]> => {
    const stored = await store.templates.list(defaultTenant);
    if (stored.some((template) => template.templateId === normalisedTemplateId)) return [];
    return [missingTemplateWarning(templateId ?? "")];
  };

  const answerWritten = async (
    request: FastifyRequest,
    reply: FastifyReply,
    written: Written<StoredMapping>,
    { warnings }: Taken,
  ) => {
    await acknowledge(cluster, reply, written.revision);
    addWarning(reply, ...warnings);
    return sendStored(request, reply, written.stored);
  };

  app.route({
    method: "POST",
    url,
    bodyLimit: bodyLimits.mappingFiles,
    preHandler: refuseUnacceptable,
    schema: {
      tags,
      summary: `Store a ${noun}`,
      headers: ReqIdHeader,
      querystring: query,
      body,
      response: { 200: one, 400: refused, ...notAcceptable, ...bodyFailures, ...unavailable },
    },
    handler: async (request, reply) => {
      const taken = await take(textOf(request), request.query);
      const written = await keyFree(group, store.mappings.create(defaultTenant, taken.toWrite));
      return answerWritten(request, reply, written, taken);
    },
  });

  app.route({
    method: "PUT",
    url: `${url}/:id`,
    bodyLimit: bodyLimits.mappingFiles,
    preHandler: refuseUnacceptable,
    schema: {
      tags,
      summary: `Replace a ${noun}; an unknown id stores a new one`,
      headers: ReqIdHeader,
      params: IdParameter,
      querystring: query,
      body,
      response: { 200: one, 400: refused, ...notAcceptable, ...bodyFailures, ...unavailable },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const taken = await take(textOf(request), request.query);
      const known = canBeStoredId(id) && (await store.mappings.get(defaultTenant, kinds, id)) !== undefined;
      const replaced = known
        ? await keyFree(group, store.mappings.replace(defaultTenant, id, taken.toWrite))
        : undefined;
      const written = replaced ?? (await keyFree(group, store.mappings.create(defaultTenant, taken.toWrite)));
      return answerWritten(request, reply, written, taken);
    },
  });

  app.route({
    method: "GET",
    url,
    preHandler: refuseUnacceptable,
    schema: {
      tags,
      summary: `List every ${noun}`,
      headers: ReqIdHeader,
      response: {
        200: { description: "All documents.", content: contentOf(z.array(MappingDocument)) },
        ...requestFailure,
        ...notAcceptable,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const stored = await store.mappings.list(defaultTenant, kinds);
      return sendStored(request, reply, stored);
    },
  });

  app.route({
    method: "GET",
    url: `${url}/:id`,
    preHandler: refuseUnacceptable,
    schema: {
      tags,
      summary: `Read a ${noun}`,
      headers: ReqIdHeader,
      params: IdParameter,
      response: {
        200: one,
        404: { description: "No such document." },
        ...requestFailure,
        ...notAcceptable,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const found = canBeStoredId(id) ? await store.mappings.get(defaultTenant, kinds, id) : undefined;
      if (found === undefined) return reply.code(404).send();
      return sendStored(request, reply, found);
    },
  });

  app.route({
    method: "DELETE",
    url: `${url}/:id`,
    schema: {
      tags,
      summary: `Delete a ${noun}`,
      headers: ReqIdHeader,
      params: IdParameter,
      response: {
        204: { description: "The document is not stored (any more)." },
        ...requestFailure,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const revision = canBeStoredId(id) ? await store.mappings.delete(defaultTenant, kinds, id) : undefined;
      await acknowledge(cluster, reply, revision);
      return reply.code(204).send();
    },
  });
};

/** Words a taken key as the classic routes do (rest-api 2, create collision). */
async function keyFree<T>({ taken }: FileGroup, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind.category !== "conflict") throw error;
    throw new Problem(error.kind, taken, error.place, [], error);
  }
}
