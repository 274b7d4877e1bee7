import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { Problem } from "../errors/problem.js";
import { normaliseTemplateId, type StoredTemplate, type Written } from "../store/stored.js";
import { takeTemplateAside } from "../store/take-template-aside.js";
import { defaultTenant, defaultUser } from "../tenancy/default-tenant.js";
import { bodyLimits, type HttpParts } from "./app-parts.js";
import { answerFailures } from "./failure-answers.js";
import { bodyFailures, requestFailure, unavailable } from "./failure-schemas.js";
import { awaitFreshness } from "./freshness.js";
import { acknowledge } from "./revision-header.js";
import { canBeStoredId } from "./stored-id.js";
import { acceptText, textOf } from "./text-bodies.js";
import { IdParameter, Messages, OptEntity, OptXml, ReqIdHeader, TemplateQuery } from "./wire-schemas.js";

const uploads = ["application/xml", "text/xml", "text/plain"] as const;
const tags = ["Operational templates"];

/** `/opt`: operational templates (rest-api 9). */
export const optRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { store, cluster }) => {
  acceptText(app, uploads);
  answerFailures(app, "list");
  awaitFreshness(app, cluster, "database");
  const body = { content: Object.fromEntries(uploads.map((type) => [type, { schema: OptXml }])) };
  const stored = { description: "Stored.", content: { "application/json": { schema: OptEntity } } };
  const refused = {
    description: "Not an operational template, or its template id is taken.",
    content: { "application/json": { schema: Messages } },
  };

  const create = async (content: string): Promise<Written<StoredTemplate>> => {
    const template = await takeTemplateAside(content);
    try {
      return await store.templates.create(defaultTenant, template);
    } catch (error) {
      throw templateTaken(error, template.originalTemplateId);
    }
  };

  const replace = async (id: string, content: string): Promise<Written<StoredTemplate> | undefined> => {
    const template = await takeTemplateAside(content);
    try {
      return await store.templates.replace(defaultTenant, id, template);
    } catch (error) {
      throw templateTaken(error, template.originalTemplateId);
    }
  };

  app.route({
    method: "POST",
    url: "/opt",
    bodyLimit: bodyLimits.templates,
    schema: {
      tags,
      summary: "Store a template",
      headers: ReqIdHeader,
      body,
      response: { 200: stored, 400: refused, ...bodyFailures, ...unavailable },
    },
    handler: async (request, reply) => {
      const written = await create(textOf(request));
      await acknowledge(cluster, reply, written.revision);
      return writtenEntity(written.stored);
    },
  });

  app.route({
    method: "PUT",
    url: "/opt/:id",
    bodyLimit: bodyLimits.templates,
    schema: {
      tags,
      summary: "Replace a template; an unknown id stores a new one",
      headers: ReqIdHeader,
      params: IdParameter,
      body,
      response: { 200: stored, 400: refused, ...bodyFailures, ...unavailable },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const content = textOf(request);
      const replaced = canBeStoredId(id) ? await replace(id, content) : undefined;
      const written = replaced ?? (await create(content));
      await acknowledge(cluster, reply, written.revision);
      return writtenEntity(written.stored);
    },
  });

  app.route({
    method: "GET",
    url: "/opt",
    schema: {
      tags,
      summary: "List the templates, or find one by template id",
      headers: ReqIdHeader,
      querystring: TemplateQuery,
      response: {
        200: {
          description: "Without content; with templateId the one template with its content, or nothing.",
          content: { "application/json": { schema: z.array(OptEntity) } },
        },
        ...requestFailure,
        ...unavailable,
      },
    },
    handler: async (request) => {
      const { templateId } = request.query;
      if (templateId === undefined) {
        return (await store.templates.list(defaultTenant)).map((template) => entity(template, null));
      }
      if (templateId.includes("\u0000")) return [];
      const found = await store.templates.find(defaultTenant, normaliseTemplateId(templateId));
      return found === undefined ? [] : [entity(found, found.content)];
    },
  });

  app.route({
    method: "GET",
    url: "/opt/:id",
    schema: {
      tags,
      summary: "Read the stored text of a template",
      headers: ReqIdHeader,
      params: IdParameter,
      response: {
        200: { description: "The text as it was uploaded.", content: { "text/xml": { schema: OptXml } } },
        404: { description: "No such template." },
        ...requestFailure,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const found = canBeStoredId(id) ? await store.templates.get(defaultTenant, id) : undefined;
      if (found === undefined) return reply.code(404).send();
      return reply.type("text/xml; charset=utf-8").send(found.content);
    },
  });

  app.route({
    method: "DELETE",
    url: "/opt/:id",
    schema: {
      tags,
      summary: "Delete a template",
      headers: ReqIdHeader,
      params: IdParameter,
      response: {
        204: { description: "The template is not stored (any more)." },
        ...requestFailure,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const revision = canBeStoredId(id) ? await store.templates.delete(defaultTenant, id) : undefined;
      await acknowledge(cluster, reply, revision);
      return reply.code(204).send();
    },
  });
};

/** Answers to writes carry no times and no content (rest-api 9, OptEntity). */
function writtenEntity(template: StoredTemplate): OptEntity {
  return { ...entity(template, "redacted"), created: null, updated: null };
}

function entity(template: Omit<StoredTemplate, "content">, content: string | null): OptEntity {
  return {
    id: template.id,
    templateId: template.templateId,
    originalTemplateId: template.originalTemplateId,
    displayTemplateId: template.originalTemplateId,
    content,
    user: defaultUser,
    organisation: template.tenant,
    created: template.created,
    updated: template.updated === template.created ? null : template.updated,
  };
}

function templateTaken(error: unknown, templateId: string): unknown {
  if (!(error instanceof Problem) || error.kind.category !== "conflict") return error;
  return new Problem(
    error.kind,
    `An operational template with the template id "${templateId}" already exists.`,
    { path: "template_id" },
    [],
    error,
  );
}
