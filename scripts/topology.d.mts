/** What to start beside Postgres. */
export interface TopologyOptions {
  /** Causeway processes; default 3, at most 16. */
  readonly nodes?: number;
  /** CLUSTER_DISCOVERY of the nodes; default: not set. With TCP every node gets the list of all, with REDIS Redis is started. */
  readonly discovery?: string;
  /** Nginx in front; default true. */
  readonly entry?: boolean;
  /** PgBouncer between the nodes and Postgres; default false. */
  readonly pooler?: boolean;
  /** A streaming replica, named to the nodes as DATABASE_READ_URL; default false. */
  readonly replica?: boolean;
  /** Redis; default: when the discovery is REDIS. */
  readonly redis?: boolean;
  /** What Node runs as a node: a file and its arguments; default: the sources where they are, else what was compiled. */
  readonly program?: readonly string[];
  /** Further variables of every node; they win over those of the topology. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program of the topology. Its output is in `logFile`. */
export interface TopologyProgram {
  readonly name: string;
  readonly logFile: string;
  readonly pid: number | undefined;
  readonly running: boolean;
  /** Resolves when it has ended, with the exit code or the signal. */
  readonly exited: Promise<string | number>;
  /** Sends a signal, SIGSTOP and SIGKILL included. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it (default: soon and in order; the hard way after 15 seconds) and resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface TopologyNode {
  /** Counted from 0, in order of start. */
  readonly number: number;
  readonly host: string;
  readonly url: string;
  readonly program: TopologyProgram;
}

export interface Topology extends AsyncDisposable {
  /** Temporary folder with logs, configuration and data; removed by `stop`. */
  readonly folder: string;
  /** Where nginx listens. */
  readonly url: string | undefined;
  /** All nodes in order of start, ended ones included. */
  readonly nodes: readonly TopologyNode[];
  /** The primary, without the pooler. */
  readonly databaseUrl: string;
  readonly poolerUrl: string | undefined;
  readonly replicaUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly nginx: TopologyProgram | undefined;
  readonly pgbouncer: TopologyProgram | undefined;
  readonly redis: TopologyProgram | undefined;
  /** The primary that was started last. */
  postgres(): TopologyProgram;
  /** Starts the primary again, on its data, after it was ended. */
  resumePostgres(): Promise<void>;
  /** Starts one more node with these variables on top; resolves when it is ready. */
  startNode(environment?: Readonly<Record<string, string>>): Promise<TopologyNode>;
  /** Names one more address of the service to nginx, without a process: tests listen there as a node would. */
  nameNode(): { readonly host: string; readonly port: number; withdraw(): void };
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

/** Starts everything and resolves when all is ready. Throws, with nothing left behind, when a part does not start. */
export function startTopology(options?: TopologyOptions): Promise<Topology>;

/** Debian's packages that the topology needs and this machine lacks. */
export function missingPackages(options: {
  readonly entry: boolean;
  readonly pooler: boolean;
  readonly redis: boolean;
}): readonly string[];
