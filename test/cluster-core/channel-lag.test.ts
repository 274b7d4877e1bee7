import { describe, expect, it } from "vitest";
import { ChannelLag } from "../../src/cluster/channel-lag.js";

const at = (position: number, epoch = "epoch") => ({ epoch, position });

describe("the lag of a channel", () => {
  it("is what it has told of and the node has not applied", () => {
    const lag = new ChannelLag();
    expect(lag.positions(at(5))).toBe(0);
    lag.told(at(8));
    lag.told(at(7));
    expect([lag.positions(at(5)), lag.positions(at(8)), lag.positions(at(9))]).toEqual([3, 0, 0]);
  });

  it("does not count what a look that began afterwards has found not to be true", () => {
    const lag = new ChannelLag();
    lag.told(at(1000));
    lag.looked(lag.furthest, at(8));
    expect(lag.positions(at(8))).toBe(0);
    lag.told(at(9));
    expect(lag.positions(at(8))).toBe(1);
  });

  it("counts on what was told while a look was under way, and what a look has confirmed", () => {
    const lag = new ChannelLag();
    const before = lag.furthest;
    lag.told(at(9));
    lag.looked(before, at(8));
    lag.looked(lag.furthest, at(9));
    expect(lag.positions(at(7))).toBe(2);
  });

  it("begins anew with another epoch", () => {
    const lag = new ChannelLag();
    lag.told(at(9));
    lag.told(at(2, "renewed"));
    expect([lag.positions(at(1)), lag.positions(at(1, "renewed"))]).toEqual([0, 1]);
  });
});
