import type { ColumnType, Generated } from "kysely";
import type { SemanticsSetting } from "../fhirconnect/dialect/semantics-setting.js";
import type { ClusterTables } from "./cluster-tables.js";
import type { StoredMappingKind } from "./stored.js";

/** The tables as the migrations make them. */
export interface Schema extends ClusterTables {
  readonly operational_template: OperationalTemplateTable;
  readonly mapping: MappingTable;
  readonly bootstrap_file: BootstrapFileTable;
  readonly invalidation_head: InvalidationHeadTable;
  readonly invalidation_log: InvalidationLogTable;
}

/** What a write makes stale: one stored file, or everything of the tenant. */
export type AggregateKind = "template" | StoredMappingKind | "tenant";

/** Set by the database and never changed. */
type SetByDatabase<T> = ColumnType<T, never, never>;
/** A 64 bit number, which the driver gives as text. */
type LargeNumber = ColumnType<string, number, number>;

interface OperationalTemplateTable {
  id: SetByDatabase<string>;
  tenant: ColumnType<string, string, never>;
  template_id: string;
  original_template_id: string;
  content: string;
  created: SetByDatabase<Date>;
  updated: Generated<Date>;
  ordinal: SetByDatabase<string>;
}

interface MappingTable {
  id: SetByDatabase<string>;
  tenant: ColumnType<string, string, never>;
  kind: StoredMappingKind;
  name: string;
  template_id: string | null;
  normalised_template_id: string | null;
  semantics: SemanticsSetting | null;
  content: string;
  created: SetByDatabase<Date>;
  updated: Generated<Date>;
  ordinal: SetByDatabase<string>;
}

interface BootstrapFileTable {
  id: SetByDatabase<string>;
  tenant: ColumnType<string, string, never>;
  path: string;
  file: string;
  content_hash: string;
  entity_id: string;
  entity_type: "OPT" | "MODEL" | "CONTEXT";
  created: SetByDatabase<Date>;
  updated: Generated<Date>;
}

interface InvalidationHeadTable {
  epoch: string;
  position: LargeNumber;
}

interface InvalidationLogTable {
  position: LargeNumber;
  tenant: string;
  aggregate_kind: AggregateKind;
  aggregate_key: string;
  at: SetByDatabase<Date>;
}
