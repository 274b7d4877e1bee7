// A channel in a process of its own. Its only argument is JSON: the kind, the secret in hex, and settings. Prints its
// state as a line of JSON whenever it changes. Reads lines: "announce <position>", and "close", after which the process
// ends by itself if, and only if, the channel left nothing open.
import { createInterface } from "node:readline";
import type { ChannelKind } from "../../src/cluster/channel.js";
import type { ChannelSettings } from "../../src/cluster/channels/channel-settings.js";
import { createChannel } from "../../src/cluster/channels/create-channel.js";
import type { ChannelReport, ProcessArguments } from "./start-channel-process.js";

const { kind, name, secret, epoch, settings } = JSON.parse(process.argv[2] ?? "{}") as ProcessArguments & {
  readonly kind: ChannelKind;
  readonly settings: Pick<ChannelSettings, "identity" | "port">;
};
const quiet = (): void => {};
const channel = createChannel(kind, {
  ...settings,
  cluster: { name, secret: Buffer.from(secret, "hex") },
  logger: { info: quiet, warn: quiet, error: quiet },
});
const hints: number[] = [];
let printed = "";
const print = (): void => {
  const report: ChannelReport = { ...channel.state(), hints };
  const line = JSON.stringify(report);
  if (line !== printed) process.stdout.write(`${line}\n`);
  printed = line;
};
await channel.start({ hint: ({ position }) => hints.push(position), confirmed: () => {} });
const printing = setInterval(print, 20);
const lines = createInterface(process.stdin);
lines.on("line", (line) => {
  const [command, position] = line.split(" ");
  if (command === "announce") channel.announce({ epoch, position: Number(position) });
  if (command !== "close") return;
  clearInterval(printing);
  lines.close();
  process.stdin.destroy();
  void channel.close();
});
