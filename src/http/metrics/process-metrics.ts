import { collectDefaultMetrics, Registry } from "prom-client";

let registry: Registry | undefined;

/**
 * CPU, memory, file descriptors, event loop and garbage collection, as every Node process reports them. They belong to the
 * process and observe it from the first call on, so that there is one registry of them however many apps are built.
 */
export function processRegistry(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
