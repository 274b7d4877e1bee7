import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInitialHosts } from "../../src/cluster/channels/initial-hosts.js";

describe("CLUSTER_INITIAL_HOSTS", () => {
  it.each([
    [
      "node1[7800],node2[7801]",
      [
        { host: "node1", port: 7800 },
        { host: "node2", port: 7801 },
      ],
    ],
    ["node1:7800 , node2", [{ host: "node1", port: 7800 }, { host: "node2" }]],
    ["10.0.0.1[7800]", [{ host: "10.0.0.1", port: 7800 }]],
    ["[fe80::1]:7800", [{ host: "fe80::1", port: 7800 }]],
    ["[fe80::1]", [{ host: "fe80::1" }]],
    ["fe80::1[7800],::1", [{ host: "fe80::1", port: 7800 }, { host: "::1" }]],
    ["app_1.cluster.local[1],", [{ host: "app_1.cluster.local", port: 1 }]],
  ])("reads %s", (text, hosts) => {
    expect(parseInitialHosts(text)).toEqual({ hosts, errors: [] });
  });

  it.each(["node[0]", "node[65536]", "node[]", "node:", "node:x", "[7800]", "no de", "node[7800", "http://node", ":1"])(
    "refuses %s and names it",
    (entry) => {
      const { hosts, errors } = parseInitialHosts(`good[7800],${entry}`);
      expect(hosts).toEqual([{ host: "good", port: 7800 }]);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(JSON.stringify(entry));
    },
  );

  it("says when there is no host, or are too many", () => {
    expect(parseInitialHosts(" , ").errors).toEqual(["No host is named."]);
    expect(parseInitialHosts("node,".repeat(300)).errors).toEqual(["There are 300 hosts; at most 256 are allowed."]);
  });

  it("never throws and gives only ports that exist", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { port } of parseInitialHosts(text).hosts) {
          expect(port === undefined || (port >= 1 && port <= 65_535)).toBe(true);
        }
      }),
    );
  });
});
