import { execFile } from "node:child_process";
import { chownSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ChildProgram } from "./child-program.mjs";
import { hostAccessFile, replicaScript } from "./shipped-files.mjs";

const run = promisify(execFile);

/** The account of docker-compose.yml. */
export const databaseUser = "causeway";

/** A primary and its streaming replicas, on 127.0.0.1, as docker-compose.replica.yml has them. Nothing is forced to disk. */
export class PostgresServers {
  #place;

  /** @param place folder, programs (of Postgres), account, password */
  constructor(place) {
    this.#place = place;
    // Copies, because the account of Postgres may not be let into the folder of the project.
    copyFileSync(hostAccessFile, this.#hostAccess);
    copyFileSync(replicaScript, this.#replicaScript);
  }

  /** Makes the data folder of a primary and the database in it, and starts it. */
  async startPrimary(port) {
    const { folder, account, password } = this.#place;
    const data = this.#dataFolder("postgres");
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    this.#own(passwordFile);
    const options = [`--username=${databaseUser}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
    const rest = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
    await run(this.#program("initdb"), ["-D", data, ...options, ...rest], { ...account, cwd: folder });
    const server = await this.resumePrimary(port);
    await run(this.#program("createdb"), ["-h", "127.0.0.1", "-p", String(port), "-U", databaseUser, databaseUser], {
      env: { ...process.env, PGPASSWORD: password },
    });
    return server;
  }

  /** Starts a primary again whose data folder is there. */
  async resumePrimary(port) {
    const parameters = ["-D", this.#dataFolder("postgres"), ...this.#settings("postgres", port)];
    return this.#started("postgres", port, this.#program("postgres"), parameters, {});
  }

  /** Copies the primary with the script that ships, and starts the copy. */
  async startReplica(port, primaryPort) {
    const environment = {
      PATH: [this.#place.programs, process.env.PATH].join(delimiter),
      PGDATA: this.#dataFolder("postgres-replica"),
      PGHOST: "127.0.0.1",
      PGPORT: String(primaryPort),
      PGUSER: databaseUser,
      PGPASSWORD: this.#place.password,
    };
    const parameters = [this.#replicaScript, ...this.#settings("postgres-replica", port)];
    return this.#started("postgres-replica", port, "bash", parameters, environment);
  }

  async #started(name, port, program, parameters, environment) {
    const { folder, account } = this.#place;
    const server = new ChildProgram({ name, folder, program, parameters, environment, account, stopSignal: "SIGINT" });
    const options = ["-q", "-h", "127.0.0.1", "-p", String(port), "-U", databaseUser];
    await server.ready(() =>
      run(this.#program("pg_isready"), options).then(
        () => true,
        () => false,
      ),
    );
    return server;
  }

  #settings(name, port) {
    const settings = {
      port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      hba_file: this.#hostAccess,
      cluster_name: name,
      fsync: "off",
      shared_buffers: "16MB",
    };
    return Object.entries(settings).flatMap(([setting, value]) => ["-c", `${setting}=${value}`]);
  }

  get #hostAccess() {
    return join(this.#place.folder, "pg_hba.conf");
  }

  get #replicaScript() {
    return join(this.#place.folder, "replica.sh");
  }

  #dataFolder(name) {
    const path = join(this.#place.folder, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#own(path);
    return path;
  }

  #own(path) {
    const { uid, gid } = this.#place.account;
    if (uid !== undefined) chownSync(path, uid, gid);
  }

  #program(name) {
    return join(this.#place.programs, name);
  }
}
