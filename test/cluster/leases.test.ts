import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { AsyncStack } from "./harness/channel-surroundings.js";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { longestTest } from "./harness/test-length.js";
import { until } from "./harness/until.js";
import { modelText, versionedSet } from "./harness/versioned-texts.js";

vi.setConfig({ testTimeout: longestTest });

/** Long enough for nodes on a busy machine to renew in time. */
const LEASE_SECONDS = 4;
const LEASE_MILLISECONDS = LEASE_SECONDS * 1000;
/** A node that waits for a duty asks for it three times a second at least; the rest is for a machine that is very busy. */
const ASKING_MILLISECONDS = 3000;
const FILES = 4;

it("a lease holder that was stopped past expiry and goes on writes nothing", async () => {
  await using owned = new AsyncStack();
  const cluster = owned.use(
    await startCluster({
      channel: "NONE",
      nodes: 1,
      proxied: true,
      environment: { CLUSTER_LEASE_SECONDS: String(LEASE_SECONDS) },
    }),
  );
  const firstFolder = owned.use(folderOfModels("first"));
  const secondFolder = owned.use(folderOfModels("second"));
  const storesModel = (statement: string): boolean => /insert into "?mapping"?/.test(statement);

  // In the midst of loading its files, one of them stored, it is stopped. Held is each later one too: a machine so busy that the
  // lease ran out meanwhile makes it begin again.
  const first = await cluster.launch({ BOOTSTRAP_DIRS: firstFolder.path });
  let stored = 0;
  const held = cluster.proxyOf(first).hold((statement) => storesModel(statement) && ++stored >= 2);
  await until("the first is loading", () => held.caught() > 0);
  const [before] = await holderOf(cluster);
  const second = await cluster.launch({ BOOTSTRAP_DIRS: secondFolder.path });
  const heldAfter = cluster.proxyOf(second).hold(storesModel);
  const asking = (): number =>
    cluster.proxyOf(second).count((statement) => statement.includes("insert into cluster_duty"));
  await until("the second waits for the duty", () => asking() > 3);
  first.pause();
  const stoppedAt = performance.now();
  const [lease] = await cluster.query<{ holder: string; left: number }>(
    "select holder, extract(epoch from expires - clock_timestamp())::float8 * 1000 as left from cluster_duty where duty = 'bootstrap'",
  );
  const read = performance.now() - stoppedAt;
  await until("the second has taken over", async () => (await holderOf(cluster))[0]?.holder !== before?.holder);
  const heldSince = performance.now() - stoppedAt;
  // It reads its files before it writes the first of them, which is no matter of the lease.
  await until("the second is loading", () => heldAfter.caught() > 0);
  // On a machine so busy that the first could not renew in time, the second has taken over before the stop.
  if (lease?.holder === before?.holder) {
    const left = lease?.left ?? 0;
    // It was read a little later than the stop: that much more may have been left then.
    expect(left + read).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(LEASE_MILLISECONDS);
    expect(heldSince).toBeGreaterThanOrEqual(left);
    expect(heldSince).toBeLessThan(left + read + ASKING_MILLISECONDS);
  }
  const [after] = await holderOf(cluster);
  expect(after?.holder).not.toBe(before?.holder);
  expect(Number(after?.fencing_token)).toBeGreaterThan(Number(before?.fencing_token));

  const [head] = await headOf(cluster);
  const asks = (): number =>
    cluster.proxyOf(first).count((statement) => statement.includes("insert into cluster_duty"));
  const askedBefore = asks();
  held.release();
  first.resume();
  await until("the first has gone on and asks for the duty again", () => asks() > askedBefore + 2);
  expect(await headOf(cluster)).toEqual([head]);
  expect(await modelsOf(cluster, "first")).toHaveLength(1);

  heldAfter.release();
  await Promise.all([first.ready(), second.ready()]);
  expect(await modelsOf(cluster, "first")).toHaveLength(FILES);
  expect(await modelsOf(cluster, "second")).toHaveLength(FILES);
});

function folderOfModels(key: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "causeway-bootstrap-"));
  for (let number = 0; number < FILES; number++) {
    const set = versionedSet(`${key}_${number}`);
    writeFileSync(join(path, `${set.modelName}.yml`), modelText(set, 1));
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function holderOf(cluster: ClusterUnderTest): Promise<readonly { holder: string; fencing_token: string }[]> {
  return cluster.query("select holder, fencing_token from cluster_duty where duty = 'bootstrap'");
}

function headOf(cluster: ClusterUnderTest): Promise<readonly { position: string }[]> {
  return cluster.query("select position from invalidation_head");
}

function modelsOf(cluster: ClusterUnderTest, key: string): Promise<readonly { name: string }[]> {
  return cluster.query("select name from mapping where name like $1", [`finding_${key}_%`]);
}
