import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnnouncementCodec } from "../../src/cluster/channels/announcement.js";
import { newCluster, newInstanceId } from "./channel-under-test.js";

const cluster = newCluster("hospital");
const announcement = { instanceId: newInstanceId(), address: "10.1.2.3", port: 7801 };
const AGE = 30_000;

function codec(clock: () => number = () => 1_000_000, of = cluster): AnnouncementCodec {
  return new AnnouncementCodec(of, AGE, clock);
}

describe("an announcement", () => {
  it("is believed when it comes from where it says", () => {
    expect(codec().read(codec().write(announcement), "10.1.2.3")).toEqual({ what: "announcement", announcement });
  });

  it("is believed once", () => {
    const reader = codec();
    const datagram = codec().write(announcement);
    reader.read(datagram, "10.1.2.3");
    expect(reader.read(datagram, "10.1.2.3")).toEqual({ what: "copy" });
  });

  it("is not believed from another address", () => {
    expect(codec().read(codec().write(announcement), "10.1.2.4")).toEqual({ what: "copy" });
  });

  it.each([AGE + 1, -AGE - 1])("is old when its time differs by %i milliseconds", (difference) => {
    const datagram = codec(() => 1_000_000).write(announcement);
    expect(codec(() => 1_000_000 + difference).read(datagram, "10.1.2.3")).toEqual({
      what: "old",
      ageMilliseconds: difference,
    });
  });

  it("is never believed a second time, whenever the recording is played", () => {
    fc.assert(
      fc.property(fc.integer({ min: -AGE, max: AGE }), fc.array(fc.nat(10_000), { maxLength: 20 }), (skew, waits) => {
        let now = 1_000_000;
        const reader = codec(() => now);
        const datagram = codec(() => 1_000_000 + skew).write(announcement);
        expect(reader.read(datagram, "10.1.2.3").what).toBe("announcement");
        for (const wait of waits) {
          now += wait;
          // Others announce themselves meanwhile, so that old nonces are thrown away.
          reader.read(codec(() => now).write({ ...announcement, instanceId: newInstanceId() }), "10.1.2.3");
          expect(reader.read(datagram, "10.1.2.3").what).not.toBe("announcement");
        }
      }),
    );
  });

  it("of a cluster with the same name and another secret is forged", () => {
    const foreign = codec(undefined, newCluster("hospital"));
    expect(codec().read(foreign.write(announcement), "10.1.2.3")).toEqual({ what: "forged" });
  });

  it("of another cluster names it", () => {
    const foreign = codec(undefined, newCluster("clinic"));
    expect(codec().read(foreign.write(announcement), "10.1.2.3")).toEqual({ what: "other-cluster", cluster: "clinic" });
  });

  it("is not believed with any bit changed", () => {
    const datagram = codec().write(announcement);
    fc.assert(
      fc.property(fc.nat(datagram.length * 8 - 1), (bit) => {
        const changed = Buffer.from(datagram);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(codec().read(changed, "10.1.2.3").what).not.toBe("announcement");
      }),
    );
  });

  it("is not made of garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (garbage) => {
        expect(codec().read(garbage, "10.1.2.3")).toEqual({ what: "garbage" });
      }),
    );
  });

  it("is refused rather than a nonce forgotten when there are too many", () => {
    const reader = codec();
    const writer = codec();
    const first = writer.write(announcement);
    reader.read(first, "10.1.2.3");
    const answers = new Set<string>();
    for (let count = 0; count < 8_192; count++) answers.add(reader.read(writer.write(announcement), "10.1.2.3").what);
    expect(answers).toEqual(new Set(["announcement", "too-many"]));
    expect(reader.read(first, "10.1.2.3")).toEqual({ what: "copy" });
  });
});
