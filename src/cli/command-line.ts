import { Problem } from "../errors/problem.js";
import { help, parse, required } from "./arguments.js";
import type { MapCommand } from "./map-command.js";
import { readOpenEhrArguments } from "./openehr-arguments.js";
import type { OpenEhrCommand } from "./openehr-command.js";
import { CLI_USAGE } from "./problems.js";

/** What the command line asks for. */
export type Command =
  | { readonly kind: "serve" }
  | { readonly kind: "help" }
  | { readonly kind: "map"; readonly map: MapCommand }
  | { readonly kind: "openehr"; readonly openEhr: OpenEhrCommand };

/** Reads the arguments after the program's name. Throws a Problem `CLI_USAGE` that names the mistake. */
export function readCommandLine(args: readonly string[]): Command {
  const [name, ...rest] = args;
  switch (name) {
    case undefined:
      throw new Problem(CLI_USAGE, "No command is given.");
    case "help":
    case "--help":
    case "-h":
      return { kind: "help" };
    case "serve":
      return readServe(rest);
    case "map":
      return readMap(rest);
    case "webtemplate":
    case "example":
    case "convert":
    case "validate": {
      const openEhr = readOpenEhrArguments(name, rest);
      return openEhr === undefined ? { kind: "help" } : { kind: "openehr", openEhr };
    }
    default:
      throw new Problem(CLI_USAGE, `There is no command "${name}".`);
  }
}

function readServe(args: string[]): Command {
  const { values, positionals } = parse(args, { help });
  if (values.help === true) return { kind: "help" };
  if (positionals.length > 0) throw new Problem(CLI_USAGE, `"serve" takes no "${positionals[0]}".`);
  return { kind: "serve" };
}

function readMap(args: string[]): Command {
  const { values, positionals } = parse(args, {
    template: { type: "string" },
    mappings: { type: "string" },
    to: { type: "string" },
    flat: { type: "boolean" },
    help,
  });
  if (values.help === true) return { kind: "help" };
  const { to } = values;
  if (to !== "fhir" && to !== "openehr") throw new Problem(CLI_USAGE, "--to must be fhir or openehr.");
  if (values.flat === true && to === "fhir") throw new Problem(CLI_USAGE, "--flat goes with --to openehr only.");
  const [input, ...more] = positionals;
  if (input === undefined) throw new Problem(CLI_USAGE, "No INPUT is given.");
  if (more.length > 0) throw new Problem(CLI_USAGE, `Only one INPUT can be mapped; "${more[0]}" is too many.`);
  const map: MapCommand = {
    template: required("template", values.template),
    mappings: required("mappings", values.mappings),
    to,
    flat: values.flat === true,
    input,
  };
  return { kind: "map", map };
}
