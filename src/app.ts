import { randomUUID } from "node:crypto";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-zod-openapi";
import { describeApi } from "./http/api-description.js";
import type { HttpParts } from "./http/app-parts.js";
import { clusterRoutes } from "./http/cluster-routes.js";
import { answerFailure } from "./http/failure-answers.js";
import { fhirconnectRoutes } from "./http/fhirconnect-routes.js";
import { sendFrameworkError } from "./http/framework-error.js";
import { healthRoutes } from "./http/health-routes.js";
import { recordRoutes } from "./http/known-routes.js";
import { mappingCallRoutes } from "./http/mapping-call-routes.js";
import type { MetricSources } from "./http/metrics/metric-sources.js";
import { measureRequests } from "./http/metrics/request-metrics.js";
import { serverRegistry } from "./http/metrics/server-registry.js";
import { metricsRoutes } from "./http/metrics-routes.js";
import { openEhrRoutes } from "./http/openehr-routes.js";
import { optRoutes } from "./http/opt-routes.js";
import { purgeRoutes } from "./http/purge-routes.js";
import { logRequests } from "./http/request-log.js";

export interface AppParts extends HttpParts {
  readonly logger: FastifyBaseLogger;
  /** What `/metrics` counts. */
  readonly metrics: MetricSources;
}

/**
 * Puts the server together from its parts, without listening: tests build the same app and inject requests.
 * The store, the mappers and the logger belong to the caller, who closes them after the app.
 */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: parts.logger,
    // One line for each request is written by logRequests, which knows what must not be logged.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request.headers["x-req-id"]) ?? randomUUID(),
    // Intermediaries that encode the dollar sign of /$purge must reach it as well (rest-api 1).
    rewriteUrl: (request) => (request.url ?? "/").replace(/^\/%24/, "/$"),
    // Template ids stand in paths, and are as long as people make them.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => {
      answerFailure(error, request, reply, "text");
    },
    forceCloseConnections: "idle",
    // Who still reaches a server that is about to end gets an answer, and a hint to come back elsewhere.
    return503OnClosing: false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const allowedMethods = recordRoutes(app);
  logRequests(app);
  const registry = serverRegistry(parts.metrics);
  measureRequests(app, registry, parts.metrics.now);

  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-causeway-node", parts.nodeId);
    // A client that kept its connection would send the next request to a server that has ended.
    if (parts.state() === "STOPPING") reply.header("connection", "close");
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined || encoding.toLowerCase() === "identity") return undefined;
    return sendFrameworkError(request, reply, 415, `Content-Encoding '${encoding}' is not supported.`);
  });
  // What is sent to where nothing answers, or to what takes no body, is nobody's to judge; routes with a body say what they take.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async () => undefined);
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, "text"));
  app.setNotFoundHandler((request, reply) => {
    const [path = ""] = request.url.split("?", 1);
    const allowed = allowedMethods(path);
    if (allowed.length === 0) return sendFrameworkError(request, reply, 404, `Nothing answers at ${path}.`);
    reply.header("allow", allowed.join(", "));
    return sendFrameworkError(request, reply, 405, `Method '${request.method}' is not supported.`);
  });

  await describeApi(app, parts.settings.version);
  for (const routes of [
    optRoutes,
    openEhrRoutes,
    fhirconnectRoutes,
    mappingCallRoutes,
    purgeRoutes,
    healthRoutes,
    clusterRoutes,
  ]) {
    await app.register(routes, parts);
  }
  await app.register(metricsRoutes, { registry });
  return app;
}

/** The caller's request id, when it is fit for a log line (rest-api 1). */
function requestIdOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" && /^[\x21-\x7e]{1,200}$/.test(header) ? header : undefined;
}
