import { isIPv6 } from "node:net";

export interface InitialHost {
  readonly host: string;
  /** Absent: the port that all nodes are set to. */
  readonly port?: number;
}

const MOST_HOSTS = 256;

/**
 * Reads CLUSTER_INITIAL_HOSTS: entries with commas between, each `host[port]`, `host:port`, `[address]:port` or only a
 * host. Gives the hosts, and for every entry that is none of these a sentence that names it. Never throws.
 */
export function parseInitialHosts(text: string): {
  readonly hosts: readonly InitialHost[];
  readonly errors: readonly string[];
} {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const hosts: InitialHost[] = [];
  const errors: string[] = [];
  for (const entry of entries.slice(0, MOST_HOSTS)) {
    const host = readEntry(entry);
    if (typeof host === "string") errors.push(host);
    else hosts.push(host);
  }
  if (entries.length > MOST_HOSTS) errors.push(`There are ${entries.length} hosts; at most ${MOST_HOSTS} are allowed.`);
  if (entries.length === 0) errors.push("No host is named.");
  return { hosts, errors };
}

function readEntry(entry: string): InitialHost | string {
  const shownEntry = JSON.stringify(entry.length > 80 ? `${entry.slice(0, 80)}…` : entry);
  const [host, port] = splitPort(entry);
  if (host === "" || host.length > 253 || !(isIPv6(host) || /^[\p{L}\p{N}._-]+$/u.test(host))) {
    return `${shownEntry} is not a host; write host[port], host:port or host.`;
  }
  if (port === undefined) return { host };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) return `${shownEntry} has no valid port (1 to 65535).`;
  return { host, port: number };
}

/** Host and port of an entry, whatever they look like. */
function splitPort(entry: string): [string, string | undefined] {
  if (entry.startsWith("[")) {
    const end = entry.indexOf("]");
    const rest = entry.slice(end + 1);
    if (!isIPv6(entry.slice(1, Math.max(1, end))) || (rest !== "" && !rest.startsWith(":"))) return ["", undefined];
    return [entry.slice(1, end), rest === "" ? undefined : rest.slice(1)];
  }
  if (entry.endsWith("]")) {
    const begin = entry.indexOf("[");
    return begin === -1 ? ["", undefined] : [entry.slice(0, begin), entry.slice(begin + 1, -1)];
  }
  const colon = entry.lastIndexOf(":");
  return colon === -1 || isIPv6(entry) ? [entry, undefined] : [entry.slice(0, colon), entry.slice(colon + 1)];
}
