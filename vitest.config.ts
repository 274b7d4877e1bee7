import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Rooms whose tests neither start processes nor replace modules: their files share one process, and load its modules once. */
const pureRooms = ["openehr", "fhir", "fhirconnect", "engine", "config", "conformance", "ci"];
/** Tests that promise what several processes do in time: never beside the others, which would take their cores. */
const timedRooms = ["cluster"];

const filesOf = (rooms: readonly string[]): string[] => rooms.map((room) => `test/${room}/**/*.test.ts`);
const shared = { testTimeout: 30_000, hookTimeout: 60_000 };
// Vitest leaves one core to itself, which on two cores is half of them.
const workers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    projects: [
      {
        test: {
          ...shared,
          name: "pure",
          include: filesOf(pureRooms),
          isolate: false,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: filesOf([...pureRooms, ...timedRooms]),
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: "cluster",
          include: filesOf(timedRooms),
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
