import { lookup as lookupName, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { errorCode } from "./channel-counters.js";
import type { PeerAddress } from "./discovery.js";

/** The questions asked of the DNS. */
export interface HostResolver {
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
  resolveSrv(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>;
  /** As the operating system finds names, with its hosts file and search domains. */
  lookup(name: string): Promise<readonly string[]>;
}

const ASK_MILLISECONDS = 1_000;
const ASK_TRIES = 2;

/** The system's resolver, made anew for every round: its servers may have changed. */
export function systemResolver(): HostResolver {
  const resolver = new Resolver({ timeout: ASK_MILLISECONDS, tries: ASK_TRIES });
  return {
    resolve4: (name) => resolver.resolve4(name),
    resolve6: (name) => resolver.resolve6(name),
    resolveSrv: (name) => resolver.resolveSrv(name),
    lookup: async (name) => (await lookupName(name, { all: true })).map(({ address }) => address),
  };
}

/** All addresses of a host as the operating system finds them. Throws the system's error. */
export async function lookupHost(resolver: HostResolver, host: string, port: number): Promise<readonly PeerAddress[]> {
  const addresses = isIP(host) === 0 ? await resolver.lookup(host) : [host];
  return addresses.map((address) => ({ address, port }));
}

/**
 * All addresses of a DNS name: of an SRV name (it begins with `_`) the targets with their ports, of any other its A and
 * AAAA records, and where there are none what the operating system finds (short names need its search domains). Throws
 * the last error when nothing answers.
 */
export async function resolveName(resolver: HostResolver, name: string, port: number): Promise<readonly PeerAddress[]> {
  if (name.startsWith("_")) {
    const targets = await resolver.resolveSrv(name);
    const found = await Promise.allSettled(targets.map((target) => lookupHost(resolver, target.name, target.port)));
    return settledAddresses(found);
  }
  const records = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = records.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  return addresses.length > 0 ? addresses.map((address) => ({ address, port })) : lookupHost(resolver, name, port);
}

/** What was found; throws the first error when nothing was and something failed. */
export function settledAddresses(
  answers: readonly PromiseSettledResult<readonly PeerAddress[]>[],
): readonly PeerAddress[] {
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const failed = answers.find((answer) => answer.status === "rejected");
  if (addresses.length === 0 && failed !== undefined) throw failed.reason;
  return addresses;
}

/** Whether the DNS has answered that there is no such name, in contrast to not having answered. */
export function isNoSuchName(error: unknown): boolean {
  return ["ENOTFOUND", "ENODATA"].includes(errorCode(error));
}
