import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import type { HttpParts } from "./app-parts.js";

const CUT_OFF = "CUT OFF FROM THE DATABASE";

/**
 * `GET /health`: the readiness text (rest-api 11.5). Ready is a node that has applied the log and still follows it;
 * whether it has peers plays no part. The headers say which program answers.
 */
export const healthRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { state, cluster, settings }) => {
  app.route({
    method: "GET",
    url: "/health",
    schema: {
      tags: ["State"],
      summary: "Whether the server is ready",
      response: {
        200: { description: "Ready.", content: { "text/plain": { schema: z.literal("UP") } } },
        503: {
          description: "Not ready yet, about to end, or without the database.",
          content: { "text/plain": { schema: z.enum(["STARTING", "STOPPING", CUT_OFF]) } },
        },
      },
    },
    handler: async (_request, reply) => {
      const server = state();
      const now = server === "UP" && cluster.state().freshness === "cut-off" ? CUT_OFF : server;
      return reply
        .header("x-causeway-version", settings.version)
        .header("x-causeway-commit", settings.commit)
        .code(now === "UP" ? 200 : 503)
        .type("text/plain; charset=utf-8")
        .send(now);
    },
  });
};
