import { beforeEach, describe, expect, it } from "vitest";
import { WriteAcknowledgement } from "../../src/cluster/write-acknowledgement.js";
import type { StoredMember } from "../../src/store/member-repository.js";
import type { Revision } from "../../src/store/stored.js";
import { SimulatedClock } from "./simulated-clock.js";

const epoch = "epoch";
const at = (position: number): Revision => ({ epoch, position });

let clock: SimulatedClock;
let members: Map<string, { applied: Revision | undefined; seenAt: number }>;
let gone: boolean;
let readings: number;

beforeEach(() => {
  clock = new SimulatedClock();
  members = new Map();
  gone = false;
  readings = 0;
  says("self", at(0));
});

function says(instanceId: string, applied: Revision | undefined): void {
  members.set(instanceId, { applied, seenAt: clock.now().monotonic });
}

/** A node that follows the log and has not heard of the write. */
function keepsSaying(instanceId: string, applied: Revision): void {
  says(instanceId, applied);
  clock.after(400, () => keepsSaying(instanceId, applied));
}

function acknowledgement(writeWaitMilliseconds = 1000): WriteAcknowledgement {
  return new WriteAcknowledgement({
    instanceId: "self",
    clock,
    writeWaitMilliseconds,
    listMembers: async (): Promise<StoredMember[]> => {
      readings++;
      if (gone) throw new Error("connection refused");
      return [...members].map(([instanceId, { applied, seenAt }]) => ({
        instanceId,
        version: "0.1.0",
        commit: "abc",
        maxStalenessMilliseconds: 1000,
        applied,
        seenMillisecondsAgo: clock.now().monotonic - seenAt,
      }));
    },
  });
}

/** How long the write waited. */
async function waits(writing: WriteAcknowledgement, revision: Revision): Promise<number> {
  const from = clock.now().monotonic;
  await clock.until(writing.wait(revision));
  return clock.now().monotonic - from;
}

describe("a write is acknowledged", () => {
  it("at once when nobody else is there", async () => {
    expect(await waits(acknowledgement(), at(1))).toBeLessThan(5);
  });

  it("at once when everybody has it already", async () => {
    says("other", at(1));
    says("third", at(7));
    expect(await waits(acknowledgement(), at(1))).toBeLessThan(5);
  });

  it("when the last of the others has said in the table that it has it", async () => {
    says("other", at(0));
    says("third", at(0));
    clock.after(100, () => says("other", at(1)));
    clock.after(300, () => says("third", at(1)));
    const waited = await waits(acknowledgement(), at(1));
    expect(waited).toBeGreaterThanOrEqual(300);
    expect(waited).toBeLessThan(360);
  });

  it("when it has said so through the channel", async () => {
    says("other", at(0));
    const writing = acknowledgement();
    clock.after(8, () => writing.confirmed("other", at(1)));
    expect(await waits(writing, at(1))).toBeLessThan(12);
  });

  it("not when it has said so for another epoch", async () => {
    keepsSaying("other", { epoch: "older", position: 99 });
    expect(await waits(acknowledgement(5_000), at(1))).toBeGreaterThan(900);
  });

  it("not before a member that is only just starting has it", async () => {
    says("starting", undefined);
    clock.after(200, () => says("starting", at(1)));
    expect(await waits(acknowledgement(), at(1))).toBeGreaterThanOrEqual(200);
  });

  it("without a member whose bound had run out before the write", async () => {
    says("killed", at(0));
    clock.stop(1_001);
    expect(await waits(acknowledgement(), at(1))).toBeLessThan(5);
  });

  it("when the bound of a silent member runs out", async () => {
    says("stopped", at(0));
    clock.stop(400);
    const waited = await waits(acknowledgement(5_000), at(1));
    expect(waited).toBeGreaterThanOrEqual(600);
    expect(waited).toBeLessThan(660);
  });

  it("when its bound has passed since the write, though the member goes on reporting what is older", async () => {
    keepsSaying("other", at(0));
    const waited = await waits(acknowledgement(5_000), at(1));
    expect(waited).toBeGreaterThanOrEqual(1_000);
    expect(waited).toBeLessThan(1_060);
  });

  it("when its time is over, also without the database", async () => {
    gone = true;
    expect(await waits(acknowledgement(700), at(1))).toBeLessThanOrEqual(702);
  });

  it("at once, and without any reading, when waiting is switched off", async () => {
    says("other", at(0));
    expect(await waits(acknowledgement(0), at(1))).toBeLessThan(2);
    expect(readings).toBe(0);
  });

  it("together with others, by the same readings", async () => {
    says("other", at(0));
    clock.after(200, () => says("other", at(50)));
    const writing = acknowledgement();
    await clock.until(Promise.all(Array.from({ length: 50 }, (_, index) => writing.wait(at(index + 1)))));
    expect(readings).toBeLessThan(15);
  });
});
