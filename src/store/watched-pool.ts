import pg from "pg";

/** How the connections of a pool are used at one moment. */
export interface PoolState {
  /** Connections lent to somebody, those that are just being opened included. */
  readonly used: number;
  /** Open connections that nobody uses. */
  readonly free: number;
  /** Callers that have asked for a connection and have none yet. */
  readonly waiting: number;
  /** How long the caller has waited who asked first of them; 0 when nobody waits. */
  readonly oldestWaitMilliseconds: number;
}

/** What a pool hands to those who ask with a callback. */
type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/** A pool that knows who waits for a connection, and since when, which the pool of the driver does not tell. */
export class WatchedPool extends pg.Pool {
  /** When each caller asked that still waits; the first asked first, because a map keeps the order of insertion. */
  readonly #waits = new Map<symbol, number>();
  readonly #now: () => number;

  /** `now` gives milliseconds of a clock that is never set back. */
  constructor(options: pg.PoolConfig, now: () => number = () => performance.now()) {
    super(options);
    this.#now = now;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    const wait = Symbol();
    this.#waits.set(wait, this.#now());
    if (callback === undefined) return super.connect().finally(() => this.#waits.delete(wait));
    super.connect((error, client, done) => {
      this.#waits.delete(wait);
      callback(error, client, done);
    });
    return undefined;
  }

  /** The state of now. */
  state(): PoolState {
    const [oldest] = this.#waits.values();
    return {
      used: this.totalCount - this.idleCount,
      free: this.idleCount,
      waiting: this.#waits.size,
      oldestWaitMilliseconds: oldest === undefined ? 0 : this.#now() - oldest,
    };
  }
}
