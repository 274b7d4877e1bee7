import { Problem } from "../errors/problem.js";
import { type CompositionFormat, compositionFormats } from "../openehr/formats/composition-format.js";
import { help, parse, required } from "./arguments.js";
import type { OpenEhrCommand } from "./openehr-command.js";
import { CLI_USAGE } from "./problems.js";

const template = { type: "string" } as const;
const text = { type: "string" } as const;

/**
 * Reads the arguments of the commands that ask about one template; undefined when help is asked for.
 * Throws a Problem `CLI_USAGE` that names the mistake.
 */
export function readOpenEhrArguments(kind: OpenEhrCommand["kind"], args: string[]): OpenEhrCommand | undefined {
  switch (kind) {
    case "webtemplate": {
      const { values, positionals } = parse(args, { template, help });
      if (values.help === true) return undefined;
      refuseInput(kind, positionals);
      return { kind, template: required("template", values.template) };
    }
    case "example": {
      const { values, positionals } = parse(args, { template, format: text, extent: text, help });
      if (values.help === true) return undefined;
      refuseInput(kind, positionals);
      const format = formatOf("format", values.format ?? "canonical");
      const { extent = "minimal" } = values;
      if (extent !== "minimal" && extent !== "maximal") {
        throw new Problem(CLI_USAGE, "--extent must be minimal or maximal.");
      }
      return { kind, template: required("template", values.template), format, extent };
    }
    case "convert": {
      const { values, positionals } = parse(args, { template, from: text, to: text, help });
      if (values.help === true) return undefined;
      const [from, to] = [formatOf("from", values.from), formatOf("to", values.to)];
      return { kind, template: required("template", values.template), from, to, input: inputOf(positionals) };
    }
    case "validate": {
      const { values, positionals } = parse(args, { template, from: text, help });
      if (values.help === true) return undefined;
      const from = formatOf("from", values.from ?? "canonical");
      return { kind, template: required("template", values.template), from, input: inputOf(positionals) };
    }
    default:
      return kind satisfies never;
  }
}

function formatOf(name: string, value: string | undefined): CompositionFormat {
  const format = compositionFormats.find((one) => one === value);
  if (format === undefined) throw new Problem(CLI_USAGE, `--${name} must be ${compositionFormats.join(" or ")}.`);
  return format;
}

function inputOf(positionals: readonly string[]): string {
  const [input, ...more] = positionals;
  if (input === undefined) throw new Problem(CLI_USAGE, "No INPUT is given.");
  if (more.length > 0) throw new Problem(CLI_USAGE, `Only one INPUT can be read; "${more[0]}" is too many.`);
  return input;
}

function refuseInput(kind: string, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new Problem(CLI_USAGE, `"${kind}" takes no "${positionals[0]}".`);
}
