import type { FastifyReply, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import { wallClock } from "../engine/datatypes/time-zone.js";
import type { CompositionSettings } from "../openehr/building/composition-settings.js";
import { exampleComposition } from "../openehr/example/example-composition.js";
import { type CompositionFormat, writeCompositionIn } from "../openehr/formats/composition-format.js";
import type { Template } from "../openehr/template/template.js";
import { webTemplateOf } from "../openehr/template/web-template.js";
import { webTemplateJson } from "../openehr/template/web-template-json.js";
import { readCompositionTelling } from "../openehr/validation/left-out-of-document.js";
import { validateDocument } from "../openehr/validation/validate-document.js";
import { exampleAside, webTemplateAside } from "../store/reading-worker/read-template-aside.js";
import type { FileText } from "../store/reading-worker/worker-messages.js";
import { normaliseTemplateId } from "../store/stored.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { addWarning } from "./add-warning.js";
import { bodyLimits, type HttpParts } from "./app-parts.js";
import { answerFailures } from "./failure-answers.js";
import { bodyFailures, requestFailure, unavailable } from "./failure-schemas.js";
import { awaitFreshness } from "./freshness.js";
import { readExactJson } from "./json-text.js";
import { LeftOutNotes, leftOutWarning } from "./left-out-warning.js";
import {
  CompositionText,
  ConvertQuery,
  ExampleQuery,
  TemplateIdParameter,
  ValidateQuery,
  ValidationResult,
  WebTemplateDocument,
} from "./openehr-schemas.js";
import { acceptText, textOf } from "./text-bodies.js";
import { Messages, ReqIdHeader } from "./wire-schemas.js";

const tags = ["openEHR"];
/** From here on a web template or an example takes longer than the event loop may be held up (20 ms). */
const LARGE_TEMPLATE_NODES = 600;
const bodyTypes = [
  "application/json",
  "application/openehr+json",
  "application/xml",
  "text/xml",
  "text/plain",
] as const;

const notStored = { description: "No such template.", content: { "application/json": { schema: Messages } } };
const refused = {
  description: "The body is no composition in the format named.",
  content: { "application/json": { schema: Messages } },
};
const composition = {
  description: "The composition.",
  content: {
    "application/json": { schema: CompositionText },
    "application/xml": { schema: CompositionText },
  },
};
const body = { content: Object.fromEntries(bodyTypes.map((type) => [type, { schema: CompositionText }])) };

/** What openEHR knows about a stored template, without any FHIR: web template, examples, conversion, validation. */
export const openEhrRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (
  app,
  { store, mappers, cluster, settings },
) => {
  acceptText(app, bodyTypes);
  answerFailures(app, "list");
  awaitFreshness(app, cluster, "caches");

  const templateOf = async (
    request: FastifyRequest<{ Params: TemplateIdParameter }>,
  ): Promise<Template | undefined> => {
    const template = await mappers.template(defaultTenant, request.params.templateId);
    if (template !== undefined) request.templateInLog = template.templateId;
    return template;
  };
  /** The text of a template for which answers are made in another thread; undefined for all but the largest. */
  const textOfLarge = async (template: Template): Promise<FileText | undefined> => {
    if (nodesOf(template) < LARGE_TEMPLATE_NODES) return undefined;
    const stored = await store.templates.find(defaultTenant, normaliseTemplateId(template.templateId));
    return stored && { content: stored.content, file: stored.originalTemplateId };
  };
  const compositionSettings = (): CompositionSettings => {
    const { now, timeZone, language, territory } = settings.mapper;
    return {
      now: () => wallClock(now(), timeZone),
      ...(language !== undefined && { language }),
      ...(territory !== undefined && { territory }),
    };
  };

  app.route({
    method: "GET",
    url: "/opt/:templateId/webtemplate",
    schema: {
      tags,
      summary: "The web template of a stored template",
      headers: ReqIdHeader,
      params: TemplateIdParameter,
      response: {
        200: { description: "The web template.", content: { "application/json": { schema: WebTemplateDocument } } },
        404: notStored,
        ...requestFailure,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const template = await templateOf(request);
      if (template === undefined) return sendNotStored(reply);
      const text = await textOfLarge(template);
      const made = text && (await webTemplateAside(text));
      return sendJson(reply, made ?? webTemplateJson(webTemplateOf(template)));
    },
  });

  app.route({
    method: "GET",
    url: "/opt/:templateId/example",
    schema: {
      tags,
      summary: "A composition that is valid for a stored template",
      headers: ReqIdHeader,
      params: TemplateIdParameter,
      querystring: ExampleQuery,
      response: { 200: composition, 404: notStored, ...requestFailure, ...unavailable },
    },
    handler: async (request, reply) => {
      const { format, extent } = request.query;
      const template = await templateOf(request);
      if (template === undefined) return sendNotStored(reply);
      const { now, territory } = compositionSettings();
      const text = await textOfLarge(template);
      const made = text && (await exampleAside(text, { format, extent, now: now(), territory }));
      const example = () =>
        exampleComposition(template, { extent, now, ...(territory !== undefined && { territory }) });
      return sendComposition(reply, format, made ?? writeCompositionIn(format, example(), template));
    },
  });

  app.route({
    method: "POST",
    url: "/opt/:templateId/convert",
    bodyLimit: bodyLimits.mappingCalls,
    schema: {
      tags,
      summary: "Convert a composition from one format to another",
      headers: ReqIdHeader,
      params: TemplateIdParameter,
      querystring: ConvertQuery,
      body,
      response: { 200: composition, 400: refused, 404: notStored, ...bodyFailures, ...unavailable },
    },
    handler: async (request, reply) => {
      const { from, to } = request.query;
      const template = await templateOf(request);
      if (template === undefined) return sendNotStored(reply);
      const notRead = new LeftOutNotes();
      const source = sourceOf(request, from);
      const read = readCompositionTelling(from, source, template, compositionSettings(), notRead.note);
      const leftOut: string[] = [];
      const written = writeCompositionIn(to, read, template, (path) => void leftOut.push(path));
      addWarning(reply, ...notRead.warnings(), leftOutWarning(to, leftOut));
      return sendComposition(reply, to, written);
    },
  });

  app.route({
    method: "POST",
    url: "/opt/:templateId/validate",
    bodyLimit: bodyLimits.mappingCalls,
    schema: {
      tags,
      summary: "Validate a composition against the reference model and a stored template",
      headers: ReqIdHeader,
      params: TemplateIdParameter,
      querystring: ValidateQuery,
      body,
      response: {
        200: { description: "What was found.", content: { "application/json": { schema: ValidationResult } } },
        400: refused,
        404: notStored,
        ...bodyFailures,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const { from } = request.query;
      const template = await templateOf(request);
      if (template === undefined) return sendNotStored(reply);
      const findings = validateDocument(from, sourceOf(request, from), template, compositionSettings());
      const answer: ValidationResult = { valid: findings.length === 0, findings: [...findings] };
      return sendJson(reply, JSON.stringify(answer));
    },
  });
};

/** Nodes are numbered in their order: the last one has the highest number. */
function nodesOf({ root }: Template): number {
  let last = root;
  for (let next = last.children.at(-1); next !== undefined; next = last.children.at(-1)) last = next;
  return last.ordinal + 1;
}

function sourceOf(request: Pick<FastifyRequest, "body">, format: CompositionFormat): unknown {
  const text = textOf(request);
  return format === "xml" ? text : readExactJson(text);
}

function sendComposition(reply: FastifyReply, format: CompositionFormat, text: string): FastifyReply {
  return format === "xml" ? reply.type("application/xml; charset=utf-8").send(text) : sendJson(reply, text);
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type("application/json").send(text);
}

function sendNotStored(reply: FastifyReply): FastifyReply {
  const message = "No operational template of that id is stored. Upload it, or correct the template id.";
  return reply
    .code(404)
    .type("application/json")
    .send(JSON.stringify([`${message} [TEMPLATE_NOT_FOUND]`]));
}
