import { execFileSync } from "node:child_process";
import type { Account, SearchCapability } from "./server-account.js";

/** A program with what has to be given to it, and to `spawn`, to run it as an account. */
export interface AccountCommand {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

/** An account that can enter a directory, or the reason why there is no way in. */
export type Entrance = { readonly account: Account } | { readonly refusal: string };

/** The one that only reads comes first. Containers often have no other than the second. */
const SEARCH_CAPABILITIES: readonly SearchCapability[] = ["dac_read_search", "dac_override"];
const TRIAL_MILLISECONDS = 10_000;

/**
 * How a program is run as the account (undefined: that of this process). An account with a capability keeps that one and
 * no other over the change, which the operating system's own change of user does not offer: `setpriv` of util-linux does.
 */
export function commandAs(
  account: Account | undefined,
  program: string,
  parameters: readonly string[],
): AccountCommand {
  if (account === undefined) return { program, parameters, identity: {} };
  const { uid, gid, capability } = account;
  if (capability === undefined) return { program, parameters, identity: { uid, gid } };
  const only = `-all,+${capability}`;
  const change = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--no-new-privs",
    // Without it access(2), which Postgres asks about its programs, leaves the capabilities of all but root aside.
    "--securebits=+no_setuid_fixup",
    `--inh-caps=${only}`,
    `--ambient-caps=${only}`,
    `--bounding-set=${only}`,
  ];
  return { program: "setpriv", parameters: [...change, "--", program, ...parameters], identity: {} };
}

/**
 * The account with the capability to enter the directory although permissions on the way deny it that: so nobody has to
 * open a private folder such as /root to the world. Whether it works is tried out, because it depends on the kernel, the
 * file system and, in a container, on what root was left with.
 */
export function entrance(directory: string, account: Account): Entrance {
  for (const capability of SEARCH_CAPABILITIES) {
    const able = { ...account, capability };
    const { program, parameters } = commandAs(able, "test", ["-x", directory]);
    try {
      execFileSync(program, parameters, { stdio: "ignore", timeout: TRIAL_MILLISECONDS });
      return { account: able };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") {
        return { refusal: "the program setpriv (package util-linux), which could let it in, is not installed" };
      }
    }
  }
  return { refusal: "setpriv is not permitted to let it in" };
}
