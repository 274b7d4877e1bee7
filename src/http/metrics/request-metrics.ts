import type { FastifyInstance, FastifyRequest } from "fastify";
import { Histogram, type Registry } from "prom-client";
import { readGauge } from "./read-metrics.js";

/** Where the metrics are scraped. */
export const metricsPath = "/metrics";
/** Up to the half minute after which a request is an alert, and one beyond. */
const bucketSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Every path that no route answers; the path itself may hold anything. */
const unmatched = "unmatched";
/** The status of a request whose caller left before the answer was sent. */
const callerLeft = 499;

/**
 * Measures every request that the routes registered from now on answer: how long it took, and while it is under way how old
 * the oldest is. Labels are the pattern of the route, the method and the status, never anything that the caller chose.
 * A request ends when its answer was sent or when its connection is gone, whichever comes first. Scrapes are not measured:
 * each would find itself under way.
 */
export function measureRequests(
  app: FastifyInstance,
  registry: Registry,
  now: () => number = () => performance.now(),
): void {
  /** When each request under way began; the first is the oldest, because a map keeps the order of insertion. */
  const underWay = new Map<FastifyRequest, number>();
  const durations = new Histogram({
    name: "causeway_request_duration_seconds",
    help: "Time from the head of a request to the end of its answer.",
    labelNames: ["route", "method", "status"] as const,
    buckets: bucketSeconds,
    registers: [registry],
  });
  readGauge(registry, {
    name: "causeway_requests_in_flight_oldest_seconds",
    help: "Age of the oldest request under way; 0 when there is none.",
    labels: [],
    samples: () => {
      const [oldest] = underWay.values();
      return [{ labels: {}, value: oldest === undefined ? 0 : (now() - oldest) / 1000 }];
    },
  });
  const end = (request: FastifyRequest, status: number): void => {
    const began = underWay.get(request);
    if (began === undefined) return;
    underWay.delete(request);
    const route = request.routeOptions.url ?? unmatched;
    durations.observe({ route, method: request.method, status }, (now() - began) / 1000);
  };
  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.url !== metricsPath) {
      underWay.set(request, now());
      reply.raw.once("finish", () => end(request, reply.statusCode));
      reply.raw.once("close", () => end(request, callerLeft));
    }
    done();
  });
}
