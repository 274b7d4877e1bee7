import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { fastifyZodOpenApiPlugin, fastifyZodOpenApiTransformers } from "fastify-zod-openapi";

/**
 * The OpenAPI 3.1 description, made from the schemas that validate, as JSON under `/v3/api-docs` and as a page under
 * `/docs` whose parts are all served from here (rest-api 11.6). Register before the routes that it shall describe.
 */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifyZodOpenApiPlugin);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Causeway",
        version,
        description: "Maps health data between openEHR and FHIR, driven by FHIR Connect mappings.",
      },
    },
    ...fastifyZodOpenApiTransformers,
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
  app.get("/v3/api-docs", { schema: { hide: true } }, async (_request, reply) => reply.send(app.swagger()));
  for (const url of ["/", "/swagger-ui/index.html"]) {
    app.get(url, { schema: { hide: true } }, async (_request, reply) => reply.redirect("/docs"));
  }
}
