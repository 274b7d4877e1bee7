import type { CompiledMappers } from "../cache/compiled-mappers.js";
import type { ClusterNode } from "../cluster/cluster-node.js";
import type { MapperSettings } from "../engine/mapper.js";
import type { SemanticsSetting } from "../fhirconnect/dialect/semantics-setting.js";
import type { ConfigurationStore } from "../store/configuration-store.js";
import type { MissingModelsPolicy } from "../store/missing-models-policy.js";

/** What a server is doing; only `UP` is ready for requests (rest-api 11.5). */
export type ServerState = "STARTING" | "UP" | "STOPPING";

/** Everything the routes work with. Routes hold no state of their own. */
export interface HttpParts {
  readonly store: ConfigurationStore;
  readonly mappers: CompiledMappers;
  /** This process among the others that share its database. */
  readonly cluster: ClusterNode;
  readonly state: () => ServerState;
  /** Random 32-hex id of this process; goes out as `X-Causeway-Node`. */
  readonly nodeId: string;
  readonly settings: HttpSettings;
}

export interface HttpSettings {
  /** Whether `/$purge` may erase the tenant (CAUSEWAY_ALLOW_PURGE). */
  readonly allowPurge: boolean;
  /** What becomes of a context whose models are not stored (CAUSEWAY_MISSING_MODELS). */
  readonly missingModels: MissingModelsPolicy;
  /** How contexts are read for which their upload asked nothing (CAUSEWAY_SEMANTICS). */
  readonly semantics: SemanticsSetting;
  readonly mapper: MapperSettings;
  /** Which program this is: `X-Causeway-Version` and `X-Causeway-Commit` of `/health`. */
  readonly version: string;
  readonly commit: string;
}

/** Largest request body per group of routes, in bytes (dependencies, finding 10). */
export const bodyLimits = {
  templates: 20 * 1024 * 1024,
  mappingFiles: 2 * 1024 * 1024,
  mappingCalls: 20 * 1024 * 1024,
} as const;
