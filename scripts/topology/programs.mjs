import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian puts programs that are not in everybody's PATH. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin"];
const postgresFolder = "/usr/lib/postgresql";

/** The path of a program, or undefined when it is not on this machine. */
export function findProgram(name) {
  return [...(process.env.PATH ?? "").split(delimiter), ...systemFolders]
    .map((folder) => join(folder, name))
    .find((path) => isExecutable(path));
}

/** The folder with Postgres' own programs: of the newest version of Debian's packages, else one in PATH. */
export function findPostgres() {
  const versions = existsSync(postgresFolder) ? readdirSync(postgresFolder) : [];
  const folders = versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(postgresFolder, version, "bin"));
  return [...folders, ...(process.env.PATH ?? "").split(delimiter)].find((folder) =>
    ["postgres", "initdb", "pg_basebackup"].every((name) => isExecutable(join(folder, name))),
  );
}

/** Debian's packages that a topology needs and this machine lacks. */
export function missingPackages({ entry, pooler, redis }) {
  return [
    ...(findPostgres() === undefined ? ["postgresql"] : []),
    ...(entry && findProgram("nginx") === undefined ? ["nginx"] : []),
    ...(pooler && findProgram("pgbouncer") === undefined ? ["pgbouncer"] : []),
    ...(redis && findProgram("redis-server") === undefined ? ["redis-server"] : []),
  ];
}

/** Postgres and pgBouncer refuse to run as root. Gives the account for them; nothing when this process is not root. */
export function unprivilegedAccount() {
  if (process.getuid?.() !== 0) return {};
  const entries = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = entries.find((entry) => entry.startsWith(`${name}:`))?.split(":");
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return { uid: 65_534, gid: 65_534 };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
