import type { AqlPath } from "../rm/aql-path.js";
import type { SlotAssertions } from "./slot-assertions.js";

/** An operational template, read and ready to use. Immutable and shared between requests. */
export interface Template {
  /** As written in the file, for example `Blood Pressure`. */
  readonly templateId: string;
  readonly concept: string;
  readonly defaultLanguage: string;
  /** Language codes of the template, default language first. */
  readonly languages: readonly string[];
  /** Node of the COMPOSITION (or other root class). */
  readonly root: TemplateNode;
}

/**
 * One node of the raw template tree (openehr-formats 4): constrained nodes of the OPT, their data values, and the RM
 * attribute nodes that every class brings along. Choices at one path are several nodes.
 */
export interface TemplateNode {
  /** Position in the tree, parents before children, in template order. Unique within a template. */
  readonly ordinal: number;
  readonly parent: TemplateNode | undefined;
  readonly children: readonly TemplateNode[];
  /** Id by the naming rule (openehr-formats 4.1), without the number. */
  readonly baseId: string;
  /** Uniqueness number among siblings (openehr-formats 4.9): 2, 3, …; absent for the first. */
  readonly idNumber: number | undefined;
  /** Name in the default language: the runtime name of LOCATABLEs, the RM attribute name of attribute nodes. */
  readonly name: string;
  /** RM class; generics keep their parameter: `DV_INTERVAL<DV_QUANTITY>`. */
  readonly rmType: string;
  /** RM attribute of the parent under which the node stands; empty for the root. */
  readonly attribute: string;
  /** at-code, or the archetype id for archetype roots; only on LOCATABLEs. */
  readonly nodeId: string | undefined;
  /** True when the node is the root of an archetype (C_ARCHETYPE_ROOT). */
  readonly isArchetypeRoot: boolean;
  readonly isArchetypeSlot: boolean;
  /** Which archetypes a slot is for, where it says so. */
  readonly slotAssertions: SlotAssertions | undefined;
  /** True for nodes that come from the reference model and not from the template (openehr-formats 4.8). */
  readonly isRmAttribute: boolean;
  readonly min: number;
  /** -1 means unbounded. */
  readonly max: number;
  /** Full path from the root, name predicates included where the template needs them. */
  readonly path: AqlPath;
  /** What values are allowed here, for data values. */
  readonly inputs: readonly TemplateInput[];
  /**
   * What the template demands of primitive attributes, by attribute, alternatives side by side. Inputs say less: nothing of
   * attributes that no input stands for, of ranges of dates, of lists of decimals.
   */
  readonly primitives: ReadonlyMap<string, readonly TemplateInput[]> | undefined;
  readonly proportionTypes: readonly string[] | undefined;
  readonly localizedNames: ReadonlyMap<string, string>;
  readonly localizedDescriptions: ReadonlyMap<string, string>;
  readonly inContext: boolean;
  readonly annotations: ReadonlyMap<string, string> | undefined;
  /** How often the constrained attributes of the class may be present and how many children they take together. */
  readonly attributeConstraints: readonly TemplateAttributeConstraint[] | undefined;
}

/** An attribute as the template constrains it: single ones have an existence, multiple ones also a cardinality. */
export interface TemplateAttributeConstraint {
  readonly attribute: string;
  readonly isMultiple: boolean;
  readonly existence: { readonly min: number; readonly max: number };
  /** -1 means unbounded; only on multiple attributes. */
  readonly cardinality?: { readonly min: number; readonly max: number };
  /** Whether no two members may be alike. */
  readonly isUnique?: true;
}

export interface TemplateInput {
  readonly suffix?: string;
  readonly type: "TEXT" | "CODED_TEXT" | "DECIMAL" | "INTEGER" | "BOOLEAN" | "DATE" | "TIME" | "DATETIME" | "DURATION";
  readonly terminology?: string;
  readonly listOpen?: boolean;
  readonly list?: readonly TemplateListEntry[];
  /** What codes the template allows besides those of the list; the web template says nothing of them. */
  readonly unlistedCodes?: TemplateCodes;
  readonly validation?: TemplateValidation;
  readonly defaultValue?: string;
}

/** Codes that no term of the template describes. */
export interface TemplateCodes {
  readonly terminology?: string;
  /** Empty when any code of the terminology will do. */
  readonly codes: readonly string[];
}

export interface TemplateListEntry {
  /** Code, unit or text. */
  readonly value: string;
  /** Label in the default language. */
  readonly label?: string;
  readonly localizedLabels?: ReadonlyMap<string, string>;
  readonly localizedDescriptions?: ReadonlyMap<string, string>;
  readonly ordinal?: number;
  /** Terminology of the symbol of an ordinal. */
  readonly terminology?: string;
  readonly currentStates?: readonly string[];
  readonly validation?: TemplateValidation;
}

export interface TemplateValidation {
  readonly pattern?: string;
  /** Whether times must have an offset from UTC, or must not. */
  readonly timezone?: "mandatory" | "forbidden";
  readonly range?: TemplateRange;
  readonly precision?: TemplateRange;
}

export interface TemplateRange {
  readonly min?: number | string;
  readonly minOp?: ">=" | ">";
  readonly max?: number | string;
  readonly maxOp?: "<=" | "<";
}

/** A node that may occur more than once. RM attributes that are lists count as repeatable. */
export function isRepeatable(node: TemplateNode): boolean {
  return node.max !== 1;
}
