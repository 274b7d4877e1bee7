import { parentPort } from "node:worker_threads";
import { Problem } from "../../errors/problem.js";
import { readMapping } from "../../fhirconnect/syntax/read-mapping.js";
import { exampleComposition } from "../../openehr/example/example-composition.js";
import { writeCompositionIn } from "../../openehr/formats/composition-format.js";
import type { Template } from "../../openehr/template/template.js";
import { webTemplateOf } from "../../openehr/template/web-template.js";
import { webTemplateJson } from "../../openehr/template/web-template-json.js";
import { checkedMapping, takeMapping } from "../intake.js";
import { documentsText, textIn } from "../mapping-documents.js";
import { missingModelsOf } from "../missing-models.js";
import { readTemplateText } from "../template-text.js";
import { packProblem } from "./packed-problem.js";
import { type PackedNode, packNodes } from "./packed-template.js";
import type { FileText, WorkerAnswer, WorkerRequest } from "./worker-messages.js";

/** Runs in a thread of its own and answers what a `WorkerSeat` asks, one request after the other. */

let nodes: readonly PackedNode[] = [];

function answer(request: WorkerRequest): WorkerAnswer {
  switch (request.kind) {
    case "identify":
      return { kind: "identified", templateId: templateOf(request.template).templateId };
    case "read": {
      const template = templateOf(request.template);
      const { root: _root, ...head } = template;
      nodes = packNodes(template);
      return { kind: "read", head, nodes: nodes.length };
    }
    case "nodes": {
      const portion = nodes.slice(request.from, request.to);
      // The last portion ends the reading: what nobody asks for any more need not be kept.
      if (request.to >= nodes.length) nodes = [];
      return { kind: "nodes", nodes: portion };
    }
    case "web-template":
      return { kind: "text", text: webTemplateJson(webTemplateOf(templateOf(request.template))) };
    case "example": {
      const { format, extent, now, territory } = request.example;
      const template = templateOf(request.template);
      const settings = { extent, now: () => now, ...(territory !== undefined && { territory }) };
      return { kind: "text", text: writeCompositionIn(format, exampleComposition(template, settings), template) };
    }
    case "mapping": {
      const { content, file } = request.text;
      return { kind: "mapping", reading: readMapping(content, file === undefined ? {} : { file }) };
    }
    case "take-mapping":
      return {
        kind: "taken",
        taken: checkedMapping(takeMapping(request.text.content, request.kinds, request.text.file)),
      };
    case "missing-models":
      return { kind: "missing", missing: missingModelsOf(request.check) };
    case "documents":
      return { kind: "text", text: documentsText(request.documents) };
    case "yaml":
      return { kind: "text", text: textIn("yaml", request.document) };
    default:
      return request satisfies never;
  }
}

function templateOf({ content, file }: FileText): Template {
  return readTemplateText(content, file);
}

function failure(error: unknown): WorkerAnswer {
  if (error instanceof Problem) return { kind: "refused", problem: packProblem(error) };
  return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
}

parentPort?.on("message", (request: WorkerRequest) => {
  let answered: WorkerAnswer;
  try {
    answered = answer(request);
  } catch (error) {
    answered = failure(error);
  }
  parentPort?.postMessage(answered);
});
parentPort?.postMessage({ kind: "ready" } satisfies WorkerAnswer);
