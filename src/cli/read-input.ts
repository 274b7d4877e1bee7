import { text } from "node:stream/consumers";
import { Problem } from "../errors/problem.js";
import { readText } from "./mapping-folder.js";
import { CLI_INPUT_EMPTY } from "./problems.js";

/** A document given on the command line, and what messages call the place it came from. */
export interface Input {
  readonly content: string;
  readonly name: string;
}

/**
 * Reads the document of a command: a file, or standard input for `-`.
 * @throws Problem `CLI_FILE_NOT_READABLE`, or `CLI_INPUT_EMPTY` when there is nothing in it
 */
export async function readInput(path: string, standardInput: NodeJS.ReadableStream): Promise<Input> {
  const isStandardInput = path === "-";
  const content = isStandardInput ? await text(standardInput) : await readText(path);
  const name = isStandardInput ? "standard input" : path;
  if (content.trim() === "") {
    throw new Problem(CLI_INPUT_EMPTY, `There is nothing in ${isStandardInput ? name : `the file ${name}`}.`);
  }
  return { content, name };
}
