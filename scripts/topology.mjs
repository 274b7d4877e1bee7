// What the compose files start, without a container engine: from the programs of Debian's packages nginx, pgbouncer,
// postgresql and redis-server, with the configuration files that ship. Everything lives in a temporary folder and on free
// ports, and is gone after Ctrl-C.
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { missingPackages } from "./topology/programs.mjs";
import { startTopology } from "./topology/start-topology.mjs";

export { missingPackages, startTopology };

const usage = `Usage: node scripts/topology.mjs [--nodes 3] [--discovery TCP|DNS|...] [--pooler] [--replica] [--redis]

  --nodes N        number of Causeway processes, at most 16
  --discovery D    CLUSTER_DISCOVERY of the nodes; REDIS also starts Redis
  --pooler         pgBouncer in transaction mode between the nodes and Postgres
  --replica        a streaming replica that answers reads
  --redis          Redis, also for a discovery that does not use it
`;

async function main() {
  const options = readOptions();
  if (options === undefined) return 2;
  const missing = missingPackages(options);
  if (missing.length > 0) {
    process.stderr.write(`Needed and not found; on Debian: apt-get install ${missing.join(" ")}\n`);
    return 2;
  }
  const asked = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, resolve);
  });
  const topology = await startTopology(options);
  const places = [
    ["Causeway (nginx)", topology.url],
    ...topology.nodes.map(({ number, url }) => [`node ${number + 1}`, url]),
    ["Postgres", topology.databaseUrl],
    ["pgBouncer", topology.poolerUrl],
    ["replica", topology.replicaUrl],
    ["Redis", topology.redisUrl],
    ["logs", topology.folder],
  ];
  for (const [name, place] of places) if (place !== undefined) process.stdout.write(`${name.padEnd(18)}${place}\n`);
  process.stdout.write("Ctrl-C ends everything.\n");
  await asked;
  await topology.stop();
  return 0;
}

function readOptions() {
  const flag = { type: "boolean", default: false };
  const known = { nodes: { type: "string", default: "3" }, discovery: { type: "string" } };
  try {
    const { values } = parseArgs({ options: { ...known, pooler: flag, replica: flag, redis: flag } });
    const { discovery, pooler, replica } = values;
    const nodes = Number(values.nodes);
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > 16) throw new Error("--nodes must be a number from 1 to 16");
    const redis = values.redis || discovery === "REDIS";
    return { nodes, entry: true, pooler, replica, redis, ...(discovery === undefined ? {} : { discovery }) };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    return undefined;
  }
}

const started = process.argv[1];
if (started !== undefined && existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main();
}
