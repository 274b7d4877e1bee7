import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WatchedPool } from "../../src/store/watched-pool.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase({ empty: true });
});
afterAll(() => testDatabase.drop());

/** A pool of `max` connections under a clock that a test sets. */
function watchedPool(max: number, port?: number) {
  const clock = { now: 1_000 };
  const pool = new WatchedPool(
    { ...testDatabase.connection, ...(port === undefined ? {} : { host: "127.0.0.1", port }), max },
    () => clock.now,
  );
  onTestFinished(() => pool.end());
  return { pool, clock };
}

describe("the watched pool", () => {
  it("tells lent connections from free ones", async () => {
    const { pool } = watchedPool(2);
    expect(pool.state()).toEqual({ used: 0, free: 0, waiting: 0, oldestWaitMilliseconds: 0 });
    const [one, other] = [await pool.connect(), await pool.connect()];
    expect(pool.state()).toMatchObject({ used: 2, free: 0, waiting: 0 });
    one.release();
    expect(pool.state()).toMatchObject({ used: 1, free: 1, waiting: 0 });
    other.release();
  });

  it("tells how long the first has waited of those who wait, however they asked", async () => {
    const { pool, clock } = watchedPool(1);
    const held = await pool.connect();
    const first = pool.connect();
    clock.now += 300;
    const second = pool.query("select 1");
    clock.now += 100;
    expect(pool.state()).toMatchObject({ used: 1, free: 0, waiting: 2, oldestWaitMilliseconds: 400 });
    held.release();
    const next = await first;
    expect(pool.state()).toMatchObject({ used: 1, waiting: 1, oldestWaitMilliseconds: 100 });
    next.release();
    await second;
    expect(pool.state()).toMatchObject({ free: 1, waiting: 0, oldestWaitMilliseconds: 0 });
  });

  it("counts as waiting who waits for a connection to be opened", async () => {
    const { pool, clock } = watchedPool(1);
    const opening = pool.connect();
    clock.now += 50;
    expect(pool.state()).toEqual({ used: 1, free: 0, waiting: 1, oldestWaitMilliseconds: 50 });
    (await opening).release();
  });

  it("forgets who has given up or was refused", async () => {
    const { pool } = watchedPool(1, 1);
    await expect(pool.connect()).rejects.toThrow();
    await expect(pool.query("select 1")).rejects.toThrow();
    expect(pool.state()).toEqual({ used: 0, free: 0, waiting: 0, oldestWaitMilliseconds: 0 });
  });
});
