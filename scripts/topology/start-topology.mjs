import { randomBytes, randomInt } from "node:crypto";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausewayNodes } from "./causeway-nodes.mjs";
import { ChildProgram, listens } from "./child-program.mjs";
import { freePorts } from "./free-ports.mjs";
import { NameServer } from "./name-server.mjs";
import { databaseUser, PostgresServers } from "./postgres.mjs";
import { findPostgres, findProgram, missingPackages, unprivilegedAccount } from "./programs.mjs";
import { nginxFile, pgbouncerFile, redisParameters } from "./shipped-files.mjs";

/** Ports of the topology in one draw, so that they differ. */
const singlePorts = ["entry", "node", "postgres", "replica", "pooler", "redis"];
const mostNodes = 16;

/**
 * Starts what the compose files start, as processes of this machine: Postgres, nodes, nginx and, when asked, pgBouncer, a
 * streaming replica and Redis, with the very configuration files that ship. Options and result: `topology.d.mts` beside
 * scripts/topology.mjs. When something does not start, everything is ended before it throws.
 */
export async function startTopology(options = {}) {
  const {
    nodes = 3,
    discovery,
    entry = true,
    pooler = false,
    replica = false,
    redis = discovery === "REDIS",
  } = options;
  const missing = missingPackages({ entry, pooler, redis });
  if (missing.length > 0) throw new Error(`These packages are missing: ${missing.join(", ")}`);

  const folder = mkdtempSync(join(tmpdir(), "causeway-topology-"));
  // The accounts of Postgres, pgBouncer and the workers of nginx have to pass through.
  chmodSync(folder, 0o755);
  const closers = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  const ended = (program) => {
    closers.push(() => program.stop());
    return program;
  };
  try {
    const drawn = await freePorts(singlePorts.length + mostNodes);
    const ports = Object.fromEntries(singlePorts.map((name, index) => [name, drawn[index]]));
    const clusterPorts = drawn.slice(singlePorts.length);
    const password = randomBytes(12).toString("hex");
    const account = unprivilegedAccount();
    const programs = findPostgres();
    const url = (port) => `postgres://${databaseUser}:${password}@127.0.0.1:${port}/${databaseUser}`;

    const servers = new PostgresServers({ folder, programs, account, password });
    let primary = await servers.startPrimary(ports.postgres);
    closers.push(() => primary.stop());
    if (replica) ended(await servers.startReplica(ports.replica, ports.postgres));
    const poolerProgram = pooler ? ended(await startPooler(folder, ports, account, password)) : undefined;
    const redisProgram = redis ? ended(await startRedis(folder, ports.redis)) : undefined;

    const nameServer = new NameServer();
    const nameServerPort = await nameServer.start();
    closers.push(() => nameServer.close());
    const environmentOf = (number) => ({
      LOG_LEVEL: "info",
      // Shorter than in a container: nginx asks the name server again every second.
      DRAIN_MS: "1000",
      DATABASE_URL: url(pooler ? ports.pooler : ports.postgres),
      // Announcements go to CLUSTER_PORT as well, so that it is the same for all as in containers, and the nodes move on
      // to the next free one. A list of hosts needs to know the port of each.
      CLUSTER_PORT: String(clusterPorts[discovery === "TCP" ? number % mostNodes : 0]),
      ...(pooler ? { DATABASE_DIRECT_URL: url(ports.postgres) } : {}),
      ...(replica ? { DATABASE_READ_URL: url(ports.replica) } : {}),
      ...(redis ? { REDIS_URL: `redis://127.0.0.1:${ports.redis}` } : {}),
      ...(discovery === undefined ? {} : { CLUSTER_DISCOVERY: discovery }),
      ...(discovery === "TCP"
        ? { CLUSTER_INITIAL_HOSTS: clusterPorts.map((port) => `127.0.0.1[${port}]`).join(",") }
        : {}),
      ...options.environment,
    });
    // A network of its own in 127.0.0.0/8, so that two topologies do not meet.
    const network = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    const { program } = options;
    const all = new CausewayNodes({ folder, nameServer, port: ports.node, network, program }, environmentOf);
    closers.push(() => Promise.all(all.all.map(({ program }) => program.stop())).then(() => {}));
    await Promise.all(Array.from({ length: nodes }, () => all.start()));
    const entryProgram = entry ? ended(await startEntry(folder, ports, nameServerPort)) : undefined;

    return {
      folder,
      url: entry ? `http://127.0.0.1:${ports.entry}` : undefined,
      nodes: all.all,
      startNode: (environment) => all.start(environment),
      nameNode: () => all.name(),
      databaseUrl: url(ports.postgres),
      poolerUrl: pooler ? url(ports.pooler) : undefined,
      replicaUrl: replica ? url(ports.replica) : undefined,
      redisUrl: redis ? `redis://127.0.0.1:${ports.redis}` : undefined,
      nginx: entryProgram,
      pgbouncer: poolerProgram,
      redis: redisProgram,
      postgres: () => primary,
      resumePostgres: async () => {
        primary = await servers.resumePrimary(ports.postgres);
      },
      stop,
      [Symbol.asyncDispose ?? Symbol.for("nodejs.asyncDispose")]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEntry(folder, { entry: port, node: nodePort }, nameServerPort) {
  const file = join(folder, "nginx.conf");
  writeFileSync(file, nginxFile({ port, nodePort, nameServerPort, folder }));
  const parameters = ["-p", folder, "-c", file, "-e", "stderr", "-g", "daemon off;"];
  const nginx = new ChildProgram({ name: "nginx", folder, program: findProgram("nginx"), parameters });
  await nginx.ready(() => listens(port));
  return nginx;
}

async function startPooler(folder, { pooler: port, postgres: postgresPort }, account, password) {
  const usersFile = join(folder, "userlist.txt");
  writeFileSync(usersFile, `"${databaseUser}" "${password}"\n`, { mode: 0o600 });
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(file, pgbouncerFile({ port, postgresPort, usersFile }));
  if (account.uid !== undefined) chownSync(usersFile, account.uid, account.gid);
  const program = findProgram("pgbouncer");
  const pgbouncer = new ChildProgram({ name: "pgbouncer", folder, program, parameters: [file], account });
  await pgbouncer.ready(() => listens(port));
  return pgbouncer;
}

async function startRedis(folder, port) {
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  const parameters = [...redisParameters(), ...place];
  const redis = new ChildProgram({ name: "redis", folder, program: findProgram("redis-server"), parameters });
  await redis.ready(() => listens(port));
  return redis;
}
