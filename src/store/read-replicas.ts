import { Problem } from "../errors/problem.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import type {
  ConfigurationSnapshot,
  ConfigurationStore,
  MappingRepository,
  SnapshotOmissions,
  TemplateRepository,
} from "./configuration-store.js";
import { type ConnectionOptions, describeDatabase } from "./connection-options.js";
import { type Database, openDatabase, type ReadGuard } from "./database.js";
import { PostgresConfigurationStore } from "./postgres-configuration-store.js";
import { STORE_REPLICA_BEHIND } from "./problems.js";
import type { Revision } from "./stored.js";
import { readHead } from "./tenant-transaction.js";

export interface ReadReplicasParts {
  /** Answers all writes, and the reads that no replica may answer. */
  readonly primary: ConfigurationStore;
  /** The databases of `DATABASE_READ_URL`; asked in turn. */
  readonly replicas: readonly ConnectionOptions[];
  /** Most connections to each of them. */
  readonly poolMaximum: number;
  /**
   * What an answer must contain at least: what this node has applied, once it has looked into the log lately enough. What
   * the request requires the node has applied before the request gets here. When it rejects, the primary answers.
   */
  readonly required: () => Promise<Revision>;
  /** Told when a replica stops answering. */
  readonly warn: (message: string) => void;
  /** How long a replica that did not answer is left alone; default 5 seconds. */
  readonly pauseMilliseconds?: number;
}

/** What one replica has done since the start. */
export interface ReplicaState {
  /** Host, port and name of the database. */
  readonly database: string;
  readonly answered: number;
  /** Reads that the primary had to answer because the replica did not show what was required. */
  readonly behind: number;
  readonly failed: number;
  /** Whether it is left alone for the moment, because it did not answer. */
  readonly skipped: boolean;
}

/** How long a replica may take for a read before the primary is asked. */
const ANSWER_MILLISECONDS = 1_000;
const PAUSE_MILLISECONDS = 5_000;

/**
 * The configuration with its reads spread over streaming replicas (design, Storage). A replica answers only when the head of
 * the log that it shows, in the very snapshot of the read, has the required epoch and has reached the required position;
 * otherwise, and when it fails or takes long, the primary answers. Never used for writes or for following the log.
 */
export class ReplicaReadingStore implements ConfigurationStore, AsyncDisposable {
  readonly templates: TemplateRepository;
  readonly mappings: MappingRepository;
  readonly #parts: ReadReplicasParts;
  readonly #replicas: readonly Replica[];
  #turn = 0;

  constructor(parts: ReadReplicasParts) {
    this.#parts = parts;
    this.#replicas = parts.replicas.map((connection) => new Replica(connection, parts));
    const { templates, mappings } = parts.primary;
    this.templates = {
      list: (...query) => this.#read((store) => store.templates.list(...query)),
      get: (...query) => this.#read((store) => store.templates.get(...query)),
      find: (...query) => this.#read((store) => store.templates.find(...query)),
      create: (...write) => templates.create(...write),
      replace: (...write) => templates.replace(...write),
      delete: (...write) => templates.delete(...write),
    };
    this.mappings = {
      list: (...query) => this.#read((store) => store.mappings.list(...query)),
      get: (...query) => this.#read((store) => store.mappings.get(...query)),
      create: (...write) => mappings.create(...write),
      replace: (...write) => mappings.replace(...write),
      delete: (...write) => mappings.delete(...write),
    };
  }

  snapshot(tenant: string, templateId: string, omissions?: SnapshotOmissions): Promise<ConfigurationSnapshot> {
    return this.#read((store) => store.snapshot(tenant, templateId, omissions));
  }

  purge(tenant: string): Promise<Revision> {
    return this.#parts.primary.purge(tenant);
  }

  /** Whether the primary answers: without it nothing can be written and nobody knows what changed. */
  ping(): Promise<void> {
    return this.#parts.primary.ping();
  }

  replicas(): readonly ReplicaState[] {
    return this.#replicas.map((replica) => replica.state());
  }

  /** Closes the replicas and the primary. */
  async close(): Promise<void> {
    for (const replica of this.#replicas) await replica.close();
    await this.#parts.primary.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #read<T>(read: (store: ConfigurationStore) => Promise<T>): Promise<T> {
    const replica = this.#nextReplica();
    if (replica === undefined) return read(this.#parts.primary);
    const required = await this.#parts.required().catch(() => undefined);
    const answer = required === undefined ? undefined : await replica.read(required, read);
    return answer === undefined ? read(this.#parts.primary) : answer.value;
  }

  /** In turn, those passed over that are left alone. */
  #nextReplica(): Replica | undefined {
    for (let tried = 0; tried < this.#replicas.length; tried++) {
      const replica = this.#replicas[this.#turn++ % this.#replicas.length];
      if (replica?.mayBeAsked() === true) return replica;
    }
    return undefined;
  }
}

class Replica {
  readonly #connection: ConnectionOptions;
  readonly #poolMaximum: number;
  readonly #warn: (message: string) => void;
  readonly #breaker: CircuitBreaker;
  #database: Database;
  #answered = 0;
  #behind = 0;
  #failed = 0;

  constructor(
    connection: ConnectionOptions,
    { poolMaximum, warn, pauseMilliseconds = PAUSE_MILLISECONDS }: ReadReplicasParts,
  ) {
    this.#connection = connection;
    this.#poolMaximum = poolMaximum;
    this.#warn = warn;
    this.#breaker = new CircuitBreaker(1, pauseMilliseconds);
    this.#database = this.#open();
  }

  mayBeAsked(): boolean {
    return this.#breaker.allows();
  }

  /** What the replica answers, or undefined when it may not or does not. Whatever went wrong, the primary will say better. */
  async read<T>(
    required: Revision,
    read: (store: ConfigurationStore) => Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    const database = { ...this.#database, readGuard: refuseBehind(required) };
    try {
      const value = await within(ANSWER_MILLISECONDS, read(new PostgresConfigurationStore(database)));
      this.#breaker.succeeded();
      this.#answered++;
      return { value };
    } catch (error) {
      if (error instanceof Problem && error.kind === STORE_REPLICA_BEHIND) {
        this.#breaker.succeeded();
        this.#behind++;
      } else this.#failure(error);
      return undefined;
    }
  }

  #failure(error: unknown): void {
    this.#failed++;
    if (error === TOO_LATE) this.#openAnew();
    if (!this.#breaker.failed()) return;
    const cause = error instanceof Problem ? error.message : `It does not answer within ${ANSWER_MILLISECONDS} ms.`;
    this.#warn(
      `The read replica ${describeDatabase(this.#connection)} is left alone for a while; the primary answers. ${cause}`,
    );
  }

  /** A server that vanished without a word keeps its connections busy for minutes: others are made when it is tried again. */
  #openAnew(): void {
    this.#database.close().catch(() => {});
    this.#database = this.#open();
  }

  #open(): Database {
    return openDatabase(this.#connection, this.#poolMaximum, ANSWER_MILLISECONDS);
  }

  state(): ReplicaState {
    return {
      database: describeDatabase(this.#connection),
      answered: this.#answered,
      behind: this.#behind,
      failed: this.#failed,
      skipped: this.#breaker.isOpen,
    };
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

function refuseBehind(required: Revision): ReadGuard {
  return async (transaction) => {
    const head = await readHead(transaction);
    if (head.epoch === required.epoch && head.position >= required.position) return;
    throw new Problem(
      STORE_REPLICA_BEHIND,
      `The replica shows position ${head.position}; ${required.position} is required.`,
    );
  };
}

const TOO_LATE = new Error("no answer in time");

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(TOO_LATE), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
