import type { FastifyReply, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { chooseContextForResource } from "../engine/choose-context.js";
import { type Claim, claimResources, entryResources } from "../engine/claim-resources.js";
import { mapAll } from "../engine/map-all.js";
import type { Mapper, ToOpenEhrResult } from "../engine/mapper.js";
import { Problem } from "../errors/problem.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import { checkStructure } from "../fhir/structure/check-structure.js";
import type { OnLeftOut } from "../openehr/building/left-out.js";
import { readCanonicalJson } from "../openehr/formats/canonical-json.js";
import { writeCanonicalXml } from "../openehr/formats/canonical-xml/canonical-xml-writer.js";
import type { CompositionFormat } from "../openehr/formats/composition-format.js";
import { flatToStructured } from "../openehr/formats/structured/flat-to-structured.js";
import { writeJson } from "../openehr/json/write-json.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { addWarning } from "./add-warning.js";
import { bodyLimits, type HttpParts } from "./app-parts.js";
import { readFhirJson } from "./json-text.js";
import { LeftOutNotes, structureWarnings } from "./left-out-warning.js";
import {
  acceptJson,
  bodyUnseen,
  given,
  jsonBody,
  mappingFailure,
  mappingFailures,
  mappingTags,
} from "./mapping-call-schema.js";
import { noContextFor } from "./no-context-found.js";
import { BODY_EMPTY, BODY_NOT_A_RESOURCE } from "./problems.js";
import { sharedCompositionWarning } from "./shared-composition-warning.js";
import { explained, warningsOfStructures } from "./structure-of-input.js";
import { AllResults, FhirResource, OpenEhrAnswer, ReqIdHeader, ToOpenEhrQuery } from "./wire-schemas.js";

/** `toopenehr` with direct payload (rest-api 4). */
export const toOpenEhrRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { mappers, settings }) => {
  acceptJson(app, readFhirJson);
  app.setValidatorCompiler(bodyUnseen);

  for (const url of ["/openfhir/toopenehr", "/toopenehr"]) {
    app.route({
      method: "POST",
      url,
      bodyLimit: bodyLimits.mappingCalls,
      schema: {
        tags: mappingTags,
        summary: "Map FHIR to openEHR",
        headers: ReqIdHeader,
        querystring: ToOpenEhrQuery,
        body: { content: jsonBody(FhirResource) },
        response: {
          200: {
            description:
              "The composition, or with `all=true` what each context made of the Bundle. `Warning` headers name members that the version of FHIR does not have or has in another shape.",
            content: {
              "application/json": { schema: z.union([AllResults, OpenEhrAnswer]) },
              "application/xml": { schema: z.string() },
            },
          },
          400: mappingFailure,
          ...mappingFailures,
        },
      },
      handler: async (request, reply) => {
        const { format, flat, all } = request.query;
        const form = format ?? (flat === true ? "flat" : "canonical");
        const resource = resourceOf(request);
        if (all === true) {
          const answer = await mapWithAll(resource, given(request.query.templateId), form, reply);
          return reply.type("application/json").send(writeJson(answer));
        }
        const templateId = given(request.query.templateId) ?? (await chooseTemplateId(resource));
        const mapper = await mappers.get(defaultTenant, templateId);
        request.templateInLog = mapper.templateId;
        const { fhirVersion } = mapper;
        const findings = checkStructure(resource, fhirSchema(fhirVersion));
        addWarning(reply, ...structureWarnings(fhirVersion, findings));
        const result = explained(findings, fhirVersion, () => mapper.toOpenEhr(resource, settings.mapper));
        const leftOut = new LeftOutNotes();
        const composition = inForm(result, form, leftOut.note);
        addWarning(reply, ...leftOut.warnings(), sharedCompositionWarning(mapper, resource));
        return typeof composition === "string"
          ? reply.type("application/xml").send(composition)
          : reply.type("application/json").send(writeJson(composition));
      },
    });
  }

  /** Each entry to the context that claims it; with a template id all of them to that one. */
  const mapWithAll = async (
    resource: JsonObject,
    templateId: string | undefined,
    form: CompositionFormat,
    reply: FastifyReply,
  ) => {
    const bundle = resource.resourceType === "Bundle" ? resource : { resourceType: "Bundle", entry: [{ resource }] };
    const resources = entryResources(bundle);
    const claims =
      templateId === undefined
        ? claimResources(bundle, await mappers.contexts(defaultTenant))
        : [{ templateId, positions: [...resources.keys()] }];
    if (claims.length === 0) throw noContextFor(resource, await mappers.contexts(defaultTenant));
    const shares: { claim: Claim; mapper: Mapper }[] = [];
    for (const claim of claims) shares.push({ claim, mapper: await mappers.get(defaultTenant, claim.templateId) });
    addWarning(reply, ...warningsOfStructures(bundle, shares));
    const { mapped, leftovers } = mapAll(bundle, shares, settings.mapper);
    const leftOut = new LeftOutNotes();
    const results = mapped.map(({ templateId: id, positions, uri, result }) => ({
      templateId: id,
      entries: positions.map(entryName),
      ...(uri !== undefined && { uri }),
      composition: inForm(result, form, (path, reason) => leftOut.note(`${id}: ${path}`, reason)),
    }));
    addWarning(reply, ...leftOut.warnings());
    return {
      results,
      leftovers: leftovers.map((position) => ({
        entry: entryName(position),
        resourceType: resources[position]?.resourceType,
      })),
    };
  };

  const chooseTemplateId = async (resource: JsonObject): Promise<string> => {
    const contexts = await mappers.contexts(defaultTenant);
    const context = chooseContextForResource(resource, contexts);
    if (context === undefined) throw noContextFor(resource, contexts);
    return context.templateId.value;
  };
};

/** The composition as a text of XML or as what becomes JSON. */
function inForm(result: ToOpenEhrResult, form: CompositionFormat, onLeftOut: OnLeftOut): string | object {
  switch (form) {
    case "canonical":
      return result.composition(onLeftOut);
    case "xml":
      return writeCanonicalXml(readCanonicalJson(result.composition(onLeftOut)));
    case "flat":
      return result.flat();
    case "structured":
      return flatToStructured(result.flat());
    default:
      return form satisfies never;
  }
}

function entryName(position: number): string {
  return `Bundle.entry[${position}]`;
}

function resourceOf(request: Pick<FastifyRequest, "body">): JsonObject {
  const body = request.body as JsonValue | undefined;
  if (body === undefined) throw new Problem(BODY_EMPTY, "The request has no body.", { path: "body" });
  if (!isJsonObject(body)) {
    throw new Problem(BODY_NOT_A_RESOURCE, "The body is no FHIR resource: it is no JSON object.", { path: "body" });
  }
  if (typeof body.resourceType !== "string" || body.resourceType === "") {
    const message =
      typeof body._type === "string"
        ? "The body is an openEHR object; it has a _type. /toopenehr takes FHIR, /tofhir takes openEHR."
        : "The body is no FHIR resource: it has no resourceType.";
    throw new Problem(BODY_NOT_A_RESOURCE, message, { path: "resourceType" });
  }
  return body;
}
