import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { contextNotFound } from "../cache/compiled-mappers.js";
import { chooseContextForResource, templateIdOfPayload } from "../engine/choose-context.js";
import { Problem } from "../errors/problem.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { bodyLimits, type HttpParts } from "./app-parts.js";
import { answerFailures } from "./failure-answers.js";
import { awaitFreshness } from "./freshness.js";
import { readJson } from "./json-text.js";
import { BODY_EMPTY, BODY_NOT_A_PAYLOAD, BODY_NOT_A_RESOURCE } from "./problems.js";
import {
  FhirResource,
  OpenEhrAnswer,
  OpenEhrPayload,
  OperationOutcome,
  ReqIdHeader,
  TemplateQuery,
  ToOpenEhrQuery,
} from "./wire-schemas.js";

const jsonTypes = ["application/json", "application/fhir+json", "application/openehr+json", "text/plain"] as const;
const tags = ["Mapping"];
const failure = {
  description: "The request or the mapping is at fault; nothing was mapped.",
  content: { "text/plain": { schema: z.string() }, "application/fhir+json": { schema: OperationOutcome } },
};

/** `tofhir` and `toopenehr` with direct payload, under both spellings of their path (rest-api 3, 4 and 8). */
export const mappingCallRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (
  app,
  { mappers, cluster, settings },
) => {
  answerFailures(app, "text");
  awaitFreshness(app, cluster, "caches");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...jsonTypes], { parseAs: "string" }, async (_request: FastifyRequest, body: string) =>
    readJson(body),
  );

  for (const url of ["/openfhir/tofhir", "/tofhir"]) {
    app.route({
      method: "POST",
      url,
      bodyLimit: bodyLimits.mappingCalls,
      schema: {
        tags,
        summary: "Map openEHR to FHIR",
        headers: ReqIdHeader,
        querystring: TemplateQuery,
        body: bodyOf(OpenEhrPayload),
        response: {
          200: { description: "A Bundle.", content: { "application/json": { schema: FhirResource } } },
          400: failure,
        },
      },
      handler: async (request, reply) => {
        const payload = payloadOf(request);
        const templateId = given(request.query.templateId) ?? templateIdOfPayload(payload);
        if (templateId === undefined) throw contextNotFound(undefined);
        const mapper = await mappers.get(defaultTenant, templateId);
        request.templateInLog = mapper.templateId;
        const bundle = mapper.toFhir(mapper.readComposition(payload, settings.mapper), settings.mapper);
        return reply.type("application/json").send(JSON.stringify(bundle));
      },
    });
  }

  for (const url of ["/openfhir/toopenehr", "/toopenehr"]) {
    app.route({
      method: "POST",
      url,
      bodyLimit: bodyLimits.mappingCalls,
      schema: {
        tags,
        summary: "Map FHIR to openEHR",
        headers: ReqIdHeader,
        querystring: ToOpenEhrQuery,
        body: bodyOf(FhirResource),
        response: {
          200: { description: "The composition.", content: { "application/json": { schema: OpenEhrAnswer } } },
          400: failure,
        },
      },
      handler: async (request, reply) => {
        const { format, flat } = request.query;
        const resource = resourceOf(request);
        const templateId = given(request.query.templateId) ?? (await chooseTemplateId(resource));
        const mapper = await mappers.get(defaultTenant, templateId);
        request.templateInLog = mapper.templateId;
        const result = mapper.toOpenEhr(resource, settings.mapper);
        const asFlat = format === undefined ? flat === true : format === "flat";
        return reply.type("application/json").send(JSON.stringify(asFlat ? result.flat() : result.composition()));
      },
    });
  }

  const chooseTemplateId = async (resource: JsonObject): Promise<string> => {
    const context = chooseContextForResource(resource, await mappers.contexts(defaultTenant));
    if (context === undefined) throw contextNotFound(undefined);
    return context.templateId.value;
  };
};

function bodyOf<Schema extends z.ZodType>(schema: Schema): { content: Record<string, { schema: Schema }> } {
  return { content: Object.fromEntries(jsonTypes.map((type) => [type, { schema }])) };
}

/** An empty query parameter means the same as none. */
function given(templateId: string | undefined): string | undefined {
  return templateId === undefined || templateId.trim() === "" ? undefined : templateId;
}

/** Looks no deeper than the engine needs to begin: an object, or a list of objects that is not empty. */
function payloadOf(request: Pick<FastifyRequest, "body">): JsonValue {
  const body = request.body as JsonValue | undefined;
  if (body === undefined) throw new Problem(BODY_EMPTY, "The request has no body.", { path: "body" });
  const items = Array.isArray(body) ? body : [body];
  if (items.length === 0 || !items.every((item) => isJsonObject(item) && Object.keys(item).length > 0)) {
    throw new Problem(BODY_NOT_A_PAYLOAD, "The body is neither a composition nor FLAT.", { path: "body" });
  }
  return body;
}

function resourceOf(request: Pick<FastifyRequest, "body">): JsonObject {
  const body = request.body as JsonValue | undefined;
  if (body === undefined) throw new Problem(BODY_EMPTY, "The request has no body.", { path: "body" });
  if (!isJsonObject(body) || typeof body.resourceType !== "string") {
    throw new Problem(BODY_NOT_A_RESOURCE, "The body is no FHIR resource: resourceType is missing.", {
      path: "resourceType",
    });
  }
  return body;
}
