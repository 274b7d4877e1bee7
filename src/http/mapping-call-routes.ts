import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import type { HttpParts } from "./app-parts.js";
import { answerFailures } from "./failure-answers.js";
import { awaitFreshness } from "./freshness.js";
import { toFhirRoutes } from "./mapping-call-to-fhir.js";
import { toOpenEhrRoutes } from "./mapping-call-to-openehr.js";

/** `tofhir` and `toopenehr` with direct payload, under both spellings of their path (rest-api 3, 4 and 8). */
export const mappingCallRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, parts) => {
  answerFailures(app, "text");
  awaitFreshness(app, parts.cluster, "caches");
  await app.register(toFhirRoutes, parts);
  await app.register(toOpenEhrRoutes, parts);
};
