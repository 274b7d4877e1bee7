import type { Diagnostic } from "../../errors/diagnostic.js";
import type { MappingReading } from "../../fhirconnect/syntax/read-mapping.js";
import type { CompositionFormat } from "../../openehr/formats/composition-format.js";
import type { CheckedMapping } from "../intake.js";
import type { DocumentsWanted } from "../mapping-documents.js";
import type { MissingModelsCheck } from "../missing-models.js";
import type { StoredMappingKind } from "../stored.js";
import type { PackedProblem } from "./packed-problem.js";
import type { PackedNode, TemplateHead } from "./packed-template.js";

/** The text of a file, and what it is called in messages. */
export interface FileText {
  readonly content: string;
  readonly file: string | undefined;
}

/** What a reading worker is asked; one thing at a time. */
export type WorkerRequest =
  | { readonly kind: "identify"; readonly template: FileText }
  | { readonly kind: "read"; readonly template: FileText }
  /** Nodes of the template that was read last. */
  | { readonly kind: "nodes"; readonly from: number; readonly to: number }
  | { readonly kind: "web-template"; readonly template: FileText }
  | { readonly kind: "example"; readonly template: FileText; readonly example: ExampleWanted }
  | { readonly kind: "mapping"; readonly text: FileText }
  | { readonly kind: "take-mapping"; readonly text: FileText; readonly kinds: readonly StoredMappingKind[] }
  | { readonly kind: "missing-models"; readonly check: MissingModelsCheck }
  | { readonly kind: "documents"; readonly documents: DocumentsWanted }
  | { readonly kind: "yaml"; readonly document: object };

export interface ExampleWanted {
  readonly format: CompositionFormat;
  readonly extent: "minimal" | "maximal";
  readonly now: string;
  readonly territory: string | undefined;
}

/** What a reading worker answers. */
export type WorkerAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "identified"; readonly templateId: string }
  | { readonly kind: "read"; readonly head: TemplateHead; readonly nodes: number }
  | { readonly kind: "nodes"; readonly nodes: readonly PackedNode[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "mapping"; readonly reading: MappingReading }
  | { readonly kind: "taken"; readonly taken: CheckedMapping }
  | { readonly kind: "missing"; readonly missing: readonly Diagnostic[] }
  | { readonly kind: "refused"; readonly problem: PackedProblem }
  | { readonly kind: "failed"; readonly error: Error };
