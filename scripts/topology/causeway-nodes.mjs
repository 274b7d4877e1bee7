import { existsSync } from "node:fs";
import { join } from "node:path";
import { ChildProgram } from "./child-program.mjs";
import { projectRoot } from "./shipped-files.mjs";

/** The name under which docker-compose.yml knows the nodes. */
export const serviceName = "app";

/** The Causeway processes: each has an address of its own, as containers have, and all have the same port. */
export class CausewayNodes {
  /** Nodes in order of start, ended ones included. */
  all = [];
  #addresses = 0;
  #place;
  #network;
  #program;

  /**
   * @param place folder, nameServer, port, network (`127.x.y`), and the program when it is not the one of this checkout
   * @param environmentOf gives the variables of the node with a number, counted from 0
   */
  constructor(place, environmentOf) {
    this.#place = place;
    this.#network = place.network;
    this.#program = place.program ?? causewayProgram();
    this.environmentOf = environmentOf;
  }

  /** Names an address where a node would be, for whoever wants to take its place. */
  name() {
    const { port, nameServer } = this.#place;
    this.#addresses += 1;
    const host = `${this.#network}.${this.#addresses}`;
    nameServer.add(serviceName, host);
    return { host, port, withdraw: () => nameServer.remove(serviceName, host) };
  }

  /** Starts one more node, and names it at once, as a container engine does. Resolves when it is ready for requests. */
  async start(environment = {}) {
    const { folder, port } = this.#place;
    const number = this.all.length;
    const { host, withdraw } = this.name();
    const program = new ChildProgram({
      name: `app-${number + 1}`,
      folder,
      program: process.execPath,
      parameters: this.#program,
      environment: { ...this.environmentOf(number), HOST: host, PORT: String(port), ...environment },
    });
    const node = { number, host, url: `http://${host}:${port}`, program };
    this.all.push(node);
    void program.exited.then(withdraw);
    await program.ready(() => isUp(node.url));
    return node;
  }
}

/** The sources where they are, else what was compiled. */
function causewayProgram() {
  const source = join(projectRoot, "src", "cli", "causeway.ts");
  return existsSync(source)
    ? ["--import", import.meta.resolve("tsx"), source, "serve"]
    : [join(projectRoot, "dist", "src", "cli", "causeway.js"), "serve"];
}

async function isUp(url) {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}
