import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";

/** What a file in a bootstrap directory is, by its name; a mapping's own type is decided by what stands in it. */
export type BootstrapFileKind = "template" | "mapping" | "other";

export interface BootstrapFile {
  readonly path: string;
  /** The path below its directory, with `/`: the same on every machine, and different for every file of a bootstrap. */
  readonly ledgerPath: string;
  readonly kind: BootstrapFileKind;
}

/**
 * The files of all bootstrap directories, and whether all could be read; `warn` is told which could not. Where two
 * directories have a file of the same path, the name of the later directory goes before its path.
 */
export async function listBootstrapDirectories(
  directories: readonly string[],
  recursively: boolean,
  warn: (message: string) => void,
): Promise<{ readonly files: readonly BootstrapFile[]; readonly complete: boolean }> {
  const files: BootstrapFile[] = [];
  const taken = new Set<string>();
  let complete = true;
  for (const directory of directories) {
    try {
      for (const file of await listBootstrapFiles(directory, recursively)) {
        let { ledgerPath } = file;
        while (taken.has(ledgerPath)) ledgerPath = `${basename(resolve(directory))}/${ledgerPath}`;
        taken.add(ledgerPath);
        files.push({ ...file, ledgerPath });
      }
    } catch (error) {
      complete = false;
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      warn(`The bootstrap directory ${directory} cannot be read (${code}).`);
    }
  }
  return { files, complete };
}

/**
 * The files of a bootstrap directory (rest-api 11.4), sorted by path so that every start and every machine reads them in
 * the same order. Links are followed (Kubernetes mounts configuration as links) but no folder is read twice; names that
 * begin with a dot are passed over. Rejects when the directory cannot be read.
 */
export async function listBootstrapFiles(directory: string, recursively: boolean): Promise<readonly BootstrapFile[]> {
  const files: BootstrapFile[] = [];
  const seen = new Set<string>();
  const pending = [directory];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const real = await realpath(folder);
    if (seen.has(real)) continue;
    seen.add(real);
    for (const name of await readdir(folder)) {
      if (name.startsWith(".")) continue;
      const path = join(folder, name);
      const entry = await stat(path);
      const ledgerPath = relative(directory, path).split(sep).join("/");
      if (entry.isFile()) files.push({ path, ledgerPath, kind: kindOf(name) });
      else if (entry.isDirectory() && recursively) pending.push(path);
    }
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function kindOf(name: string): BootstrapFileKind {
  if (/\.opt$/i.test(name)) return "template";
  return /\.ya?ml$/i.test(name) ? "mapping" : "other";
}
