import { isIPv4 } from "node:net";
import { channelKinds } from "./cluster/channel.js";
import { parseInitialHosts } from "./cluster/channels/initial-hosts.js";
import { read, since, text, type Variable, wholeNumber } from "./config-types.js";

const discovery = read(`one of ${channelKinds.join(", ")}`, (given) =>
  channelKinds.find((kind) => kind === given.toUpperCase()),
);
const stalePolicies = ["serve", "refuse"] as const;
const stalePolicy = read("serve or refuse", (given) => stalePolicies.find((policy) => policy === given.toLowerCase()));
const multicastAddress = read("an IPv4 multicast address (224.0.0.0 to 239.255.255.255)", (given) => {
  const first = Number(given.split(".")[0]);
  return isIPv4(given) && first >= 224 && first <= 239 ? given : undefined;
});
const initialHosts = read("hosts with commas between, each host[port], host:port or host", (given) =>
  parseInitialHosts(given).errors.length === 0 ? given : undefined,
);
const clusterSecret = read("at least 16 characters long", (given) => ([...given].length >= 16 ? given : undefined));
const clusterName = read("at most 200 printable characters", (given) =>
  /^[\x20-\x7e]{1,200}$/.test(given) ? given : undefined,
);
const redisUrl = read("redis://host:6379, rediss://host:6379 or such", (given) =>
  /^rediss?:\/\/\S+$/i.test(given) ? given : undefined,
);
const label = read("at most 200 printable characters without blanks", (given) =>
  /^[\x21-\x7e]{1,200}$/.test(given) ? given : undefined,
);
const milliseconds = (least: number) => wholeNumber(least, 600_000);

/** The variables by which replicas share a database and tell each other of writes. */
export const CLUSTER_VARIABLES = {
  DATABASE_DIRECT_URL: {
    aliases: [],
    type: text.optional(),
    secret: true,
    defaultInWords: "`DATABASE_URL`",
    description:
      "The same database without a pooler in between, for `LISTEN`. What the URL leaves out is taken from `DATABASE_URL`.",
    since,
  },
  DATABASE_READ_URL: {
    aliases: [],
    type: text.optional(),
    secret: true,
    defaultInWords: "none: `DATABASE_URL` answers reads",
    description:
      "Streaming replicas that may answer reads, separated by commas. One answers only when it shows all that the request and this node require.",
    since,
  },
  REDIS_URL: {
    aliases: [],
    type: redisUrl.optional(),
    secret: true,
    defaultInWords: "none",
    description:
      "Redis for discovery `REDIS` and as a second level of the caches. Nothing depends on it: without an answer the database is asked.",
    since,
  },
  REDIS_CACHE_LIMIT_MB: {
    aliases: [],
    type: wholeNumber(0, 100_000),
    default: "30",
    description: "Most megabytes of Redis that the second level of the caches uses; `0` switches it off.",
    since,
  },
  REDIS_CACHE_VALUE_LIMIT_KB: {
    aliases: [],
    type: wholeNumber(1, 100_000),
    default: "1024",
    description: "Most kilobytes of one value of the second level; larger ones are not kept there.",
    since,
  },
  CLUSTER_DISCOVERY: {
    aliases: [],
    type: discovery,
    default: "MULTICAST",
    description:
      "How nodes tell each other of writes: " +
      "`MULTICAST`, `DNS` and `TCP` find each other and connect directly, `POSTGRES` uses LISTEN/NOTIFY, `REDIS` pub/sub, `NONE` only polls. " +
      "With the embedded database nothing is opened.",
    since,
  },
  CLUSTER_DNS_QUERY: {
    aliases: [],
    type: text.optional(),
    defaultInWords: "none",
    description: "For discovery `DNS`: a name with one address for each node, or an SRV name.",
    since,
  },
  CLUSTER_INITIAL_HOSTS: {
    aliases: [],
    type: initialHosts.optional(),
    defaultInWords: "none",
    description: "For discovery `TCP`: `host[port],host[port]`, with or without this node.",
    since,
  },
  CLUSTER_PORT: {
    aliases: [],
    type: wholeNumber(1, 65_535),
    default: "7800",
    description: "Port of the connections between nodes; when it is taken, the next free one of 20.",
    since,
  },
  CLUSTER_MULTICAST_ADDRESS: {
    aliases: [],
    type: multicastAddress.optional(),
    defaultInWords: "`239.255.78.0`",
    description: "For discovery `MULTICAST`: the group, which is reached without crossing a router.",
    since,
  },
  CLUSTER_NAME: {
    aliases: [],
    type: clusterName.optional(),
    defaultInWords: "a random name in the database",
    description: "Name of the cluster. Nodes of different names take no notice of each other.",
    since,
  },
  CLUSTER_SECRET: {
    aliases: [],
    type: clusterSecret.optional(),
    secret: true,
    defaultInWords: "a random secret in the database",
    description: "What the nodes of a cluster recognise each other by; at least 16 characters.",
    since,
  },
  CLUSTER_POLL_MS: {
    aliases: [],
    type: milliseconds(20),
    default: "400",
    description: "Milliseconds between looks into the log of writes; less than `CLUSTER_MAX_STALENESS_MS`.",
    since,
  },
  CLUSTER_MAX_STALENESS_MS: {
    aliases: [],
    type: milliseconds(100),
    default: "1000",
    description: "How long after a look into the log a node may answer from its caches without another.",
    since,
  },
  CLUSTER_STALE_POLICY: {
    aliases: [],
    type: stalePolicy,
    default: "serve",
    description:
      "What a node does that is cut off from the database: `serve` goes on with what it has and says so (`Warning: 110`), `refuse` answers 503.",
    since,
  },
  CLUSTER_WRITE_WAIT_MS: {
    aliases: [],
    type: milliseconds(0),
    default: "1000",
    description: "How long a write waits at most until every live node has it; `0` does not wait.",
    since,
  },
  CLUSTER_WAIT_MS: {
    aliases: [],
    type: milliseconds(100),
    default: "2000",
    description: "How long a request waits at most for the revision it requires, or for a look into the log.",
    since,
  },
  CLUSTER_LEASE_SECONDS: {
    aliases: [],
    type: wholeNumber(1, 3_600),
    default: "15",
    description: "How long a duty that one node does for all stays with a node that has fallen silent.",
    since,
  },
  CLUSTER_LOG_HOURS: {
    aliases: [],
    type: wholeNumber(1, 8_760),
    default: "24",
    description: "Hours for which the log of writes is kept, even when every node has applied it.",
    since,
  },
  CLUSTER_LOG_POSITIONS: {
    aliases: [],
    type: wholeNumber(0, 1_000_000_000),
    default: "10000",
    description: "How many of the last writes the log keeps, however old they are.",
    since,
  },
  CAUSEWAY_VERSION: {
    aliases: [],
    type: label.optional(),
    defaultInWords: "that of the program",
    description: "Version that `/health` and `/cluster` show and nodes compare; set by the image's build.",
    since,
  },
  CAUSEWAY_COMMIT: {
    aliases: [],
    type: label.optional(),
    defaultInWords: "`unknown`",
    description: "Commit that `/cluster` shows; set by the image's build.",
    since,
  },
} as const satisfies Record<string, Variable>;
