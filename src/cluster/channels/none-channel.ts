import type { Channel, ChannelState } from "../channel.js";
import { ChannelCounters } from "./channel-counters.js";

/** Tells nobody anything: nodes find writes by looking into the log. */
export class NoneChannel implements Channel {
  readonly kind = "NONE";

  async start(): Promise<void> {}

  announce(): void {}

  confirm(): void {}

  state(): ChannelState {
    return new ChannelCounters().state(this.kind, false, []);
  }

  async close(): Promise<void> {}
}
