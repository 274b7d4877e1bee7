import type { Mapper, MapperSource } from "../engine/mapper.js";
import { Problem } from "../errors/problem.js";
import { linesOf } from "../http/problem-response.js";
import { type Command, readCommandLine } from "./command-line.js";
import { map } from "./map-command.js";
import { answerOpenEhr } from "./openehr-command.js";
import { usage } from "./usage.js";

export interface CommandLineParts {
  readonly compile: (source: MapperSource) => Mapper;
  /** Time zone of times that name none. */
  readonly timeZone: () => string;
  readonly serve: () => Promise<void>;
  readonly standardInput: NodeJS.ReadableStream;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** Failures of the call itself, before anything was looked at. */
const usageCodes: ReadonlySet<string> = new Set(["CLI_USAGE", "CLI_FILE_NOT_READABLE", "CONFIG_INVALID"]);

/**
 * Runs one command and gives its exit code: 0 done, 1 refused or done with findings, 2 wrong usage or a file that cannot be read. Results go to
 * `write`, everything else to `writeError`. `serve` gives 0 at once and goes on until the process is told to end.
 */
export async function runCommandLine(args: readonly string[], parts: CommandLineParts): Promise<number> {
  try {
    return await run(readCommandLine(args), parts);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const line of linesOf(error)) parts.writeError(`causeway: ${line}\n`);
    if (error.code === "CLI_USAGE") parts.writeError(`\n${usage}`);
    return usageCodes.has(error.code) ? 2 : 1;
  }
}

async function run(command: Command, parts: CommandLineParts): Promise<number> {
  const settings = () => ({ timeZone: parts.timeZone(), now: () => new Date() });
  const report = (line: string) => parts.writeError(`causeway: ${line}\n`);
  switch (command.kind) {
    case "help":
      parts.write(usage);
      return 0;
    case "serve":
      await parts.serve();
      return 0;
    case "map": {
      parts.write(await map(command.map, { ...parts, settings: settings(), report }));
      return 0;
    }
    case "openehr": {
      const { output, hasFindings } = await answerOpenEhr(command.openEhr, { ...parts, settings: settings(), report });
      parts.write(output);
      return hasFindings ? 1 : 0;
    }
    default:
      return command satisfies never;
  }
}
