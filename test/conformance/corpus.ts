import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The conformance corpus beside the project. */
export const corpusFolder = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  "..",
  "shared",
  "conformance",
);

/** True when the corpus is there; without it nothing can be compared. */
export const hasCorpus = existsSync(join(corpusFolder, "manifest.json"));
