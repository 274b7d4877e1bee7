import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import { Registry } from "prom-client";
import * as z from "zod/v4";
import { processRegistry } from "./metrics/process-metrics.js";
import { metricsPath } from "./metrics/request-metrics.js";

/** What the route needs: the registry that `serverRegistry` made and `measureRequests` writes to. */
export interface MetricsRouteParts {
  readonly registry: Registry;
}

/**
 * `GET /metrics`: everything that a monitoring system watches, in the text format of Prometheus. Answers in every state of
 * the server, also while it is not ready.
 */
export const metricsRoutes: FastifyPluginAsyncZodOpenApi<MetricsRouteParts> = async (app, { registry }) => {
  app.route({
    method: "GET",
    url: metricsPath,
    schema: {
      tags: ["State"],
      summary: "Metrics for Prometheus",
      response: {
        200: {
          description: "All metrics, in the text format 0.0.4; the operations guide lists them.",
          content: { "text/plain": { schema: z.string() } },
        },
      },
    },
    handler: async (_request, reply) => {
      const texts = await Promise.all([registry.metrics(), processRegistry().metrics()]);
      return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(texts.join("\n"));
    },
  });
};
