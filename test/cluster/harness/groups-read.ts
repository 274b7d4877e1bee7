import type { PostgresProxy } from "./postgres-proxy.js";

/** The tables with what operators store, by the group of caches that holds what is read from them. */
const tablesOfGroups = { operational_template: "OPT", mapping: "FHIR Connect" } as const;

/** For each transaction of requests since the proxy began to count anew: the groups whose tables it reads. */
export function groupsRead(proxy: PostgresProxy): readonly string[] {
  return proxy.transactionsOfRequests().map((statements) => {
    const text = statements.join("\n");
    return Object.entries(tablesOfGroups)
      .flatMap(([table, group]) => (new RegExp(`from "?${table}"?\\b`).test(text) ? [group] : []))
      .join(" and ");
  });
}
