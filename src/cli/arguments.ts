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
    throw new Problem(CLI_USAGE, error instanceof Error ? `${error.message.split(". ", 1)[0]}.` : "Wrong arguments.");
  }
}

/** The value of an option that must be given. Throws a Problem `CLI_USAGE` when it is not. */
export function required(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Problem(CLI_USAGE, `--${name} is missing.`);
}
