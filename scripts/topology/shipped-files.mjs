import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `docker/nginx.conf` with other addresses and another place for temporary files; everything else as it ships. */
export function nginxFile({ port, nodePort, nameServerPort, folder }) {
  return replaced("docker/nginx.conf", [
    ["listen 8080;", `listen 127.0.0.1:${port};`],
    ["http://app:8080;", `http://app:${nodePort};`],
    ["resolver 127.0.0.11 ", `resolver 127.0.0.1:${nameServerPort} `],
    [" /tmp/nginx", ` ${folder}/nginx`],
  ]);
}

/** `k8s/pgbouncer/pgbouncer.ini` with other addresses and another place for the passwords. */
export function pgbouncerFile({ port, postgresPort, usersFile }) {
  return replaced("k8s/pgbouncer/pgbouncer.ini", [
    ["host=postgres port=5432", `host=127.0.0.1 port=${postgresPort}`],
    ["listen_addr = 0.0.0.0", "listen_addr = 127.0.0.1"],
    ["listen_port = 6432", `listen_port = ${port}`],
    ["auth_file = /etc/pgbouncer/userlist.txt", `auth_file = ${usersFile}`],
  ]);
}

/** The parameters with which `docker-compose.redis.yml` starts Redis. */
export function redisParameters() {
  const { services } = parse(readFileSync(join(projectRoot, "docker-compose.redis.yml"), "utf8"));
  return services.redis.command.slice(1);
}

export const hostAccessFile = join(projectRoot, "docker", "pg_hba.conf");
export const replicaScript = join(projectRoot, "docker", "replica.sh");

/** A file of the project with texts replaced; throws when one of them is not in it. */
function replaced(path, replacements) {
  return replacements.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${path} does not hold ${JSON.stringify(from)} any more`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(projectRoot, path), "utf8"),
  );
}
