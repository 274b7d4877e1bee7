import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { defaultTenant } from "../tenancy/default-tenant.js";
import type { HttpParts } from "./app-parts.js";
import { answerFailures } from "./failure-answers.js";
import { sendFrameworkError } from "./framework-error.js";
import { PURGE_SWITCHED_OFF } from "./problems.js";
import { acknowledge } from "./revision-header.js";
import { FrameworkError, ReqIdHeader } from "./wire-schemas.js";

/**
 * `/$purge`: erases all templates and mapping files (rest-api 11.1). The GET form is kept for existing clients; because any
 * prefetching browser could send it, both forms are refused unless the operator has allowed them, and HEAD is no purge.
 */
export const purgeRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { store, cluster, settings }) => {
  answerFailures(app, "text");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, _body, done) => done(null));
  for (const method of ["GET", "POST"] as const) {
    app.route({
      method,
      url: "/$purge",
      exposeHeadRoute: false,
      schema: {
        tags: ["State"],
        summary: "Erase all templates and mapping files",
        headers: ReqIdHeader,
        response: {
          204: { description: "Nothing is stored any more." },
          403: { description: "Not allowed.", content: { "application/json": { schema: FrameworkError } } },
          503: { description: "The database does not answer.", content: { "text/plain": { schema: z.string() } } },
        },
      },
      handler: async (request, reply) => {
        if (!settings.allowPurge) {
          return sendFrameworkError(request, reply, 403, `Purging is switched off. ${PURGE_SWITCHED_OFF.advice}`);
        }
        const revision = await store.purge(defaultTenant);
        await acknowledge(cluster, reply, revision);
        return reply.code(204).send();
      },
    });
  }
};
