import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import { effectiveModel } from "../engine/effective-model.js";
import { mappingProblem } from "../fhirconnect/syntax/problems.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../fhirconnect/syntax/tree.js";
import { readMappingAside } from "../store/reading-worker/read-mapping-aside.js";
import type { StoredMapping } from "../store/stored.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import type { HttpParts } from "./app-parts.js";
import { compileFindings } from "./compile-findings.js";
import { contentOf, refuseUnacceptable, sendDocument } from "./document-answer.js";
import { notAcceptable, requestFailure, unavailable } from "./failure-schemas.js";
import { awaitFreshness } from "./freshness.js";
import { canBeStoredId } from "./stored-id.js";
import { EffectiveModel, IdParameter, ReqIdHeader } from "./wire-schemas.js";

const everyKind = ["model", "extension", "context"] as const;

/** `/fc/context/{id}/effective`: what a context runs, after selection and merging (fhirconnect-language 10.4 and 20.3). */
export const effectiveModelRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (
  app,
  { store, settings, mappers, cluster },
) => {
  awaitFreshness(app, cluster, "caches");
  app.route({
    method: "GET",
    url: "/fc/context/:id/effective",
    preHandler: refuseUnacceptable,
    schema: {
      tags: ["FHIR Connect files"],
      summary: "Read the effective model of a context",
      description:
        "The models that the context selects, with their extensions applied, each rule with the file and line it comes from, " +
        "and how the files are read where dialects of FHIR Connect differ. `diagnostics` has what selecting and compiling them for " +
        "the template found, each with file, line and rule: paths that lead nowhere, for one, which mapping calls pass by.",
      headers: ReqIdHeader,
      params: IdParameter,
      response: {
        200: { description: "The effective model.", content: contentOf(EffectiveModel) },
        404: { description: "No such context." },
        ...requestFailure,
        ...notAcceptable,
        ...unavailable,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      // One statement, so that the context and its models are of one moment.
      const stored = canBeStoredId(id) ? await store.mappings.list(defaultTenant, everyKind) : [];
      const asked = stored.find((one) => one.id === id && one.kind === "context");
      if (asked === undefined) return reply.code(404).send();
      const context = await contextOf(asked);
      const override = {
        configured: settings.semantics,
        ...(asked.semantics === undefined ? {} : { uploaded: asked.semantics }),
      };
      const found = await compileFindings(mappers, context.templateId.value);
      const mappings = await mappingsFor(context, stored);
      return sendDocument(request, reply, effectiveModel(context, mappings, override, found));
    },
  });
};

/** Rejects with a Problem when the stored text is no context any more, which intake had made sure of. */
async function contextOf({ content, name }: StoredMapping): Promise<ContextMapping> {
  const { mapping, diagnostics } = await readMappingAside(content, name);
  if (mapping?.type !== "context") throw mappingProblem(diagnostics.filter(({ severity }) => severity === "error"));
  return mapping;
}

/** Only what the context lists is read; a library holds far more. */
async function mappingsFor(
  context: ContextMapping,
  stored: readonly StoredMapping[],
): Promise<readonly (ModelMapping | ExtensionMapping)[]> {
  const named = new Set([...context.archetypes, ...context.extensions].map(({ value }) => value));
  const listed = stored.filter(({ kind, name }) => kind !== "context" && named.has(name));
  const readings = await Promise.all(listed.map(({ content, name }) => readMappingAside(content, name)));
  return readings.flatMap(({ mapping }) => (mapping === undefined || mapping.type === "context" ? [] : [mapping]));
}
