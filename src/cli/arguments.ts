import { type ParseArgsConfig, parseArgs } from "node:util";
import { Problem } from "../errors/problem.js";
import { CLI_USAGE } from "./problems.js";

/** The option that every command has. */
export const help = { type: "boolean", short: "h" } as const;

/** Options and positional arguments of one command. Throws a Problem `CLI_USAGE` for what it does not know. */
export function parse<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>> {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    if (!isAboutArguments(error)) throw error;
    throw new Problem(CLI_USAGE, `${error.message.split(". ", 1)[0]}.`);
  }
}

/** What `parseArgs` throws for arguments that it does not take, as against a fault in how it is called. */
function isAboutArguments(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}

/** The value of an option that must be given. Throws a Problem `CLI_USAGE` when it is not. */
export function required(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Problem(CLI_USAGE, `--${name} is missing.`);
}
