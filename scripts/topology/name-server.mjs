import { createSocket } from "node:dgram";

const typeA = 1;
const classInternet = 1;
const noSuchName = 3;
/** Seconds, as Docker's name server gives them: whoever wants to know sooner must ask sooner. */
const timeToLive = 600;

/**
 * Stands in for the name server of a container engine (RFC 1035, A records over UDP): it knows for each name the addresses
 * of the containers that run now, and names them in random order.
 */
export class NameServer {
  #socket = createSocket("udp4");
  #addresses = new Map();

  /** Listens on a free port of 127.0.0.1 and gives it. */
  async start() {
    this.#socket.on("message", (question, from) => {
      const answer = this.#answer(question);
      if (answer !== undefined) this.#socket.send(answer, from.port, from.address);
    });
    await new Promise((resolve, reject) => {
      this.#socket.once("error", reject);
      this.#socket.bind(0, "127.0.0.1", resolve);
    });
    return this.#socket.address().port;
  }

  add(name, address) {
    this.#addresses.set(name, [...(this.#addresses.get(name) ?? []), address]);
  }

  remove(name, address) {
    this.#addresses.set(
      name,
      (this.#addresses.get(name) ?? []).filter((known) => known !== address),
    );
  }

  close() {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(message) {
    const asked = readQuestion(message);
    if (asked === undefined) return undefined;
    const known = this.#addresses.get(asked.name);
    const wanted = asked.type === typeA && asked.class === classInternet ? (known ?? []) : [];
    const records = shuffled(wanted).map((address) => {
      const record = Buffer.alloc(16);
      // The name of the record is the one of the question, which begins after the twelve bytes of the header.
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(typeA, 2);
      record.writeUInt16BE(classInternet, 4);
      record.writeUInt32BE(timeToLive, 6);
      record.writeUInt16BE(4, 10);
      record.set(address.split(".").map(Number), 12);
      return record;
    });
    const header = Buffer.alloc(12);
    header.writeUInt16BE(message.readUInt16BE(0), 0);
    // A response, recursion desired as it was asked, recursion available.
    header.writeUInt16BE(0x8080 | (message.readUInt16BE(2) & 0x0100) | (known === undefined ? noSuchName : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, message.subarray(12, asked.end), ...records]);
  }
}

/** The first question of a message; undefined when it is none. */
function readQuestion(message) {
  if (message.length < 17 || message.readUInt16BE(4) !== 1) return undefined;
  const labels = [];
  let at = 12;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63 || at + 1 + length >= message.length) return undefined;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > message.length) return undefined;
  const name = labels.join(".").toLowerCase();
  return { name, type: message.readUInt16BE(at + 1), class: message.readUInt16BE(at + 3), end: at + 5 };
}

function shuffled(list) {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
