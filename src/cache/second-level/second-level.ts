/**
 * A store of parsed rows that the nodes of a cluster share, so that a new replica starts warm. A row is found by the hash of
 * the content it was parsed from: it can be missing, but it cannot be out of date, and no write needs to evict it.
 *
 * What is asked of it may fail at any time and at no price: every failure is a miss, and nothing here ever throws.
 */
export interface SecondLevel {
  /** The row under the hash, or undefined: missing, unreadable, forged, too large, or nobody there to ask in time. */
  get(hash: string): Promise<object | undefined>;
  /** Keeps a row for the others. Does not make the caller wait. */
  put(hash: string, row: object): void;
  statistics(): SecondLevelStatistics;
  close(): Promise<void>;
}

/** Counters from the start of the process. */
export interface SecondLevelStatistics {
  readonly connected: boolean;
  readonly hits: number;
  readonly misses: number;
  /** Rows that were there and could not be used: corrupt, foreign or forged. They also count as misses. */
  readonly refused: number;
  readonly puts: number;
  /** Rows larger than the limit for one value, which are not kept. */
  readonly tooLarge: number;
  readonly failures: number;
}

const NOTHING: SecondLevelStatistics = {
  connected: false,
  hits: 0,
  misses: 0,
  refused: 0,
  puts: 0,
  tooLarge: 0,
  failures: 0,
};

/** No second level: nothing is there, nothing is kept. */
export const noSecondLevel: SecondLevel = Object.freeze({
  get: async () => undefined,
  put: () => {},
  statistics: () => NOTHING,
  close: async () => {},
});
