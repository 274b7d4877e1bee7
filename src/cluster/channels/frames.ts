/** A frame is the length of its content in four bytes, the highest first, and the content. */
const HEADER_BYTES = 4;

/** The longest content of a frame; everything nodes say to each other is far shorter. */
export const longestFrame = 4_096;

/** Writes one frame. Throws a RangeError when the content is longer than {@link longestFrame}. */
export function encodeFrame(content: string): Buffer {
  const length = Buffer.byteLength(content);
  if (length > longestFrame) throw new RangeError(`A frame of ${length} bytes is longer than ${longestFrame}.`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length);
  frame.write(content, HEADER_BYTES);
  return frame;
}

/**
 * Cuts a stream into frames, however it arrives. Keeps at most one unfinished frame, in a buffer of its own (never a
 * part of the chunk, which would hold all of that in memory).
 */
export class FrameDecoder {
  readonly #unfinished = Buffer.allocUnsafe(HEADER_BYTES + longestFrame);
  #filled = 0;
  #broken = false;

  /**
   * Takes the next bytes and calls `frame` with the content of each frame they complete. False when a length is beyond
   * the limit: from there on nothing of the stream can be understood, and everything that follows is ignored.
   */
  push(chunk: Uint8Array, frame: (content: string) => void): boolean {
    let at = 0;
    while (!this.#broken && at < chunk.length) {
      const wanted = this.#filled < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + this.#unfinished.readUInt32BE();
      const taken = Math.min(wanted - this.#filled, chunk.length - at);
      this.#unfinished.set(chunk.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#filled += taken;
      this.#finish(frame);
    }
    return !this.#broken;
  }

  #finish(frame: (content: string) => void): void {
    if (this.#filled < HEADER_BYTES) return;
    const length = this.#unfinished.readUInt32BE();
    if (length > longestFrame) this.#broken = true;
    else if (this.#filled === HEADER_BYTES + length) {
      this.#filled = 0;
      frame(this.#unfinished.toString("utf8", HEADER_BYTES, HEADER_BYTES + length));
    }
  }
}
