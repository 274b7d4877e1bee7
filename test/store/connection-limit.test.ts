import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { connectionLimitWarning, readConnectionLimit } from "../../src/store/connection-limit.js";
import { openDatabase } from "../../src/store/database.js";
import { createTestDatabase } from "../support/database.js";

describe("the warning about max_connections", () => {
  const limit = { most: 100, reserved: 3, pooled: false };

  it("names all numbers and the arithmetic", () => {
    const warning = connectionLimitWarning(limit, { nodes: 17, poolMaximum: 5, direct: 1 });
    expect(warning).toContain("17 nodes × DATABASE_POOL_MAX 5 + 17 × 1 direct = 102 database connections");
    expect(warning).toContain("100 (max_connections) − 3 (reserved) = 97");
  });

  it("is not given as long as every node gets its connections", () => {
    expect(connectionLimitWarning(limit, { nodes: 19, poolMaximum: 5, direct: 0 })).toBeUndefined();
    expect(connectionLimitWarning(limit, { nodes: 97, poolMaximum: 1, direct: 0 })).toBeUndefined();
    expect(connectionLimitWarning(limit, { nodes: 98, poolMaximum: 1, direct: 0 })).toBeDefined();
  });

  it("counts only the direct connections behind a pooler", () => {
    const pooled = { ...limit, pooled: true };
    expect(connectionLimitWarning(pooled, { nodes: 97, poolMaximum: 50, direct: 1 })).toBeUndefined();
    const warning = connectionLimitWarning(pooled, { nodes: 98, poolMaximum: 50, direct: 1 });
    expect(warning).toContain("98 × 1 direct = 98");
    expect(warning).not.toContain("POOL_MAX");
  });

  it("is about the numbers of the server", async () => {
    await using target = await createTestDatabase({ empty: true });
    await using database = openDatabase(target.connection, 1);
    const shown = await sql<{ most: string; reserved: string }>`
      select current_setting('max_connections') as most, current_setting('superuser_reserved_connections') as reserved`.execute(
      database.kysely,
    );
    const { most, reserved } = await readConnectionLimit(database);
    expect(most).toBe(Number(shown.rows[0]?.most));
    expect(reserved).toBeGreaterThanOrEqual(Number(shown.rows[0]?.reserved));
  });
});
