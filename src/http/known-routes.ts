import type { FastifyInstance } from "fastify";

/** The methods that a path answers to; empty when nothing answers there. */
export type AllowedMethods = (path: string) => readonly string[];

/**
 * Keeps book of every route that is registered from now on, so that a wrong method can be told from an unknown path, which
 * the framework does not do (rest-api 1: 405).
 */
export function recordRoutes(app: FastifyInstance): AllowedMethods {
  const routes: { readonly segments: readonly string[]; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    routes.push({ segments: url.split("/"), methods: Array.isArray(method) ? method : [method] });
  });
  return (path) => {
    const segments = path.split("/");
    const fitting = routes.filter((route) => fits(route.segments, segments));
    return [...new Set(fitting.flatMap((route) => route.methods))].sort();
  };
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.length !== path.length) return false;
  return pattern.every((segment, index) => (segment.startsWith(":") ? path[index] !== "" : segment === path[index]));
}
