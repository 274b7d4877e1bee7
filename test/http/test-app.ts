import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { buildApp } from "../../src/app.js";
import { CompiledMappers } from "../../src/cache/compiled-mappers.js";
import type { ClusterNode } from "../../src/cluster/cluster-node.js";
import type { ClusterState } from "../../src/cluster/cluster-state.js";
import type { Mapper, MapperSource } from "../../src/engine/mapper.js";
import type { SemanticsSetting } from "../../src/fhirconnect/dialect/semantics-setting.js";
import type { ServerState } from "../../src/http/app-parts.js";
import type { MetricSources } from "../../src/http/metrics/metric-sources.js";
import type { MissingModelsPolicy } from "../../src/store/missing-models-policy.js";
import { MemoryConfigurationStore } from "./memory-configuration-store.js";

export interface TestApp {
  readonly app: FastifyInstance;
  readonly store: MemoryConfigurationStore;
  /** Every line that was logged. */
  readonly log: readonly string[];
  /** Every source that was compiled. */
  readonly compiled: readonly MapperSource[];
}

export interface TestAppOptions {
  readonly allowPurge?: boolean;
  readonly missingModels?: MissingModelsPolicy;
  readonly semantics?: SemanticsSetting;
  readonly state?: () => ServerState;
  /** Default: a mapper that says what it was called with. */
  readonly mapper?: Partial<Mapper>;
  /** Default: none; mappings are not compiled, and `mapper` says what calls do. */
  readonly compile?: (source: MapperSource) => Mapper | Promise<Mapper>;
  /** Default: nothing cached, no cluster, nobody uses a database. */
  readonly metrics?: Partial<MetricSources>;
  /** Default: a node that is alone and always up to date. */
  readonly cluster?: Partial<ClusterNode>;
}

/** The app as the server builds it, over a store in memory and a mapper that only says what it was called with. */
export async function testApp({
  allowPurge = false,
  missingModels = "accept",
  semantics = "auto",
  state = () => "UP",
  mapper,
  compile: compileReally,
  metrics,
  cluster,
}: TestAppOptions = {}): Promise<TestApp> {
  const store = new MemoryConfigurationStore();
  const log: string[] = [];
  const compiled: MapperSource[] = [];
  const compile = (source: MapperSource): Mapper | Promise<Mapper> => {
    compiled.push(source);
    return compileReally?.(source) ?? { ...echoMapper(source), ...mapper };
  };
  const mappers = new CompiledMappers({ store, compile, reportUnreadable: () => {} });
  const logger = pino({ level: "trace" }, { write: (line) => void log.push(line) });
  const mapperSettings = { timeZone: "UTC", now: () => new Date(0) };
  const settings = { allowPurge, missingModels, semantics, version: "0.0.0", commit: "none", mapper: mapperSettings };
  const app = await buildApp({
    store,
    mappers,
    cluster: { ...aloneWith(mappers), ...cluster },
    logger,
    state,
    nodeId: "0".repeat(32),
    settings,
    metrics: { ...nothingToCount, ...metrics },
  });
  return { app, store, log, compiled };
}

function aloneWith(mappers: CompiledMappers): ClusterNode {
  return {
    fresh: async () => "fresh",
    written: async () => mappers.dropAll(),
    state: () => aloneState,
    close: async () => {},
  };
}

/** The state of a node that is alone, freshly started. */
export const aloneState: ClusterState = {
  node: { instanceId: "0".repeat(32), version: "0.0.0", commit: "none" },
  cluster: "test",
  applied: { epoch: "epoch", position: 0 },
  head: { epoch: "epoch", position: 0 },
  lastSyncAgeMilliseconds: 1,
  freshness: "fresh",
  stalePolicy: "serve",
  channel: { kind: "NONE", connected: false, peers: [], sent: 0, received: 0, refused: 0, reconnects: 0, lag: 0 },
  members: [],
  duties: [],
  fullDrops: 0,
};

const nothingToCount: MetricSources = {
  caches: () => [],
  compiles: () => ({ ok: 0, failed: 0 }),
  cluster: () => undefined,
  pool: () => ({ used: 0, free: 0, waiting: 0, oldestWaitMilliseconds: 0 }),
  build: { version: "0.0.0", commit: "none" },
  secondLevel: () => undefined,
  replicas: () => [],
};

function echoMapper(source: MapperSource): Mapper {
  return {
    templateId: source.template.templateId,
    fhirVersion: "R4",
    semantics: { name: "openfhir", chosenBy: "default", reason: "A test needs no other." },
    diagnostics: [],
    startsApart: undefined,
    readComposition: () => [{ _type: "COMPOSITION" }],
    wholeCompositions: (objects) => objects,
    toFhir: (compositions) => ({
      resourceType: "Bundle",
      total: compositions.length,
      template: source.template.templateId,
    }),
    toOpenEhr: () => ({
      composition: () => ({ _type: "COMPOSITION", template: source.template.templateId }),
      flat: () => ({ "echo/template": source.template.templateId }),
    }),
  } as Mapper;
}

const shared = join(import.meta.dirname, "..", "..", "..", "shared");

/** Whether the reference corpus stands beside the project; tests on real files are skipped without it. */
export const haveCorpus = existsSync(join(shared, "conformance"));

/** A file of the conformance corpus. */
export function corpusFile(path: string): string {
  return readFileSync(join(shared, "conformance", "openfhir", path), "utf8");
}

/** The files below a folder of the conformance corpus, sorted. */
export function corpusFiles(folder: string): readonly string[] {
  const names = readdirSync(join(shared, "conformance", "openfhir", folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.includes("."))
    .map((name) => join(folder, name))
    .sort();
}

export const vitalModel = `grammar: FHIRConnect/v1.0.0
type: model
metadata:
  name: OBSERVATION.pulse.v2
  version: 1.0.0
spec:
  system: FHIR
  version: R4
  openEhrConfig:
    archetype: openEHR-EHR-OBSERVATION.pulse.v2
  fhirConfig:
    structureDefinition: http://hl7.org/fhir/StructureDefinition/Observation
mappings:
  - name: status
    with:
      fhir: $resource.status
      openehr: $archetype/name
`;

export function vitalContext(templateId: string, start = "OBSERVATION.pulse.v2"): string {
  return `grammar: FHIRConnect/v1.0.0
type: context
metadata:
  name: vital-check.context
  version: 1.0.0
spec:
  system: FHIR
  version: R4
context:
  profile:
    url: https://example.org/StructureDefinition/vital-check
  template:
    id: ${JSON.stringify(templateId)}
  archetypes:
    - ${JSON.stringify(start)}
  start: ${JSON.stringify(start)}
`;
}
