import { afterEach, describe, expect, it, vi } from "vitest";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { groupsRead } from "./harness/groups-read.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest } from "./harness/test-length.js";

vi.setConfig({ testTimeout: longestTest });

/** Looks into the log so rarely that none of it is within a test. */
const quiet = { CLUSTER_POLL_MS: "300000", CLUSTER_MAX_STALENESS_MS: "600000" };
const REQUESTS = 5;

let cluster: ClusterUnderTest | undefined;
afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

/** What some warm requests to one node make Postgres do: for each transaction the groups whose tables it reads. */
async function readsOfWarmRequests(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  cluster = await startCluster({ channel: "NONE", nodes: 1, proxied: true, environment: { ...quiet, ...environment } });
  const node = cluster.node(0);
  const set = await StoredSet.create(node, "warm");
  await set.map(node);
  const proxy = cluster.proxyOf(node);
  proxy.countAnew();
  for (let count = 0; count < REQUESTS; count++) await set.map(node);
  return groupsRead(proxy);
}

const everyRequest = (groups: string): readonly string[] => Array.from({ length: REQUESTS }, () => groups);

describe("what reaches Postgres, counted at a proxy", () => {
  it("A warm request makes no database call.", async () => {
    expect(await readsOfWarmRequests({})).toEqual([]);
  });

  it("-1 never expires.", async () => {
    const groups = ["OPT", "FHIR_CONNECT", "TENANT"].map((group) => [`OPENFHIR_CACHE_${group}_TTL`, "-1"]);
    expect(await readsOfWarmRequests(Object.fromEntries(groups))).toEqual([]);
  });

  it("0 bypasses the cache: with the OPT group at 0 every request reads its template and nothing else.", async () => {
    expect(await readsOfWarmRequests({ OPENFHIR_CACHE_OPT_TTL: "0" })).toEqual(everyRequest("OPT"));
  });

  it("0 bypasses the cache: with the FHIR Connect group at 0 every request reads models and contexts and nothing else.", async () => {
    expect(await readsOfWarmRequests({ OPENFHIR_CACHE_FHIR_CONNECT_TTL: "0" })).toEqual(everyRequest("FHIR Connect"));
  });

  it("0 bypasses the cache: with both at 0 every request reads everything.", async () => {
    const environment = { OPENFHIR_CACHE_OPT_TTL: "0", OPENFHIR_CACHE_FHIR_CONNECT_TTL: "0" };
    expect(await readsOfWarmRequests(environment)).toEqual(everyRequest("OPT and FHIR Connect"));
  });

  it("0 bypasses the cache: with the tenant group at 0 no request reads of the other groups.", async () => {
    expect(await readsOfWarmRequests({ OPENFHIR_CACHE_TENANT_TTL: "0" })).toEqual([]);
  });
});
