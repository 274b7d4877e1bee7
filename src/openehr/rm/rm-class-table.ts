/**
 * The openEHR reference model (1.0.4, as the reference implementation publishes it) as data: one row per class.
 * Attributes are written `name TYPE`, `name? TYPE` when optional, `name* TYPE` for lists (`name?* TYPE` for both).
 * They stand in the member order of canonical JSON (openehr-formats 21.2); attributes of the parent class come first,
 * except where a row says otherwise.
 */
export interface RmClassRow {
  readonly parent?: string;
  readonly isAbstract?: true;
  readonly attributes: readonly string[];
  /** Attributes that canonical JSON writes after those of all descendants. */
  readonly trailing?: readonly string[];
  /** Own attributes come before the inherited ones (dates and times write `value` first). */
  readonly ownFirst?: true;
}

export const RM_CLASS_TABLE: Readonly<Record<string, RmClassRow>> = {
  PATHABLE: { isAbstract: true, attributes: [] },
  LOCATABLE: {
    parent: "PATHABLE",
    isAbstract: true,
    attributes: ["name DV_TEXT", "archetype_details? ARCHETYPED", "feeder_audit? FEEDER_AUDIT"],
    trailing: ["archetype_node_id STRING", "uid? UID_BASED_ID", "links?* LINK"],
  },
  COMPOSITION: {
    parent: "LOCATABLE",
    attributes: [
      "language CODE_PHRASE",
      "territory CODE_PHRASE",
      "category DV_CODED_TEXT",
      "composer PARTY_PROXY",
      "context? EVENT_CONTEXT",
      "content?* CONTENT_ITEM",
    ],
  },
  EVENT_CONTEXT: {
    parent: "PATHABLE",
    attributes: [
      "start_time DV_DATE_TIME",
      "end_time? DV_DATE_TIME",
      "location? STRING",
      "setting DV_CODED_TEXT",
      "other_context? ITEM_STRUCTURE",
      "health_care_facility? PARTY_IDENTIFIED",
      "participations?* PARTICIPATION",
    ],
  },
  CONTENT_ITEM: { parent: "LOCATABLE", isAbstract: true, attributes: [] },
  SECTION: { parent: "CONTENT_ITEM", attributes: ["items?* CONTENT_ITEM"] },
  GENERIC_ENTRY: { parent: "CONTENT_ITEM", attributes: ["data ITEM_TREE"] },
  ENTRY: {
    parent: "CONTENT_ITEM",
    isAbstract: true,
    attributes: [
      "language CODE_PHRASE",
      "encoding CODE_PHRASE",
      "workflow_id? OBJECT_REF",
      "subject PARTY_PROXY",
      "provider? PARTY_PROXY",
      "other_participations?* PARTICIPATION",
    ],
  },
  ADMIN_ENTRY: { parent: "ENTRY", attributes: ["data ITEM_STRUCTURE"] },
  CARE_ENTRY: {
    parent: "ENTRY",
    isAbstract: true,
    attributes: ["protocol? ITEM_STRUCTURE", "guideline_id? OBJECT_REF"],
  },
  OBSERVATION: { parent: "CARE_ENTRY", attributes: ["state? HISTORY", "data HISTORY"] },
  EVALUATION: { parent: "CARE_ENTRY", attributes: ["time_asserted? DV_DATE_TIME", "data ITEM_STRUCTURE"] },
  INSTRUCTION: {
    parent: "CARE_ENTRY",
    attributes: [
      "narrative DV_TEXT",
      "expiry_time? DV_DATE_TIME",
      "wf_definition? DV_PARSABLE",
      "activities?* ACTIVITY",
    ],
  },
  ACTION: {
    parent: "CARE_ENTRY",
    attributes: [
      "time DV_DATE_TIME",
      "description ITEM_STRUCTURE",
      "ism_transition ISM_TRANSITION",
      "instruction_details? INSTRUCTION_DETAILS",
    ],
  },
  ACTIVITY: {
    parent: "LOCATABLE",
    attributes: ["description ITEM_STRUCTURE", "timing? DV_PARSABLE", "action_archetype_id STRING"],
  },
  ISM_TRANSITION: {
    parent: "PATHABLE",
    attributes: [
      "current_state DV_CODED_TEXT",
      "transition? DV_CODED_TEXT",
      "careflow_step? DV_CODED_TEXT",
      "reason?* DV_TEXT",
    ],
  },
  INSTRUCTION_DETAILS: {
    parent: "PATHABLE",
    attributes: ["instruction_id LOCATABLE_REF", "activity_id STRING", "wf_details? ITEM_STRUCTURE"],
  },
  DATA_STRUCTURE: { parent: "LOCATABLE", isAbstract: true, attributes: [] },
  HISTORY: {
    parent: "DATA_STRUCTURE",
    attributes: [
      "origin DV_DATE_TIME",
      "period? DV_DURATION",
      "duration? DV_DURATION",
      "summary? ITEM_STRUCTURE",
      "events?* EVENT",
    ],
  },
  EVENT: {
    parent: "LOCATABLE",
    isAbstract: true,
    attributes: ["time DV_DATE_TIME", "state? ITEM_STRUCTURE", "data ITEM_STRUCTURE"],
  },
  POINT_EVENT: { parent: "EVENT", attributes: [] },
  INTERVAL_EVENT: {
    parent: "EVENT",
    attributes: ["width DV_DURATION", "sample_count? LONG", "math_function DV_CODED_TEXT"],
  },
  ITEM_STRUCTURE: { parent: "DATA_STRUCTURE", isAbstract: true, attributes: [] },
  ITEM_TREE: { parent: "ITEM_STRUCTURE", attributes: ["items?* ITEM"] },
  ITEM_LIST: { parent: "ITEM_STRUCTURE", attributes: ["items?* ELEMENT"] },
  ITEM_SINGLE: { parent: "ITEM_STRUCTURE", attributes: ["item ELEMENT"] },
  ITEM_TABLE: { parent: "ITEM_STRUCTURE", attributes: ["rows?* CLUSTER"] },
  ITEM: { parent: "LOCATABLE", isAbstract: true, attributes: [] },
  CLUSTER: { parent: "ITEM", attributes: ["items* ITEM"] },
  ELEMENT: {
    parent: "ITEM",
    attributes: ["value? DATA_VALUE", "null_flavour? DV_CODED_TEXT", "null_reason? DV_TEXT"],
  },
  FOLDER: {
    parent: "LOCATABLE",
    attributes: ["items?* OBJECT_REF", "folders?* FOLDER", "details? ITEM_STRUCTURE"],
  },
  EHR_STATUS: {
    parent: "LOCATABLE",
    attributes: ["subject PARTY_SELF", "other_details? ITEM_STRUCTURE"],
    trailing: ["is_queryable BOOLEAN", "is_modifiable BOOLEAN"],
  },

  PARTY: {
    parent: "LOCATABLE",
    isAbstract: true,
    attributes: [
      "identities* PARTY_IDENTITY",
      "contacts?* CONTACT",
      "details? ITEM_STRUCTURE",
      "reverse_relationships?* LOCATABLE_REF",
      "relationships?* PARTY_RELATIONSHIP",
    ],
  },
  ACTOR: { parent: "PARTY", isAbstract: true, attributes: ["languages?* DV_TEXT", "roles?* PARTY_REF"] },
  PERSON: { parent: "ACTOR", attributes: [] },
  ORGANISATION: { parent: "ACTOR", attributes: [] },
  GROUP: { parent: "ACTOR", attributes: [] },
  AGENT: { parent: "ACTOR", attributes: [] },
  ROLE: {
    parent: "PARTY",
    attributes: ["time_validity? DV_INTERVAL", "performer PARTY_REF", "capabilities?* CAPABILITY"],
  },
  PARTY_IDENTITY: { parent: "LOCATABLE", attributes: ["details ITEM_STRUCTURE"] },
  CONTACT: { parent: "LOCATABLE", attributes: ["time_validity? DV_INTERVAL", "addresses* ADDRESS"] },
  ADDRESS: { parent: "LOCATABLE", attributes: ["details ITEM_STRUCTURE"] },
  CAPABILITY: { parent: "LOCATABLE", attributes: ["credentials ITEM_STRUCTURE", "time_validity? DV_INTERVAL"] },
  PARTY_RELATIONSHIP: {
    parent: "LOCATABLE",
    attributes: ["details? ITEM_STRUCTURE", "time_validity? DV_INTERVAL", "source PARTY_REF", "target PARTY_REF"],
  },

  DATA_VALUE: { isAbstract: true, attributes: [] },
  DV_BOOLEAN: { parent: "DATA_VALUE", attributes: ["value BOOLEAN"] },
  DV_STATE: { parent: "DATA_VALUE", attributes: ["value DV_CODED_TEXT", "is_terminal BOOLEAN"] },
  DV_IDENTIFIER: {
    parent: "DATA_VALUE",
    attributes: ["issuer? STRING", "assigner? STRING", "id STRING", "type? STRING"],
  },
  DV_URI: { parent: "DATA_VALUE", attributes: ["value STRING"] },
  DV_EHR_URI: { parent: "DV_URI", attributes: [] },
  DV_TEXT: {
    parent: "DATA_VALUE",
    attributes: [
      "value STRING",
      "hyperlink? DV_URI",
      "formatting? STRING",
      "mappings?* TERM_MAPPING",
      "language? CODE_PHRASE",
      "encoding? CODE_PHRASE",
    ],
  },
  DV_CODED_TEXT: { parent: "DV_TEXT", attributes: ["defining_code CODE_PHRASE"] },
  DV_PARAGRAPH: { parent: "DATA_VALUE", attributes: ["items* DV_TEXT"] },
  CODE_PHRASE: {
    attributes: ["terminology_id TERMINOLOGY_ID", "code_string STRING", "preferred_term? STRING"],
  },
  TERM_MAPPING: { attributes: ["match CHARACTER", "purpose? DV_CODED_TEXT", "target CODE_PHRASE"] },
  DV_ORDERED: {
    parent: "DATA_VALUE",
    isAbstract: true,
    attributes: ["normal_status? CODE_PHRASE", "normal_range? DV_INTERVAL", "other_reference_ranges?* REFERENCE_RANGE"],
  },
  DV_ORDINAL: { parent: "DV_ORDERED", attributes: ["symbol DV_CODED_TEXT", "value INTEGER"] },
  DV_SCALE: { parent: "DV_ORDERED", attributes: ["symbol DV_CODED_TEXT", "value DOUBLE"] },
  DV_QUANTIFIED: { parent: "DV_ORDERED", isAbstract: true, attributes: ["magnitude_status? STRING"] },
  DV_AMOUNT: {
    parent: "DV_QUANTIFIED",
    isAbstract: true,
    attributes: ["accuracy? DOUBLE", "accuracy_is_percent? BOOLEAN"],
  },
  DV_QUANTITY: {
    parent: "DV_AMOUNT",
    attributes: [
      "precision? INTEGER",
      "units STRING",
      "magnitude DOUBLE",
      "units_system? STRING",
      "units_display_name? STRING",
    ],
  },
  DV_COUNT: { parent: "DV_AMOUNT", attributes: ["magnitude LONG"] },
  DV_PROPORTION: {
    parent: "DV_AMOUNT",
    attributes: ["numerator DOUBLE", "denominator DOUBLE", "type INTEGER", "precision? INTEGER"],
  },
  DV_DURATION: { parent: "DV_AMOUNT", attributes: ["value STRING"] },
  DV_ABSOLUTE_QUANTITY: { parent: "DV_QUANTIFIED", isAbstract: true, attributes: [] },
  DV_TEMPORAL: { parent: "DV_ABSOLUTE_QUANTITY", isAbstract: true, attributes: ["accuracy? DV_DURATION"] },
  DV_DATE: { parent: "DV_TEMPORAL", attributes: ["value STRING"], ownFirst: true },
  DV_TIME: { parent: "DV_TEMPORAL", attributes: ["value STRING"], ownFirst: true },
  DV_DATE_TIME: { parent: "DV_TEMPORAL", attributes: ["value STRING"], ownFirst: true },
  DV_INTERVAL: {
    parent: "DATA_VALUE",
    attributes: [
      "lower? DV_ORDERED",
      "upper? DV_ORDERED",
      "lower_unbounded BOOLEAN",
      "upper_unbounded BOOLEAN",
      "lower_included BOOLEAN",
      "upper_included BOOLEAN",
    ],
  },
  REFERENCE_RANGE: { attributes: ["range DV_INTERVAL", "meaning DV_TEXT"] },
  DV_ENCAPSULATED: {
    parent: "DATA_VALUE",
    isAbstract: true,
    attributes: ["charset? CODE_PHRASE", "language? CODE_PHRASE"],
  },
  DV_PARSABLE: { parent: "DV_ENCAPSULATED", attributes: ["value STRING", "formalism STRING"] },
  DV_MULTIMEDIA: {
    parent: "DV_ENCAPSULATED",
    attributes: [
      "alternate_text? STRING",
      "uri? DV_URI",
      "data? BYTES",
      "media_type CODE_PHRASE",
      "compression_algorithm? CODE_PHRASE",
      "integrity_check? BYTES",
      "integrity_check_algorithm? CODE_PHRASE",
      "size INTEGER",
      "thumbnail? DV_MULTIMEDIA",
    ],
  },
  DV_TIME_SPECIFICATION: { parent: "DATA_VALUE", isAbstract: true, attributes: ["value DV_PARSABLE"] },
  DV_GENERAL_TIME_SPECIFICATION: { parent: "DV_TIME_SPECIFICATION", attributes: [] },
  DV_PERIODIC_TIME_SPECIFICATION: { parent: "DV_TIME_SPECIFICATION", attributes: [] },

  ARCHETYPED: { attributes: ["archetype_id ARCHETYPE_ID", "template_id? TEMPLATE_ID", "rm_version STRING"] },
  LINK: { attributes: ["meaning DV_TEXT", "type DV_TEXT", "target DV_EHR_URI"] },
  FEEDER_AUDIT: {
    attributes: [
      "originating_system_item_ids?* DV_IDENTIFIER",
      "feeder_system_item_ids?* DV_IDENTIFIER",
      "original_content? DV_ENCAPSULATED",
      "originating_system_audit FEEDER_AUDIT_DETAILS",
      "feeder_system_audit? FEEDER_AUDIT_DETAILS",
    ],
  },
  FEEDER_AUDIT_DETAILS: {
    attributes: [
      "system_id STRING",
      "location? PARTY_IDENTIFIED",
      "provider? PARTY_IDENTIFIED",
      "subject? PARTY_PROXY",
      "time? DV_DATE_TIME",
      "version_id? STRING",
      "other_details? ITEM_STRUCTURE",
    ],
  },
  PARTY_PROXY: { isAbstract: true, attributes: ["external_ref? PARTY_REF"] },
  PARTY_SELF: { parent: "PARTY_PROXY", attributes: [] },
  PARTY_IDENTIFIED: { parent: "PARTY_PROXY", attributes: ["name? STRING", "identifiers?* DV_IDENTIFIER"] },
  PARTY_RELATED: { parent: "PARTY_IDENTIFIED", attributes: ["relationship DV_CODED_TEXT"] },
  PARTICIPATION: {
    attributes: ["function DV_TEXT", "mode? DV_CODED_TEXT", "time? DV_INTERVAL", "performer PARTY_PROXY"],
  },

  OBJECT_REF: { attributes: ["namespace STRING", "type STRING", "id OBJECT_ID"] },
  PARTY_REF: { parent: "OBJECT_REF", attributes: [] },
  LOCATABLE_REF: { parent: "OBJECT_REF", attributes: ["path STRING"] },
  ACCESS_GROUP_REF: { parent: "OBJECT_REF", attributes: [] },
  OBJECT_ID: { isAbstract: true, attributes: ["value STRING"] },
  UID_BASED_ID: { parent: "OBJECT_ID", isAbstract: true, attributes: [] },
  HIER_OBJECT_ID: { parent: "UID_BASED_ID", attributes: [] },
  OBJECT_VERSION_ID: { parent: "UID_BASED_ID", attributes: [] },
  ARCHETYPE_ID: { parent: "OBJECT_ID", attributes: [] },
  TEMPLATE_ID: { parent: "OBJECT_ID", attributes: [] },
  TERMINOLOGY_ID: { parent: "OBJECT_ID", attributes: [] },
  GENERIC_ID: { parent: "OBJECT_ID", attributes: ["scheme STRING"] },
};

const LOCATABLE_TAIL = "name feeder_audit links";

/**
 * The order in which the attribute nodes of a class enter the raw template tree (openehr-formats 21.1), attribute names
 * only. Classes that are not listed bring no attribute nodes of their own.
 */
export const TEMPLATE_ATTRIBUTE_ORDER: Readonly<Record<string, string>> = {
  COMPOSITION:
    "archetype_node_id composer language content uid archetype_details name context feeder_audit links category territory",
  EVENT_CONTEXT: "start_time other_context participations end_time location health_care_facility setting",
  OBSERVATION:
    "workflow_id data archetype_node_id subject language encoding uid guideline_id protocol archetype_details provider name feeder_audit links other_participations state",
  EVALUATION:
    "workflow_id data archetype_node_id subject language encoding time_asserted uid guideline_id protocol archetype_details provider name feeder_audit links other_participations",
  INSTRUCTION:
    "workflow_id archetype_node_id subject narrative language encoding uid guideline_id protocol wf_definition archetype_details provider activities name feeder_audit links other_participations expiry_time",
  ACTIVITY: "uid archetype_details archetype_node_id timing action_archetype_id name feeder_audit description links",
  ACTION:
    "ism_transition workflow_id archetype_node_id subject description language encoding uid guideline_id protocol archetype_details provider name feeder_audit instruction_details links other_participations time",
  ISM_TRANSITION: "reason current_state careflow_step transition",
  INSTRUCTION_DETAILS: "wf_details activity_id instruction_id",
  ADMIN_ENTRY:
    "workflow_id data archetype_node_id subject language encoding uid archetype_details provider name feeder_audit links other_participations",
  GENERIC_ENTRY: `uid data archetype_details archetype_node_id ${LOCATABLE_TAIL}`,
  SECTION: `uid archetype_details archetype_node_id ${LOCATABLE_TAIL} items`,
  HISTORY: `summary duration uid period archetype_details archetype_node_id origin ${LOCATABLE_TAIL} events`,
  EVENT: `uid data archetype_details archetype_node_id ${LOCATABLE_TAIL} state time`,
  POINT_EVENT: `uid data archetype_details archetype_node_id ${LOCATABLE_TAIL} state time`,
  INTERVAL_EVENT:
    "data archetype_node_id math_function uid archetype_details sample_count name width feeder_audit links state time",
  ITEM_TREE: `uid archetype_details archetype_node_id ${LOCATABLE_TAIL} items`,
  ITEM_LIST: `uid archetype_details archetype_node_id ${LOCATABLE_TAIL} items`,
  ITEM_SINGLE: `uid item archetype_details archetype_node_id ${LOCATABLE_TAIL}`,
  ITEM_TABLE: `uid archetype_details archetype_node_id ${LOCATABLE_TAIL} rows`,
  CLUSTER: `uid archetype_details archetype_node_id ${LOCATABLE_TAIL} items`,
  ELEMENT: `uid null_flavour null_reason archetype_details archetype_node_id ${LOCATABLE_TAIL} value`,
  DV_INTERVAL: "lower_included upper_included lower upper lower_unbounded upper_unbounded",
};
