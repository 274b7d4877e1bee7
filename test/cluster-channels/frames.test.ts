import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder, longestFrame } from "../../src/cluster/channels/frames.js";
import { type MeshMessage, readMeshMessage, writeMeshMessage } from "../../src/cluster/channels/mesh-message.js";
import { epoch, newInstanceId } from "./channel-under-test.js";

/** Cuts bytes into pieces of the given lengths, over and over. */
function pieces(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const end = at + (lengths[index % lengths.length] ?? 1);
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

const lengths = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 });

describe("the decoder of frames", () => {
  it("gives what was written, however the stream is cut", () => {
    const contents = fc.array(fc.string({ unit: "grapheme", maxLength: 400 }), { maxLength: 12 });
    fc.assert(
      fc.property(contents, lengths, (written, cut) => {
        const read: string[] = [];
        const decoder = new FrameDecoder();
        const stream = Buffer.concat(written.map((content) => encodeFrame(content)));
        for (const piece of pieces(stream, cut))
          expect(decoder.push(piece, (content) => read.push(content))).toBe(true);
        expect(read).toEqual(written);
      }),
    );
  });

  it("never throws on garbage, and understands nothing more once it has seen a length beyond the limit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9_000 }), lengths, (garbage, cut) => {
        const decoder = new FrameDecoder();
        let broken = false;
        for (const piece of pieces(Buffer.from(garbage), cut)) {
          let frames = 0;
          const understood = decoder.push(piece, (content) => {
            frames++;
            expect(Buffer.byteLength(content)).toBeLessThanOrEqual(3 * longestFrame);
            readMeshMessage(content);
          });
          if (broken) expect([understood, frames]).toEqual([false, 0]);
          broken = !understood;
        }
      }),
    );
  });

  it("takes the longest frame and refuses one byte more", () => {
    const read: number[] = [];
    const decoder = new FrameDecoder();
    expect(decoder.push(encodeFrame("x".repeat(longestFrame)), (content) => read.push(content.length))).toBe(true);
    expect(read).toEqual([longestFrame]);
    expect(() => encodeFrame("x".repeat(longestFrame + 1))).toThrow(RangeError);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(longestFrame + 1);
    expect(decoder.push(header, () => {})).toBe(false);
  });

  it("holds no part of the chunks it was given", () => {
    const decoder = new FrameDecoder();
    const chunk = encodeFrame("content");
    const read: string[] = [];
    decoder.push(chunk.subarray(0, 6), (content) => read.push(content));
    const rest = Buffer.from(chunk.subarray(6));
    chunk.fill(0);
    decoder.push(rest, (content) => read.push(content));
    expect(read).toEqual(["content"]);
  });
});

describe("the messages of the mesh", () => {
  const messages: readonly MeshMessage[] = [
    { kind: "hello", instanceId: newInstanceId(), version: "1.2.3", commit: "abc", cluster: "ä".repeat(50), port: 0 },
    { kind: "hint", number: 1, revision: { epoch, position: 0 } },
    { kind: "applied", number: 2, revision: { epoch, position: Number.MAX_SAFE_INTEGER } },
    { kind: "goodbye", reason: "duplicate" },
    { kind: "peers", peers: [{ instanceId: newInstanceId(), address: "", port: 7800 }] },
    { kind: "peers", peers: [{ instanceId: newInstanceId(), address: "fe80::1", port: 65_535 }] },
    { kind: "ping" },
    { kind: "pong" },
  ];

  it.each(messages.map((message) => [message.kind, message] as const))("survive the way: %s", (_kind, message) => {
    expect(readMeshMessage(writeMeshMessage(message))).toEqual(message);
  });

  it("with as many peers as allowed fit into a frame", () => {
    const address = "2001:0db8:85a3:0000:0000:8a2e:0370:7334";
    const peers = Array.from({ length: 25 }, () => ({ instanceId: newInstanceId(), address, port: 65_535 }));
    expect(readMeshMessage(writeMeshMessage({ kind: "peers", peers }))).toEqual({ kind: "peers", peers });
    expect(() => encodeFrame(writeMeshMessage({ kind: "peers", peers }))).not.toThrow();
  });

  it("are never made of other JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readMeshMessage(text)).toBeUndefined();
      }),
    );
  });

  it.each([
    '{"__proto__":{"kind":"ping"}}',
    '{"constructor":"ping"}',
    '{"kind":"constructor"}',
    '["ping"]',
    "null",
    '{"kind":"goodbye","reason":"toString"}',
  ])("are not made of %s", (text) => {
    expect(readMeshMessage(text)).toBeUndefined();
  });
});
