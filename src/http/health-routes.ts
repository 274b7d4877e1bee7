import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import type { HttpParts } from "./app-parts.js";

/** `GET /health`: the readiness text (rest-api 11.5). */
export const healthRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { state }) => {
  app.route({
    method: "GET",
    url: "/health",
    schema: {
      tags: ["State"],
      summary: "Whether the server is ready",
      response: {
        200: { description: "Ready.", content: { "text/plain": { schema: z.literal("UP") } } },
        503: {
          description: "Not ready yet, or about to end.",
          content: { "text/plain": { schema: z.enum(["STARTING", "STOPPING"]) } },
        },
      },
    },
    handler: async (_request, reply) => {
      const now = state();
      return reply
        .code(now === "UP" ? 200 : 503)
        .type("text/plain; charset=utf-8")
        .send(now);
    },
  });
};
