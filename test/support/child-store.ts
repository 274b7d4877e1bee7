import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a process of test/store/open-store-process.ts said: that its store is open, or why not. */
export type ChildAnswer = { readonly ready: true } | { readonly failure: string };

/** Starts a process that opens the store and gives it with its first answer. */
export async function forkStore(
  dataDirectory: string,
  url?: string,
): Promise<{ readonly child: ChildProcess; readonly answer: ChildAnswer }> {
  const program = fileURLToPath(new URL("../store/open-store-process.ts", import.meta.url));
  const child = fork(program, url === undefined ? [dataDirectory] : [dataDirectory, url], {
    execArgv: ["--import", "tsx"],
  });
  const [answer] = (await once(child, "message")) as [ChildAnswer];
  return { child, answer };
}

/** Ends a child and waits until it is gone: after closing its store, with `process.exit` at once, or killed. */
export async function endChild(child: ChildProcess, how: "politely" | "abruptly" | "SIGKILL"): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  if (how === "SIGKILL") child.kill(how);
  else child.send(how);
  await gone;
}
