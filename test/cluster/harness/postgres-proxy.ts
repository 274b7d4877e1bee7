import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "../../../src/store/connection-options.js";
import { databaseUrl } from "../../support/database.js";
import { LinkProxy } from "./link-proxy.js";
import { statementReader } from "./postgres-messages.js";

const PORT = 5432;

/** What only following the log, members and duties touch; requests never do. */
const bookkeeping = /\bcluster_(?:member|duty|identity)\b/;
const endsTransaction = /^\s*(?:commit|rollback)\b/i;

interface Held {
  readonly isMeant: (statement: string) => boolean;
  readonly over: Promise<void>;
  caught: number;
}

/**
 * Stands between one node and Postgres, on a Unix socket, so that nodes in other network namespaces reach it as well.
 * Beside disturbing the line it counts the statements that go through, and can hold those that a test names.
 */
export class PostgresProxy implements AsyncDisposable {
  readonly line: LinkProxy;
  /** For DATABASE_URL. */
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "causeway-proxy-"));
  /** Transactions that have ended; a statement outside of any is one by itself. */
  readonly #transactions: (readonly string[])[] = [];
  #held: Held | undefined;

  private constructor(target: ConnectionOptions) {
    chmodSync(this.#folder, 0o755);
    const path = `${target.host}/.s.PGSQL.${target.port}`;
    this.line = new LinkProxy(target.host.startsWith("/") ? { path } : { host: target.host, port: target.port }, () =>
      this.#watch(),
    );
    this.url = databaseUrl({ ...target, host: this.#folder, port: PORT });
  }

  static async start(target: ConnectionOptions): Promise<PostgresProxy> {
    const proxy = new PostgresProxy(target);
    await proxy.line.listen(join(proxy.#folder, `.s.PGSQL.${PORT}`));
    return proxy;
  }

  /** Forgets the statements so far. */
  countAnew(): void {
    this.#transactions.length = 0;
  }

  /** The transactions since then that requests have made: not those of the node's own bookkeeping. */
  transactionsOfRequests(): readonly (readonly string[])[] {
    return this.#transactions.filter((transaction) => !transaction.some((statement) => bookkeeping.test(statement)));
  }

  /** How many of the statements since then are meant. */
  count(isMeant: (statement: string) => boolean): number {
    return this.#transactions.flat().filter(isMeant).length;
  }

  /** Holds each statement that is meant, and what its connection sends after it. Gives how many it has caught, and its end. */
  hold(isMeant: (statement: string) => boolean): { readonly caught: () => number; readonly release: () => void } {
    let release = (): void => {};
    const over = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held: Held = { isMeant, over, caught: 0 };
    this.#held = held;
    return {
      caught: () => held.caught,
      release: () => {
        if (this.#held === held) this.#held = undefined;
        release();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.line[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #watch(): (chunk: Buffer) => Promise<void> | undefined {
    const read = statementReader();
    let open: string[] = [];
    return (chunk) => {
      let mayPass: Promise<void> | undefined;
      for (const statement of read(chunk)) {
        open.push(statement);
        const begins = /^\s*(?:begin|start transaction)\b/i.test(statement);
        if (endsTransaction.test(statement) || (open.length === 1 && (!begins || statement.includes(";")))) {
          this.#transactions.push(open);
          open = [];
        }
        const held = this.#held;
        if (held?.isMeant(statement) !== true) continue;
        held.caught++;
        mayPass = held.over;
      }
      return mayPass;
    };
  }
}
