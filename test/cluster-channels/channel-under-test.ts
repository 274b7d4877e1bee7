import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { vi } from "vitest";
import type { Channel, ChannelKind, ChannelState, ClusterIdentity } from "../../src/cluster/channel.js";
import type { ChannelSettings, ChannelTiming } from "../../src/cluster/channels/channel-settings.js";
import { createChannel } from "../../src/cluster/channels/create-channel.js";
import type { Revision } from "../../src/store/stored.js";

/** A line of the log with its level. */
export interface LoggedLine {
  readonly level: "info" | "warn" | "error";
  readonly fields: object;
  readonly message: string;
}

/** A channel with everything that it told its node and its log. */
export interface ChannelUnderTest {
  readonly channel: Channel;
  readonly instanceId: string;
  readonly hints: Revision[];
  readonly confirmations: { readonly instanceId: string; readonly applied: Revision }[];
  readonly log: LoggedLine[];
  missed(): number;
  state(): ChannelState;
  says(part: string): boolean;
}

/** Everything a hundredth to a tenth as long as in operation. */
export const quickTiming: Partial<ChannelTiming> = {
  resolve: 100,
  probe: 50,
  handshake: 1_000,
  courtesy: 20,
  reconnectMinimum: 10,
  reconnectMaximum: 100,
  announceFirst: 20,
  announceLast: 100,
  lonely: 200,
  selfTest: 500,
  heartbeat: 100,
  heartbeatAnswer: 1_000,
};

export const epoch = "0d4be9d5-5e3c-4c44-a0f5-1f2f5e0f7b11";

/** A cluster with a secret of its own. */
export function newCluster(name = `cluster ${randomBytes(4).toString("hex")}`): ClusterIdentity {
  return { name, secret: randomBytes(32) };
}

export function newInstanceId(): string {
  return randomBytes(16).toString("hex");
}

const opened: Channel[] = [];

/** Makes a channel on loopback, not started. */
export function makeChannel(kind: ChannelKind, settings: Partial<ChannelSettings> = {}): ChannelUnderTest {
  const log: LoggedLine[] = [];
  const say =
    (level: LoggedLine["level"]) =>
    (fields: object, message: string): void => {
      log.push({ level, fields, message });
    };
  const instanceId = settings.identity?.instanceId ?? newInstanceId();
  const channel = createChannel(kind, {
    identity: { instanceId, version: "1.2.3", commit: "abcdef0" },
    cluster: newCluster(),
    logger: { info: say("info"), warn: say("warn"), error: say("error") },
    port: 0,
    bindAddress: "127.0.0.1",
    ...settings,
    timing: { ...quickTiming, ...settings.timing },
  });
  opened.push(channel);
  return {
    channel,
    instanceId,
    hints: [],
    confirmations: [],
    log,
    missed: () => 0,
    state: () => channel.state(),
    says: (part) => log.some(({ message }) => message.includes(part)),
  };
}

/** Makes a channel and starts it. */
export async function startChannel(
  kind: ChannelKind,
  settings: Partial<ChannelSettings> = {},
): Promise<ChannelUnderTest> {
  const made = makeChannel(kind, settings);
  let missed = 0;
  await made.channel.start({
    hint: (revision) => made.hints.push(revision),
    confirmed: (instanceId, applied) => made.confirmations.push({ instanceId, applied }),
    missed: () => {
      missed++;
    },
  });
  return { ...made, missed: () => missed };
}

/** Closes every channel that was made; for `afterEach`. */
export async function closeChannels(): Promise<void> {
  await Promise.all(opened.splice(0).map((channel) => channel.close()));
}

/** Waits until a condition holds; fails with `what` when it never does. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`never happened: ${what}`);
    },
    { timeout: 20_000, interval: 10 },
  );
}

/** A run of TCP ports on loopback of which the first one was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** Waits until these channels are connected each with each, by one connection a pair. */
export async function untilMeshed(...nodes: readonly ChannelUnderTest[]): Promise<void> {
  await until("all are connected", () =>
    nodes.every((node) => {
      const others = nodes.filter((other) => other !== node).map((other) => other.instanceId);
      return JSON.stringify(node.state().peers) === JSON.stringify(others.sort());
    }),
  );
}
