import { execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

/** A host of a test's network. */
export interface NetworkHost {
  /** Its address among the hosts: where the mesh is. */
  readonly meshAddress: string;
  /** Its address on the line to the test, which none of the other hosts has a way to. */
  readonly address: string;
  /** The test's end of that line. */
  readonly testAddress: string;
  /** What starts a program on this host. */
  readonly command: readonly string[];
  /** Pulls the cable to the other hosts; the line to the test stays. */
  unplug(): void;
  plugIn(): void;
}

function ip(...words: readonly string[]): void {
  execFileSync("ip", [...words], { stdio: "pipe" });
}

function removeNamespace(name: string): void {
  try {
    ip("netns", "del", name);
  } catch {
    // It was never made.
  }
}

/** Whether this process may make network namespaces, which takes root. */
export const namespacesWork: boolean = (() => {
  const trial = `cwtry${process.pid}`;
  try {
    ip("netns", "add", trial);
    ip("-n", trial, "link", "add", "br0", "type", "bridge");
    ip("-n", trial, "link", "add", "v0", "type", "veth", "peer", "name", "v1");
    return true;
  } catch {
    return false;
  } finally {
    removeNamespace(trial);
  }
})();

/** A number for whose addresses this machine has no interface; what runs at the same time draws from many. */
function freeSubnet(): number {
  const taken = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
  for (;;) {
    const subnet = randomInt(0, 256);
    if (!taken.some((address) => address.startsWith(`198.18.${subnet}.`))) return subnet;
  }
}

/**
 * Hosts on one network of their own, made of Linux network namespaces: each is plugged into a common bridge, and has a line
 * to the test beside it. Addresses are of the range for tests of networks (RFC 2544).
 */
export class HostNetwork implements Disposable {
  readonly #prefix = `cw${randomBytes(3).toString("hex")}`;
  readonly #subnet = freeSubnet();
  readonly #hub = `${this.#prefix}h`;
  readonly #namespaces: string[] = [];
  readonly #folders: string[] = [];

  constructor() {
    this.#addNamespace(this.#hub);
    ip("-n", this.#hub, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
    ip("-n", this.#hub, "link", "set", "br0", "up");
  }

  /** The address that the host with this number, counted from 0, has or will have among the hosts. */
  meshAddress(number: number): string {
    return `198.19.${this.#subnet}.${number + 1}`;
  }

  /** Adds the host with this number. With a name server the host asks it for every name. */
  addHost(number: number, { asksNameServer = false } = {}): NetworkHost {
    const [hub, namespace] = [this.#hub, `${this.#prefix}n${number}`];
    const [port, line] = [`v${number}`, `${this.#prefix}l${number}`];
    const lineAddress = (end: number): string => `198.18.${this.#subnet}.${number * 4 + end}`;
    const [testAddress, address] = [lineAddress(1), lineAddress(2)];
    this.#addNamespace(namespace);
    ip("-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", hub);
    ip("-n", hub, "link", "set", port, "master", "br0");
    ip("-n", hub, "link", "set", port, "up");
    ip("-n", namespace, "addr", "add", `${this.meshAddress(number)}/24`, "dev", "eth0");
    ip("-n", namespace, "link", "add", "eth1", "type", "veth", "peer", "name", line, "netns", String(process.pid));
    ip("addr", "add", `${testAddress}/30`, "dev", line);
    ip("link", "set", line, "up");
    ip("-n", namespace, "addr", "add", `${address}/30`, "dev", "eth1");
    for (const device of ["lo", "eth0", "eth1"]) ip("-n", namespace, "link", "set", device, "up");
    const inside = ["ip", "netns", "exec", namespace];
    return {
      meshAddress: this.meshAddress(number),
      address,
      testAddress,
      command: asksNameServer ? [...inside, ...this.#withNameServer(testAddress)] : inside,
      unplug: () => ip("-n", hub, "link", "set", port, "down"),
      plugIn: () => ip("-n", hub, "link", "set", port, "up"),
    };
  }

  [Symbol.dispose](): void {
    for (const namespace of this.#namespaces) removeNamespace(namespace);
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  #addNamespace(name: string): void {
    ip("netns", "add", name);
    this.#namespaces.push(name);
  }

  /** `ip netns exec` gives the program a view of the file system of its own, in which another resolv.conf is put. */
  #withNameServer(address: string): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), "causeway-resolv-"));
    this.#folders.push(folder);
    const file = join(folder, "resolv.conf");
    writeFileSync(file, `nameserver ${address}\noptions timeout:1 attempts:1\n`);
    return ["sh", "-c", `mount --bind ${file} /etc/resolv.conf && exec "$0" "$@"`];
  }
}
