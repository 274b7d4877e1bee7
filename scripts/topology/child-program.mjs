import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "./programs.mjs";

const askAgainMilliseconds = 20;
const readyMilliseconds = 60_000;
const stopMilliseconds = 15_000;

/** A program of the topology: started, watched, and ended for sure. Its output goes to `<folder>/<name>.log`. */
export class ChildProgram {
  #child;
  #stopSignal;

  /**
   * @param stopSignal with which the program ends soon and in order; it also gets it when this process dies, whatever
   *   kills it, where `setpriv` (util-linux) is there to ask the kernel for that.
   */
  constructor({ name, folder, program, parameters, environment = {}, account = {}, stopSignal = "SIGTERM" }) {
    this.name = name;
    this.logFile = join(folder, `${name}.log`);
    this.#stopSignal = stopSignal;
    const setpriv = findProgram("setpriv");
    const command = [program, ...parameters];
    const whole =
      setpriv === undefined ? command : [setpriv, ...withDeathSignal(stopSignal, account), "--", ...command];
    const log = openSync(this.logFile, "a");
    this.#child = spawn(whole[0], whole.slice(1), {
      cwd: folder,
      env: { PATH: process.env.PATH, LANG: "C.UTF-8", ...environment },
      // A group of its own: Ctrl-C is for this process, which ends the others in order.
      detached: true,
      stdio: ["ignore", log, log],
      ...(setpriv === undefined ? account : {}),
    });
    closeSync(log);
    /** Resolves when the program has ended, with its exit code or the signal that ended it. */
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("exit", (code, signal) => resolve(signal ?? code));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  get running() {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal, SIGSTOP and SIGKILL included. */
  signal(signal) {
    this.#child.kill(signal);
  }

  /** Ends the program with a signal, and the hard way when it does not obey; resolves when it is gone. */
  async stop(signal = this.#stopSignal) {
    if (!this.running) return;
    this.signal(signal);
    // A program that was stopped hears nothing until it goes on.
    this.signal("SIGCONT");
    const hard = setTimeout(() => this.signal("SIGKILL"), stopMilliseconds);
    await this.exited;
    clearTimeout(hard);
  }

  /** Waits until `isReady` gives true. Throws with the end of the program's log when it ends before. */
  async ready(isReady) {
    const until = performance.now() + readyMilliseconds;
    while (!(await isReady())) {
      if (!this.running || performance.now() > until) {
        const why = this.running ? "is not ready after a minute" : `ended with ${await this.exited}`;
        throw new Error(`${this.name} ${why}:\n${readFileSync(this.logFile, "utf8").slice(-2000)}`);
      }
      await sleep(askAgainMilliseconds);
    }
  }
}

/** Setpriv changes the account before it asks for the signal: the kernel forgets the wish at a change of account. */
function withDeathSignal(signal, { uid, gid }) {
  const account = uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  return [...account, `--pdeathsig=${signal}`];
}

/** Whether somebody listens there. */
export function listens(port, host = "127.0.0.1") {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
