import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import type { HostResolver } from "../../src/cluster/channels/resolve-hosts.js";

const TYPE_A = 1;
const TYPE_SRV = 33;
const NO_SUCH_NAME = 3;
const SERVER_FAILED = 2;

/** A name server on loopback whose answers a test sets. */
export class DnsServer {
  readonly #socket: Socket = createSocket("udp4");
  /** Addresses by name. */
  readonly addresses = new Map<string, readonly string[]>();
  /** Targets of SRV names; the targets are names with addresses. */
  readonly services = new Map<string, readonly { readonly name: string; readonly port: number }[]>();
  failing = false;
  questions = 0;

  /** Listens on a free port of the loopback address, or where it is told to. */
  async start(address = "127.0.0.1", port = 0): Promise<void> {
    this.#socket.on("message", (question, from) => {
      this.questions++;
      this.#socket.send(this.#answer(question), from.port, from.address);
    });
    this.#socket.bind(port, address);
    await once(this.#socket, "listening");
  }

  /** A resolver that asks this server for everything. */
  resolver(): HostResolver {
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([`127.0.0.1:${this.#socket.address().port}`]);
    return {
      resolve4: (name) => resolver.resolve4(name),
      resolve6: (name) => resolver.resolve6(name),
      resolveSrv: (name) => resolver.resolveSrv(name),
      lookup: (name) => resolver.resolve4(name),
    };
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
      labels.push(question.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = question.readUInt16BE(at + 1);
    const name = labels.join(".").toLowerCase();
    const records = type === TYPE_A ? this.#addressRecords(name) : type === TYPE_SRV ? this.#serviceRecords(name) : [];
    const known = this.addresses.has(name) || this.services.has(name);
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (this.failing ? SERVER_FAILED : known ? 0 : NO_SUCH_NAME), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(this.failing ? 0 : records.length, 6);
    return Buffer.concat([header, question.subarray(12, at + 5), ...(this.failing ? [] : records)]);
  }

  #addressRecords(name: string): readonly Buffer[] {
    return (this.addresses.get(name) ?? []).map((address) =>
      record(TYPE_A, Buffer.from(address.split(".").map(Number))),
    );
  }

  #serviceRecords(name: string): readonly Buffer[] {
    return (this.services.get(name) ?? []).map(({ name: target, port }) => {
      const fixed = Buffer.alloc(6);
      fixed.writeUInt16BE(port, 4);
      const labels = target
        .split(".")
        .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, "latin1"));
      return record(TYPE_SRV, Buffer.concat([fixed, ...labels, Buffer.alloc(1)]));
    });
  }
}

/** A record that points to the name in the question. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
