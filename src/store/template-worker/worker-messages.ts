import type { CompositionFormat } from "../../openehr/formats/composition-format.js";
import type { PackedProblem } from "./packed-problem.js";
import type { PackedNode, TemplateHead } from "./packed-template.js";

/** The text of a template, and what it is called in messages. */
export interface TemplateText {
  readonly content: string;
  readonly file: string | undefined;
}

/** What a template worker is asked; one thing at a time. */
export type WorkerRequest =
  | { readonly kind: "identify"; readonly template: TemplateText }
  | { readonly kind: "read"; readonly template: TemplateText }
  /** Nodes of the template that was read last. */
  | { readonly kind: "nodes"; readonly from: number; readonly to: number }
  | { readonly kind: "web-template"; readonly template: TemplateText }
  | { readonly kind: "example"; readonly template: TemplateText; readonly example: ExampleWanted };

export interface ExampleWanted {
  readonly format: CompositionFormat;
  readonly extent: "minimal" | "maximal";
  readonly now: string;
  readonly territory: string | undefined;
}

/** What a template worker answers. */
export type WorkerAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "identified"; readonly templateId: string }
  | { readonly kind: "read"; readonly head: TemplateHead; readonly nodes: number }
  | { readonly kind: "nodes"; readonly nodes: readonly PackedNode[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly problem: PackedProblem }
  | { readonly kind: "failed"; readonly error: Error };
