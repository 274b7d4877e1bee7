import { type ChannelKind, channelKinds } from "../../../src/cluster/channel.js";
import { haveRedis } from "../../support/redis-server.js";
import { isLong } from "./test-length.js";

/** At full length every channel that this machine can have, else the one that is named. */
export function channelsTested(short: ChannelKind): readonly ChannelKind[] {
  return isLong ? channelKinds.filter((kind) => kind !== "REDIS" || haveRedis) : [short];
}
