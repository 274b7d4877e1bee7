import type { SemanticsSetting } from "../fhirconnect/dialect/semantics-setting.js";

/** Position in the invalidation log at which a write became visible, and the epoch it belongs to. */
export interface Revision {
  readonly epoch: string;
  readonly position: number;
}

/** The outcome of a write: what is stored now, and from which revision on. */
export interface Written<T> {
  readonly stored: T;
  readonly revision: Revision;
}

/** A stored operational template (rest-api 9). Times are epoch milliseconds. */
export interface StoredTemplate {
  readonly id: string;
  readonly tenant: string;
  /** Normalised: lower case, blanks replaced by underscores. The key per tenant. */
  readonly templateId: string;
  /** As written in the file. */
  readonly originalTemplateId: string;
  /** The uploaded text, unchanged. */
  readonly content: string;
  readonly created: number;
  readonly updated: number;
}

export type StoredMappingKind = "model" | "extension" | "context";

/** A stored FHIR Connect file (rest-api 10). */
export interface StoredMapping {
  readonly id: string;
  readonly tenant: string;
  readonly kind: StoredMappingKind;
  /** `metadata.name`; for models and extensions the key per tenant. */
  readonly name: string;
  /** For contexts: `context.template.id` as written, and its normalised form (the key per tenant). */
  readonly templateId?: string;
  readonly normalisedTemplateId?: string;
  /** For contexts: how their upload asked the files to be read; absent when it did not. */
  readonly semantics?: SemanticsSetting;
  /** The uploaded text, unchanged. */
  readonly content: string;
  readonly created: number;
  readonly updated: number;
}

export interface NewTemplate {
  readonly templateId: string;
  readonly originalTemplateId: string;
  readonly content: string;
}

export interface NewMapping {
  readonly kind: StoredMappingKind;
  readonly name: string;
  readonly templateId?: string;
  readonly normalisedTemplateId?: string;
  readonly semantics?: SemanticsSetting;
  readonly content: string;
}

/** The file of a bootstrap directory from which something was loaded (rest-api 11.2). */
export interface LoadedFile {
  /** Below the bootstrap directory, with `/` on every system. */
  readonly path: string;
  /** SHA-256 of its bytes, in hexadecimal digits. */
  readonly contentHash: string;
}

/** The id by which templates are found in both spellings: lower case, blanks to underscores (rest-api 2). */
export function normaliseTemplateId(templateId: string): string {
  return templateId.trim().toLowerCase().replaceAll(" ", "_");
}
