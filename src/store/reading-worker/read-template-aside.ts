import type { Template } from "../../openehr/template/template.js";
import { readTemplateText } from "../template-text.js";
import { haveWorkers, templateAside } from "./aside.js";
import { TemplateAssembly } from "./packed-template.js";
import type { ExampleWanted, FileText } from "./worker-messages.js";
import type { WorkerSeat } from "./worker-seat.js";

/** Shorter texts are read in a few milliseconds, less than another thread is worth. */
const SHORT_TEXT = 100_000;
/** Nodes that are put together in one turn of the event loop: one or two milliseconds. */
const PORTION = 150;

/** Whether a text is long enough to be read aside. */
export function isReadAside(content: string): boolean {
  return content.length > SHORT_TEXT && haveWorkers();
}

/** The template id of a template, which is read as a whole to find its faults. Rejects as `readTemplateText` throws. */
export async function templateIdAside(content: string, file?: string): Promise<string> {
  const here = () => readTemplateText(content, file).templateId;
  return aside(content, here, async (seat) => {
    const { templateId } = await seat.ask({ kind: "identify", template: { content, file } }, "identified");
    return templateId;
  });
}

/**
 * Reads a template as `readTemplateText` does, without holding up the event loop: long texts are parsed in another thread,
 * and put together here portion by portion.
 */
export async function readTemplateAside(content: string, file?: string): Promise<Template> {
  const here = () => readTemplateText(content, file);
  return aside(content, here, async (seat) => {
    const { head, nodes: count } = await seat.ask({ kind: "read", template: { content, file } }, "read");
    const assembly = new TemplateAssembly(head);
    for (let from = 0; from < count; from += PORTION) {
      const { nodes } = await seat.ask({ kind: "nodes", from, to: from + PORTION }, "nodes");
      assembly.add(nodes);
    }
    return assembly.finished();
  });
}

/** The web template of a long text as JSON, or undefined when it should be made from the template at hand. */
export async function webTemplateAside(template: FileText): Promise<string | undefined> {
  return aside(template.content, noText, async (seat) => {
    const { text } = await seat.ask({ kind: "web-template", template }, "text");
    return text;
  });
}

/** An example for a long text, or undefined when it should be made from the template at hand. */
export async function exampleAside(template: FileText, example: ExampleWanted): Promise<string | undefined> {
  return aside(template.content, noText, async (seat) => {
    const { text } = await seat.ask({ kind: "example", template, example }, "text");
    return text;
  });
}

async function aside<Result>(
  content: string,
  here: () => Result,
  there: (seat: WorkerSeat) => Promise<Result>,
): Promise<Result> {
  return isReadAside(content) ? templateAside(here, there) : here();
}

function noText(): undefined {
  return undefined;
}
