import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folders and files whose code decides what a text is parsed to. */
const READERS = ["openehr", "fhirconnect", "errors", "cache/second-level", "store"];
/** Of the store, only what reads the text of a template. */
const IS_READER = /^(?!store\/)|^store\/template-text\./;

let format: string | undefined;

/**
 * Names how this program reads texts: a hash of the very code that does it and of the versions of the libraries it uses. Two
 * programs with the same name read a text to the same tree, whatever their version numbers say; nobody has to remember to
 * raise a number. Reads about 150 files, once.
 */
export function readerFormat(): string {
  format ??= hashReaders();
  return format;
}

function hashReaders(): string {
  const sources = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
  const hash = createHash("sha256").update(dependencies(sources));
  for (const room of READERS) {
    const files = readdirSync(join(sources, room), { recursive: true, encoding: "utf8" });
    for (const file of files.map((name) => `${room}/${name}`).sort()) {
      if (!/(?<!\.d)\.[jt]s$/.test(file) || !IS_READER.test(file)) continue;
      hash.update(`${file}\0`).update(readFileSync(join(sources, file)));
    }
  }
  return hash.digest("hex");
}

/** The dependencies of the nearest package.json above; its other members change nothing. */
function dependencies(folder: string): string {
  try {
    const { dependencies: named } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    return JSON.stringify(named);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? "" : dependencies(parent);
  }
}
