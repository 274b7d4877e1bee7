import type { SemanticsName } from "../fhirconnect/dialect/semantics-setting.js";

/**
 * What a mapping file means where the language page (v1.0.0) and the engine that today's files were tried on disagree
 * about the same words (fhirconnect-language 20.3). Chosen per context; every difference has a name here, so that no other
 * place in the engine knows of dialects.
 */
export interface Semantics {
  readonly name: SemanticsName;
  /** `one of` and `not of` on the FHIR side: a criterion occurs in the values joined by commas, or equals one of them. */
  readonly criteria: "substring" | "equality";
  /** Criteria in one bracketed text, `"[a, b]"`, of a condition on the FHIR side: the first one, or all of them. */
  readonly bracketedCriteria: "first" | "all";
  /** A slot that names the model it stands in: cut, or followed as deep as the data go. */
  readonly ownSlot: "cut" | "followed";
  /**
   * What children of a method do that made one more member of a list, when nothing repeats on its openEHR side: a value
   * goes to the member with the index that the value has on its own path, or to the member made last.
   */
  readonly listMember: "by-own-index" | "last";
  /**
   * A condition whose root is not on the path of its method: its attribute is read on the mapped elements all the same, or
   * it is a switch for the whole method.
   */
  readonly unrelatedRoot: "attribute-on-element" | "switch";
  /**
   * Resources at the path of a method with `reference`: mapped where it reads entries of a Bundle on `$reference`, or mapped
   * wherever they stand, as if they were referred to.
   */
  readonly resourcesAsTargets: "of-entries" | "all";
  /** What programmed mappings give to FHIR: only the daily Timing, or also other Timings, Ranges and Ratios. */
  readonly programmedResults: "daily-timing-only" | "all";
  /** Minutes and seconds of a duration written in components: counted as hours, as stores of today have them, or kept. */
  readonly durationComponents: "counted-as-hours" | "kept";
  /** The reason for an absent value in a list of primitives without any value: overlooked, or read. */
  readonly reasonsInLists: "overlooked" | "read";
  /** FHIR dates without day or month: the first day is taken, or they stay partial. */
  readonly partialDates: "first-day" | "kept";
  /** Paths that go on into RM attributes below a data value or party: end at the last node of the template, or go there. */
  readonly rmAttributes: "cut" | "followed";
  /** A literal joined to a path with `&`: part of an expression, or text put on where it is written and taken off where it is read. */
  readonly concatenation: "expression" | "literals";
  /** Methods with `link`: only their children run, or they write and read LINKs. */
  readonly links: "ignored" | "mapped";
  /** Literal references that lead to no resource of the result: removed, or kept. */
  readonly literalReferences: "removed" | "kept";
  /**
   * A FHIR time in the first run of the hour that a change to winter time repeats: wall clock time alone, which means the
   * second run when it is read again, or with its offset.
   */
  readonly repeatedHour: "wall-clock" | "with-offset";
  /** Version in the terminology id of a TERM_MAPPING's target, on the way to FHIR. */
  readonly termMappingVersion: "dropped" | "kept";
  /**
   * What a method writes to a list that an earlier one has written: the same occurrences, or further ones. And which of several
   * repeating nodes its results iterate: the innermost, or the outermost below entry and event.
   */
  readonly listWrites: "from-first" | "appended";
  /**
   * Occurrences of the start model's archetype and start resources: all resources write into one occurrence and all
   * occurrences into one resource, or each has its own.
   */
  readonly startOccurrences: "shared" | "own";
  /**
   * `preprocessor.hierarchy`: every occurrence of `with.openehr` is a resource and every resource an occurrence, or what the keys
   * of `split` say: groups by `unique`, elements and nodes that `create` and `path` name, elements that `with.fhir` names.
   */
  readonly hierarchies: "each-occurrence" | "grouped";
  /**
   * Conditions on several attributes: `one of` and `not of` of the FHIR side look at the first, `not empty` of the openEHR side at
   * any; or at all of them.
   */
  readonly severalAttributes: "first-or-any" | "all";
  /** Conditions with the operator `type`: looked at on the way to their side as well, or on the input only. */
  readonly typeConditions: "both-directions" | "input";
  /** The model of a slot runs behind the children of the method, or before them. */
  readonly slotOrder: "behind-children" | "before-children";
  /** The condition of a `manual` entry replaces that of the method, or both must hold. */
  readonly constantGates: "entry" | "entry-and-method";
  /** `manual` of methods directly in `reference.mappings`. */
  readonly constantsInReference: "ignored" | "written";
  /** `$openEHRRoot` and `$openEhrArchetype`: no variables, or `$openehrRoot` and `$archetype`. */
  readonly olderVariables: "literal" | "alias";
  /**
   * Reasons for absence: openFHIR's table, to openEHR only, also of elements that conditions or a cast leave out when they leave
   * none; or the page's, of elements that the path reaches, with the reason kept, and back.
   */
  readonly nullFlavours: "to-openehr" | "both-ways";
  /** Where `start` names one of several models of an archetype: all of them begin a run, or the one that it names. */
  readonly startModels: "of-archetype" | "named";
  /** What `reference.resourceType` says on the way to openEHR: nothing, or that targets of other types are passed over. */
  readonly referenceTargets: "of-any-type" | "of-resource-type";
  /**
   * A FHIR path that goes from a reference into an element of the resource behind it, without cast or `resolve()`: it makes that
   * resource and is not read, or it is read and makes none. An element that both have is the resource's, or the Reference's.
   */
  readonly throughReferences: "created" | "read";
  /** FHIR conditions at whose root nothing stands: `type` holds and `not of` does not, or the other way round. */
  readonly absentRoots: "hold-type" | "hold-not-of";
  /** Which end of a Period the time of an INTERVAL_EVENT is. */
  readonly intervalEventTime: "start" | "end";
  /**
   * What is kept of coded texts: one label for text and display, and the first coding; or text and display apart, the coding
   * that the template requires, and all codings of a concept as term mappings, also of a free text.
   */
  readonly codedTexts: "one-label" | "complete";
  /** The static type `QUANTITY`: the rule of DV_QUANTITY, which takes unit and code of an ordinal; or the class at the node. */
  readonly quantityType: "of-dv-quantity" | "of-node";
  /** What is kept of units: the UCUM code; or also another system, the name of the unit, and `1` for bare numbers. */
  readonly units: "ucum-code" | "complete";
  /** Periods at places of one moment: not converted, or taken for their end. */
  readonly periods: "intervals" | "moments";
  /** What is kept of Attachments: type, size and url or data; or also both of them, language and hash. */
  readonly attachments: "content" | "complete";
  /** A Reference where openEHR has a party or an identifier: only the way to a resource, or a value of its own. */
  readonly references: "structure" | "values";
  /** An Identifier as a party: its system is written as the assigner, or as the issuer like that of every DV_IDENTIFIER. */
  readonly partyIdentifiers: "system-as-assigner" | "as-every-identifier";
}

/** What today's files were tried on; taken for all that cannot be told apart. */
export const openFhirSemantics: Semantics = Object.freeze({
  name: "openfhir",
  criteria: "substring",
  bracketedCriteria: "first",
  ownSlot: "cut",
  listMember: "by-own-index",
  unrelatedRoot: "attribute-on-element",
  resourcesAsTargets: "of-entries",
  programmedResults: "daily-timing-only",
  durationComponents: "counted-as-hours",
  reasonsInLists: "overlooked",
  partialDates: "first-day",
  rmAttributes: "cut",
  concatenation: "expression",
  links: "ignored",
  literalReferences: "removed",
  repeatedHour: "wall-clock",
  termMappingVersion: "dropped",
  listWrites: "from-first",
  startOccurrences: "shared",
  hierarchies: "each-occurrence",
  severalAttributes: "first-or-any",
  typeConditions: "both-directions",
  slotOrder: "behind-children",
  constantGates: "entry",
  constantsInReference: "ignored",
  olderVariables: "literal",
  nullFlavours: "to-openehr",
  startModels: "of-archetype",
  referenceTargets: "of-any-type",
  throughReferences: "created",
  absentRoots: "hold-type",
  intervalEventTime: "start",
  codedTexts: "one-label",
  quantityType: "of-dv-quantity",
  units: "ucum-code",
  periods: "intervals",
  attachments: "content",
  references: "structure",
  partyIdentifiers: "system-as-assigner",
});

/** The language page, FHIR Connect v1.0.0. */
export const v1Semantics: Semantics = Object.freeze({
  name: "v1",
  criteria: "equality",
  bracketedCriteria: "all",
  ownSlot: "followed",
  listMember: "last",
  unrelatedRoot: "switch",
  resourcesAsTargets: "all",
  programmedResults: "all",
  durationComponents: "kept",
  reasonsInLists: "read",
  partialDates: "kept",
  rmAttributes: "followed",
  concatenation: "literals",
  links: "mapped",
  literalReferences: "kept",
  repeatedHour: "with-offset",
  termMappingVersion: "kept",
  listWrites: "appended",
  startOccurrences: "own",
  hierarchies: "grouped",
  severalAttributes: "all",
  typeConditions: "input",
  slotOrder: "before-children",
  constantGates: "entry-and-method",
  constantsInReference: "written",
  olderVariables: "alias",
  nullFlavours: "both-ways",
  startModels: "named",
  referenceTargets: "of-resource-type",
  throughReferences: "read",
  absentRoots: "hold-not-of",
  intervalEventTime: "end",
  codedTexts: "complete",
  quantityType: "of-node",
  units: "complete",
  periods: "moments",
  attachments: "complete",
  references: "values",
  partyIdentifiers: "as-every-identifier",
});

/** The semantics of a name, as {@link SemanticsName} spells it. */
export function semanticsCalled(name: SemanticsName): Semantics {
  switch (name) {
    case "openfhir":
      return openFhirSemantics;
    case "v1":
      return v1Semantics;
  }
}
