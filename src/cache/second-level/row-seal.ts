import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import { inSlices } from "../../event-loop/slices.js";
import { readDataGraph, writeDataGraph } from "./data-graph.js";

const MAC_BYTES = 32;
/** What a row may grow to when it is unpacked; the parsed tree of a 3 MB template has 0.8 MB. */
const UNPACKED_BYTES = 64 * 1024 * 1024;
const LABEL = "causeway second-level cache row v1";

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/**
 * Turns rows into sealed values and back. Whoever can write to the Redis server must not be able to change a mapping, so a
 * value carries an HMAC-SHA-256 over its hash and its packed text, under a key made from the secret of the cluster for this
 * purpose alone. The hash is part of it, so that a sealed value is no good under another one.
 */
export class RowSeal {
  readonly #key: Buffer;

  constructor(cluster: { readonly name: string; readonly secret: Uint8Array }) {
    this.#key = Buffer.from(hkdfSync("sha256", cluster.secret, cluster.name, LABEL, MAC_BYTES));
  }

  /** Throws a TypeError for a row that is no plain data. Packing runs beside the event loop. */
  async seal(hash: string, row: object): Promise<Buffer> {
    const packed = await pack(Buffer.from(await inSlices(writeDataGraph(row)), "utf8"), { level: 3 });
    return Buffer.concat([this.#mac(hash, packed), packed]);
  }

  /** The row, or undefined when the value was not sealed with this secret for this hash, or is damaged. */
  async open(hash: string, value: Buffer): Promise<object | undefined> {
    if (value.length <= MAC_BYTES) return undefined;
    const packed = value.subarray(MAC_BYTES);
    if (!timingSafeEqual(value.subarray(0, MAC_BYTES), this.#mac(hash, packed))) return undefined;
    try {
      const text = (await unpack(packed, { maxOutputLength: UNPACKED_BYTES })).toString("utf8");
      return await inSlices(readDataGraph(text));
    } catch {
      return undefined;
    }
  }

  #mac(hash: string, packed: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(`${hash.length}:${hash}`).update(packed).digest();
  }
}
