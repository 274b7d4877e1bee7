import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/**
 * A mark that tells a process from a later one with the same number: when it was started. Undefined when no such process
 * lives; a zombie counts as dead, because without an init process nobody may ever collect it.
 */
export function startMark(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = linuxStatus(pid);
    if (fields === undefined || fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readQuietly("/proc/sys/kernel/random/boot_id")?.trim()}/${fields[19]}`;
  }
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return line.startsWith("Z") || line === "" ? undefined : line.slice(line.indexOf(" ")).trim();
  } catch {
    return undefined;
  }
}

/** True when the process lives and is a `postgres` server on that data directory. */
export function isPostgresOn(pid: number, dataDirectory: string): boolean {
  if (startMark(pid) === undefined) return false;
  if (process.platform === "linux") {
    const command = readQuietly(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
    return /postgres$/.test(command[0] ?? "") && workingDirectory(pid) === dataDirectory;
  }
  try {
    const command = execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return command.includes("postgres") && command.includes(dataDirectory);
  } catch {
    return false;
  }
}

/** Fields of /proc/<pid>/stat from the third on; the second, the command's name, may hold blanks and brackets. */
function linuxStatus(pid: number): string[] | undefined {
  const text = readQuietly(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** A server changes into its data directory; that cannot be read of another user's process unless one is root. */
function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
