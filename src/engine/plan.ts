import type { SourcePosition } from "../errors/source-position.js";
import type { CompiledFhirPath } from "../fhir/path/compile-fhir-path.js";
import type { CompiledCreation } from "../fhir/path/create-at-path.js";
import type { FhirSchema } from "../fhir/schema/fhir-schema.js";
import type { ConditionOperator, Direction } from "../fhirconnect/syntax/tree.js";
import type { Template, TemplateNode } from "../openehr/template/template.js";
import type { ProgrammedMapping } from "./functions/programmed-mapping.js";
import type { RmMember } from "./rm-members.js";
import type { Semantics } from "./semantics.js";

/**
 * What a context and its models compile to for one template: a tree of steps in which everything that does not depend on
 * data is resolved. Compiled once, frozen, shared by all requests; a run walks it with a private scope.
 */
export interface Plan {
  readonly template: Template;
  readonly schema: FhirSchema;
  readonly semantics: Semantics;
  /** The models that `context.start` names; all write into one resource per occurrence (engine-behaviour 6.2). */
  readonly start: readonly ModelEntry[];
  /** FHIR type the start resources have; `Bundle` when the start model maps the Bundle itself. */
  readonly startType: string;
  /** Number of steps, slots unfolded. */
  readonly stepCount: number;
}

/** A model as it is entered at one place: as start, or through a slot. */
export interface ModelEntry {
  /** `metadata.name` of the model. */
  readonly name: string;
  /** FHIR type the model works on; undefined for `BackboneElement`, which says nothing. */
  readonly fhirType: string | undefined;
  /** Where hierarchies iterate (`Semantics.hierarchies`): the node of which each occurrence is a resource. */
  readonly split: TemplateNode | undefined;
  /** The node of which each object takes the next occurrence: the last one on the path that can repeat. */
  readonly takes: TemplateNode | undefined;
  /** Where hierarchies group; undefined for a model without one. */
  readonly groups: ModelGroups | undefined;
  /** The node of the archetype, when it can occur more than once; only of a start model. */
  readonly root: TemplateNode | undefined;
  /** Filter the resources the model is started with (fhirconnect-language 6.6). */
  readonly fhirPreconditions: readonly FhirCondition[];
  /** Narrow what the model sees of the composition. */
  readonly openEhrPreconditions: readonly OpenEhrCondition[];
  readonly steps: readonly Step[];
}

/** How a model cuts its input into groups and maps each of them on its own (fhirconnect-language 7). */
export interface ModelGroups {
  /** openEHR → FHIR, each group a resource. */
  readonly resources: OpenEhrGroups | undefined;
  /** openEHR → FHIR, each group an element of the model's object. */
  readonly elements: ElementGroups | undefined;
  /** FHIR → openEHR, each group an occurrence of a node. */
  readonly nodes: NodeGroups | undefined;
}

/** Occurrences of a node, grouped by values that are found in them. */
export interface OpenEhrGroups {
  readonly node: TemplateNode;
  /** The node of the archetype, when it can occur more than once: no group reaches beyond one occurrence of it. */
  readonly archetype: TemplateNode | undefined;
  /** Empty: each occurrence is a group. */
  readonly unique: readonly OpenEhrAccessor[];
}

export interface ElementGroups extends OpenEhrGroups {
  readonly create: CompiledCreation;
  /** What the groups behind the first run: the steps that have to do with a group. */
  readonly furtherSteps: readonly Step[];
}

/** Elements of the model's object, or the objects themselves, grouped by values that are found in them. */
export interface NodeGroups {
  /** The node that gets an occurrence for each group. */
  readonly node: TemplateNode;
  /** Reads the elements from the object; undefined when the objects themselves are grouped. */
  readonly iterated: CompiledFhirPath | undefined;
  /** Names of the elements on the way there. */
  readonly members: readonly string[];
  /** Empty: each is a group. */
  readonly unique: readonly FhirUnique[];
  readonly furtherSteps: readonly Step[];
}

/** A value that tells groups apart; `read` is undefined when it is the whole of what it starts from. */
export interface FhirUnique {
  readonly from: "object" | "occurrence";
  readonly read: CompiledFhirPath | undefined;
}

/** Where a step comes from, for diagnostics, traces and errors. */
export interface StepSource {
  readonly mapping: string;
  /** Method name, nested ones joined with `.`. */
  readonly rule: string;
  readonly position: SourcePosition;
}

/** One mapping method at one place of the plan. */
export interface Step {
  readonly source: StepSource;
  /** The only direction the step runs in; undefined means both. */
  readonly direction: Direction | undefined;
  /** The openEHR end; undefined when the method has none (it then runs openEHR → FHIR only). */
  readonly openEhr: OpenEhrAccessor | undefined;
  /** Whether an openEHR path is written at which nothing can stand: on the way to FHIR the children find nothing either, on the way to openEHR those run that have places of their own. */
  readonly leadsNowhere: boolean;
  readonly fhir: FhirAccessor;
  readonly openEhrConditions: readonly OpenEhrCondition[];
  readonly fhirConditions: readonly FhirCondition[];
  readonly kind: StepKind;
  /** A static type of older dialects (`with.type`): the RM class as which a value is read, openEHR → FHIR only. */
  readonly readAs: string | undefined;
  /** Literals joined to the paths of the method, by side; undefined when there are none. */
  readonly literals: { readonly fhir?: PathLiterals; readonly openEhr?: PathLiterals } | undefined;
  /** Children of `reference` and `followedBy`, in running order. */
  readonly children: readonly Step[];
  /** Models that a slot continues with. */
  readonly slot: readonly ModelEntry[];
  /** When the model of the slot cuts what it is entered with into several: so many elements are created for it. */
  readonly slotGroups: OpenEhrGroups | undefined;
}

/**
 * What a step does with its pair: convert the value, only iterate (`type: NONE`, slots, structural ends; `writesValue`: but on
 * the way to openEHR the element is a value where its place takes values), write a constant on one side (`startsEntry` for the first of its `manual` entry), call a programmed mapping, or keep an entry of a list.
 */
export type StepKind =
  | { readonly kind: "convert" }
  | { readonly kind: "iterate"; readonly writesValue: boolean }
  | {
      readonly kind: "constant";
      readonly side: "fhir" | "openehr";
      readonly value: string;
      readonly startsEntry: boolean;
    }
  | { readonly kind: "programmed"; readonly mapping: ProgrammedMapping }
  | ({ readonly kind: "entry" } & ListEntry);

/**
 * A PARTICIPATION or a LINK: one more entry of its list for each element, which holds the converted value in one attribute
 * and texts of the mapping in others (fhirconnect-language 15 and 16).
 */
export interface ListEntry {
  readonly entryClass: "PARTICIPATION" | "LINK";
  /** DV_TEXTs beside the value, by attribute: the function of a participation, meaning and type of a link. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The openEHR end of a step: a node of the template, and what of it is meant. */
export interface OpenEhrAccessor {
  /** As written in the mapping. */
  readonly text: string;
  /** The last node the path reaches. */
  readonly node: TemplateNode;
  /** Root to node. */
  readonly chain: readonly TemplateNode[];
  /** The node that repeats when the path is iterated: the last one on it that FLAT shows, if that one can repeat. */
  readonly repeats: TemplateNode | undefined;
  /** True when something on the way from the root can repeat. */
  readonly isIndexed: boolean;
  /** RM classes of values that may stand here, in template order; empty for structural ends. */
  readonly rmTypes: readonly string[];
  /** Whether an EVENT may stand here, which a time is written into part by part. */
  readonly takesEvents: boolean;
  /**
   * Attributes that the path goes on into below the value at `node`, where templates have no nodes; `rmTypes` then is what
   * stands at their end.
   */
  readonly members: readonly RmMember[];
  /** For each of the RM classes the template node that takes its values. */
  readonly targets: ReadonlyMap<string, TemplateNode>;
  /** Which member of a coded text the path goes on into. */
  readonly part: CodedTextPart | undefined;
  /**
   * True for a segment in FLAT spelling (`_end_time`), and for a path that goes on behind an ELEMENT where the template has
   * nothing: its value is carried as the text it is in FLAT, and not at all where FLAT has suffixes for it (engine-behaviour 5.3).
   */
  readonly asText: boolean;
  /** `$reference`: no path of its own, stays where the enclosing method is. */
  readonly isReference: boolean;
  /** For several paths joined with `&`, which can only be read. */
  readonly joined?: JoinedPaths | undefined;
  /** True for a path that runs through nodes that are not below each other and so leads nowhere (engine-behaviour 5.3, Q7). */
  readonly unreachable: boolean;
  /** False when the template lacks the rest of the path, which then means the node found so far (engine-behaviour 5.3). */
  readonly complete: boolean;
}

/** Several openEHR paths joined with `&` (fhirconnect-language 20.5). */
export interface JoinedPaths {
  /** The paths and the literals between them, in order. */
  readonly parts: readonly (string | OpenEhrAccessor)[];
  /** The innermost repeating node that is common to all of them, else the root: each of its occurrences gives one text. */
  readonly each: TemplateNode;
}

export type CodedTextPart = "code" | "terminology" | "value";

/**
 * Where a FHIR path starts: at the object the model was entered with, at the element of the enclosing method, or at the one of
 * the method so many further out (`^`, fhirconnect-language 5.3).
 */
export type FhirBase = "model" | "enclosing" | number;

/** Texts beside a path that `&` joins to it: put on where the text is written, taken off where it is read. */
export interface PathLiterals {
  readonly before: string;
  readonly behind: string;
}

/** The FHIR end of a step: how it is read, and how it is created. */
export interface FhirAccessor {
  /** As written in the mapping; undefined when the method has no FHIR end. */
  readonly text: string | undefined;
  readonly base: FhirBase;
  /** Where it is created from: the base, or the element of a group for paths that lead through that (fhirconnect-language 7). */
  readonly createsFrom: FhirBase;
  /** True for a path that is created in the element of a group. */
  readonly isInGroup?: boolean | undefined;
  /** Only in models that group elements: the path, or a condition of the method, meets those elements. */
  readonly meetsIterated?: boolean | undefined;
  /** True when the path is the base itself (`$resource`, `$fhirRoot`, or none). */
  readonly isBase: boolean;
  /** For `$resource`: the type the base must have; undefined when any will do. */
  readonly requiredType: string | undefined;
  /** Reads the path from its base; undefined when the path is the base. */
  readonly read: CompiledFhirPath | undefined;
  /** Creates the path where it is created from, with a resource behind it for a `reference`; undefined when the element is the base. */
  readonly create: CompiledCreation | undefined;
  /**
   * Resource type of a `reference` method: what is read at the path is followed to its target (a resource stays itself),
   * what is created is put behind a Reference.
   */
  readonly referencedType: string | undefined;
  /** The type that targets of references must have; undefined where any will do, as published mappings of openFHIR rely on. */
  readonly targetType: string | undefined;
  /** True when a resource that stands at the path of a `reference` method itself is not mapped, only targets of References. */
  readonly targetsOnly: boolean;
  /** Of a path that ends in `value`: reads the elements that hold it, where a reason for its absence stands. */
  readonly valueHolder: CompiledFhirPath | "base" | undefined;
  /**
   * Of a path that conditions or a cast at its end may leave nothing of: reads what stands there all the same, since a reason
   * for absence counts wherever it stands (engine-behaviour 7.7). Undefined where only the elements that are left count.
   */
  readonly addressed: CompiledFhirPath | undefined;
  /** True when the last element of the path is `effective`: events then are values, not structure (engine-behaviour 6.4). */
  readonly mentionsEffective: boolean;
}

/** A compiled openEHR condition: a node that is looked at, and what is compared below it (fhirconnect-language 6). */
export interface OpenEhrCondition {
  readonly root: OpenEhrAccessor;
  readonly attributes: readonly OpenEhrAccessor[];
  readonly operator: ConditionOperator;
  readonly criteria: readonly string[];
}

/**
 * A compiled FHIR condition (fhirconnect-language 6.2). `relation` says where the tested elements stand relative to those
 * the method maps: `filter` on or above their path (only what is below kept ones goes on), `below` them (each mapped element
 * is tested through the longer path), `switch` elsewhere (the method runs when any tested element satisfies).
 */
export interface FhirCondition {
  readonly operator: ConditionOperator;
  readonly criteria: readonly string[];
  readonly relation: "filter" | "below" | "switch";
  readonly base: FhirBase;
  /** Reads the tested elements from the base; undefined when the base itself is tested. */
  readonly root: CompiledFhirPath | undefined;
  /** For `filter`: from a tested element on to the mapped ones; undefined when they are the same. */
  readonly rest: CompiledFhirPath | undefined;
  /** Read the compared values, from a tested element (for `below` from a mapped one). Empty: the element itself. */
  readonly attributes: readonly CompiledFhirPath[];
  /** What the condition says when nothing stands at its root, for `one of`, `not of` and `type`. */
  readonly holdsForNothing: boolean;
  /** Decides on the texts of all compared values, for `one of` and `not of`. */
  readonly accepts: (values: readonly string[]) => boolean;
}
