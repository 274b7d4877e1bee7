import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ChannelKind, ChannelState, ClusterIdentity } from "../../src/cluster/channel.js";
import type { ChannelSettings } from "../../src/cluster/channels/channel-settings.js";
import { epoch, newInstanceId, quickTiming } from "./channel-under-test.js";

/** What the process is told at its start. */
export interface ProcessArguments {
  readonly name: string;
  readonly secret: string;
  readonly epoch: string;
}

/** What the process prints: the state of its channel, and the positions of the hints it got. */
export interface ChannelReport extends ChannelState {
  readonly hints: readonly number[];
}

export interface ChannelProcess {
  readonly instanceId: string;
  readonly child: ChildProcessWithoutNullStreams;
  /** The last report; undefined before the first. */
  report(): ChannelReport | undefined;
  tell(line: string): void;
  /** Waits until the process has ended, and gives its exit code. */
  ended(): Promise<number | null>;
}

/** Starts a channel in a process of its own, with a command before it (`ip netns exec ...`) where one is given. */
export function startChannelProcess(
  kind: ChannelKind,
  cluster: ClusterIdentity,
  settings: Partial<ChannelSettings>,
  before: readonly string[] = [],
): ChannelProcess {
  const instanceId = newInstanceId();
  const told = {
    kind,
    name: cluster.name,
    secret: Buffer.from(cluster.secret).toString("hex"),
    epoch,
    settings: { identity: { instanceId, version: "1.2.3", commit: "" }, port: 0, timing: quickTiming, ...settings },
  };
  const program = fileURLToPath(new URL("./channel-process.ts", import.meta.url));
  const [command = process.execPath, ...rest] = [...before, process.execPath, "--import", "tsx", program];
  const child = spawn(command, [...rest, JSON.stringify(told)]);
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  let report: ChannelReport | undefined;
  createInterface(child.stdout).on("line", (line) => {
    report = JSON.parse(line) as ChannelReport;
  });
  const exited = once(child, "exit").then(([code]) => {
    if (code !== 0 && complaints !== "") throw new Error(complaints);
    return code as number | null;
  });
  exited.catch(() => {});
  return {
    instanceId,
    child,
    report: () => report,
    tell: (line) => child.stdin.write(`${line}\n`),
    ended: () => exited,
  };
}
