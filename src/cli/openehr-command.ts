import { wallClock } from "../engine/datatypes/time-zone.js";
import type { MapperSettings } from "../engine/mapper.js";
import { readExactJson } from "../http/json-text.js";
import { leftOutBecause } from "../openehr/building/left-out.js";
import { exampleComposition } from "../openehr/example/example-composition.js";
import { type CompositionFormat, writeCompositionIn } from "../openehr/formats/composition-format.js";
import type { Template } from "../openehr/template/template.js";
import { webTemplateOf } from "../openehr/template/web-template.js";
import { webTemplateJson } from "../openehr/template/web-template-json.js";
import { readCompositionTelling } from "../openehr/validation/left-out-of-document.js";
import { validateDocument } from "../openehr/validation/validate-document.js";
import { readTemplateText } from "../store/template-text.js";
import { leftOutLine } from "./left-out-line.js";
import { readText } from "./mapping-folder.js";
import { readInput } from "./read-input.js";

/** What is asked about one template; inputs are paths, `-` reads standard input. */
export type OpenEhrCommand =
  | { readonly kind: "webtemplate"; readonly template: string }
  | {
      readonly kind: "example";
      readonly template: string;
      readonly format: CompositionFormat;
      readonly extent: "minimal" | "maximal";
    }
  | {
      readonly kind: "convert";
      readonly template: string;
      readonly from: CompositionFormat;
      readonly to: CompositionFormat;
      readonly input: string;
    }
  | { readonly kind: "validate"; readonly template: string; readonly from: CompositionFormat; readonly input: string };

export interface OpenEhrCommandParts {
  readonly settings: MapperSettings;
  readonly standardInput: NodeJS.ReadableStream;
  /** Told what a conversion did not read or could not carry over. */
  readonly report: (line: string) => void;
}

export interface OpenEhrAnswer {
  readonly output: string;
  /** Whether something is wrong with the input, or was left out of the output. */
  readonly hasFindings: boolean;
}

/**
 * Answers a question about one template, as the server does over HTTP. Throws a Problem when a file cannot be read or when
 * the template or the input are refused.
 */
export async function answerOpenEhr(command: OpenEhrCommand, parts: OpenEhrCommandParts): Promise<OpenEhrAnswer> {
  const template = readTemplateText(await readText(command.template), command.template);
  const { now, timeZone } = parts.settings;
  const settings = { now: () => wallClock(now(), timeZone) };
  switch (command.kind) {
    case "webtemplate":
      return clean(webTemplateJson(webTemplateOf(template)));
    case "example": {
      const { format, extent } = command;
      return clean(writeCompositionIn(format, exampleComposition(template, { ...settings, extent }), template));
    }
    case "convert":
      return convert(command, template, await sourceOf(command.input, command.from, parts), settings, parts.report);
    case "validate": {
      const { from, input } = command;
      const findings = validateDocument(from, await sourceOf(input, from, parts), template, settings);
      const isValid = findings.length === 0;
      return { output: `${JSON.stringify({ valid: isValid, findings }, null, 2)}\n`, hasFindings: !isValid };
    }
    default:
      return command satisfies never;
  }
}

function convert(
  { from, to }: Extract<OpenEhrCommand, { kind: "convert" }>,
  template: Template,
  source: unknown,
  settings: { readonly now: () => string },
  report: (line: string) => void,
): OpenEhrAnswer {
  const leftOut: string[] = [];
  let notRead = 0;
  const composition = readCompositionTelling(
    from,
    source,
    template,
    settings,
    (path, reason = leftOutBecause.noAttribute) => {
      notRead++;
      report(leftOutLine(path, reason));
    },
  );
  const output = writeCompositionIn(to, composition, template, (path) => void leftOut.push(path));
  for (const path of leftOut) report(`${to} has no place for ${path}; it is left out.`);
  return { output: `${output}\n`, hasFindings: leftOut.length + notRead > 0 };
}

async function sourceOf(input: string, format: CompositionFormat, parts: OpenEhrCommandParts): Promise<unknown> {
  const { content, name } = await readInput(input, parts.standardInput);
  return format === "xml" ? content : readExactJson(content, name);
}

function clean(output: string): OpenEhrAnswer {
  return { output: `${output}\n`, hasFindings: false };
}
