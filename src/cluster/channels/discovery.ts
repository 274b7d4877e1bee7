import { isIP } from "node:net";

/** Where a node may listen. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
  /** Known in advance when the node announced itself. */
  readonly instanceId?: string;
}

/** A way to find the other nodes of a cluster. */
export interface Discovery {
  /**
   * Begins to search; `found` is called again and again with what is there now. `ownPort` gives the port to announce,
   * or undefined while the mesh does not listen. Resolves when searching; what cannot work now is tried again.
   */
  start(found: (addresses: readonly PeerAddress[]) => void, ownPort: () => number | undefined): Promise<void>;
  /** Why it finds nobody at the moment, when it knows. */
  failure(): string | undefined;
  /** Searches faster for a while, after a peer was found or lost. */
  hurry(): void;
  close(): Promise<void>;
}

/** An IPv4 address that came in IPv6 clothes as what it is, so that one node has one address. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped !== undefined && isIP(mapped) === 4 ? mapped : address;
}

/** Whether an address names the host that uses it, whichever that is. */
export function isLoopback(address: string): boolean {
  return address === "::1" || plainAddress(address).startsWith("127.");
}
