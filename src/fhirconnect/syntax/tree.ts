import type { SourcePosition } from "../../errors/source-position.js";
import type { FhirConnectVersion } from "./versions.js";

/** A scalar of a mapping file with the place where it stands. */
export interface Located<T> {
  readonly value: T;
  readonly position: SourcePosition;
}

export type MappingFile = ModelMapping | ExtensionMapping | ContextMapping;

/** The header that all three kinds of file share (fhirconnect-language 2.2). */
export interface MappingHeader {
  readonly grammar: Located<string>;
  readonly name: Located<string>;
  readonly version: Located<string>;
  readonly specSystem: Located<string>;
  readonly specVersion: Located<FhirConnectVersion>;
  readonly position: SourcePosition;
}

/** A model: one archetype, one FHIR type (fhirconnect-language 2.1). */
export interface ModelMapping extends MappingHeader {
  readonly type: "model";
  readonly archetype?: Located<string>;
  /** Revision of the archetype that the mapping was written for; for readers, no rule depends on it. */
  readonly revision?: Located<string>;
  readonly structureDefinition?: Located<string>;
  readonly unidirectional?: Located<Direction>;
  readonly conceptmap?: Located<string>;
  readonly preprocessor?: Preprocessor;
  readonly terminology?: TerminologyBlock;
  readonly mappings: readonly MappingMethod[];
}

/** Project-specific changes to exactly one model (fhirconnect-language 10.4). */
export interface ExtensionMapping extends MappingHeader {
  readonly type: "extension";
  readonly extends: Located<string>;
  readonly unidirectional?: Located<Direction>;
  readonly conceptmap?: Located<string>;
  readonly preprocessor?: Preprocessor;
  readonly terminology?: TerminologyBlock;
  readonly mappings: readonly MappingMethod[];
}

/** Binds a profile to a template and names the files to load (fhirconnect-language 2.4). */
export interface ContextMapping extends MappingHeader {
  readonly type: "context";
  readonly profileUrl?: Located<string>;
  readonly profileVersion?: Located<string>;
  readonly templateId: Located<string>;
  readonly templateVersion?: Located<string>;
  readonly archetypes: readonly Located<string>[];
  readonly extensions: readonly Located<string>[];
  readonly start: Located<string>;
}

/** In which direction a method runs; absent means both. */
export type Direction = "openehr->fhir" | "fhir->openehr";

export interface Preprocessor {
  readonly position: SourcePosition;
  readonly fhirConditions: readonly Condition[];
  readonly openehrConditions: readonly Condition[];
  readonly hierarchy?: Hierarchy;
}

export interface Hierarchy {
  readonly position: SourcePosition;
  readonly fhir?: Located<string>;
  readonly openehr?: Located<string>;
  readonly splitFhir?: HierarchySplit;
  readonly splitOpenehr?: HierarchySplit;
}

export interface HierarchySplit {
  readonly create?: Located<string>;
  readonly path?: Located<string>;
  readonly unique: readonly Located<string>[];
}

/** One mapping method (fhirconnect-language 3.1). */
export interface MappingMethod {
  readonly name: string;
  readonly position: SourcePosition;
  /** Only in extension files. */
  readonly extension?: Located<"add" | "append" | "overwrite">;
  readonly appendTo?: Located<string>;
  readonly with?: MethodPaths;
  readonly unidirectional?: Located<Direction>;
  readonly fhirConditions: readonly Condition[];
  readonly openehrConditions: readonly Condition[];
  readonly manual: readonly ManualEntry[];
  readonly followedBy: readonly MappingMethod[];
  readonly reference?: Reference;
  readonly slotArchetype?: Located<string>;
  readonly mappingCode?: Located<string>;
  readonly conceptmap?: Located<string>;
  readonly terminology?: TerminologyBlock;
  readonly link?: Link;
  readonly participationsFunction?: Located<string>;
}

export interface MethodPaths {
  readonly position: SourcePosition;
  readonly fhir?: Located<string>;
  readonly openehr?: Located<string>;
  /** `NONE`, or one of the static types of older dialects. */
  readonly type?: Located<string>;
  /** Constant of the openFHIR dialect (fhirconnect-language 20.4). */
  readonly value?: Located<string>;
}

export type ConditionOperator = "one of" | "not of" | "empty" | "not empty" | "type";

/** A guard on a method or a file (fhirconnect-language 6). */
export interface Condition {
  readonly position: SourcePosition;
  readonly targetRoot: Located<string>;
  readonly targetAttributes: readonly Located<string>[];
  readonly operator: Located<ConditionOperator>;
  /** The operator as the file spells it, where that is another one: `not in`, `not contains` (fhirconnect-language 20.3). */
  readonly writtenOperator?: string;
  readonly criteria: readonly Located<string>[];
  /** The criteria stood in one text, `"[a, b]"`; openFHIR uses only the first of those (fhirconnect-language 6.5). */
  readonly bracketed?: true;
}

/** One set of constants (fhirconnect-language 11). */
export interface ManualEntry {
  readonly name: string;
  readonly position: SourcePosition;
  readonly fhir: readonly ManualValue[];
  readonly openehr: readonly ManualValue[];
  readonly fhirConditions: readonly Condition[];
  readonly openehrConditions: readonly Condition[];
}

export interface ManualValue {
  readonly path: Located<string>;
  readonly value: Located<string>;
}

export interface Reference {
  readonly position: SourcePosition;
  readonly resourceType: Located<string>;
  readonly mappings: readonly MappingMethod[];
}

export interface Link {
  readonly position: SourcePosition;
  readonly meaning?: Located<string>;
  readonly type?: Located<string>;
}

export interface TerminologyBlock {
  readonly position: SourcePosition;
  readonly type?: Located<string>;
  readonly server?: Located<string>;
  readonly conceptmap?: Located<string>;
  readonly mappings: readonly TerminologyPair[];
}

export interface TerminologyPair {
  readonly openehrCode?: Located<string>;
  readonly fhirSystem?: Located<string>;
  readonly fhirCode?: Located<string>;
  readonly fhirDisplay?: Located<string>;
  readonly fhirOrdinal?: Located<string>;
}
