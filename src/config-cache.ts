import { read, since, type Variable, wholeNumber } from "./config-types.js";

const timeToLive = read(
  "-1 (never expires), 0 (no cache) or a number of seconds up to 31536000",
  (given) => wholeNumber(-1, 31_536_000).safeParse(given).data,
);

/** The variables that decide how long and how much a node keeps in memory. */
export const CACHE_VARIABLES = {
  OPENFHIR_CACHE_OPT_TTL: {
    aliases: [],
    type: timeToLive,
    default: "-1",
    description: "Seconds a parsed template is kept; `-1` until it changes, `0` not at all.",
    since,
  },
  OPENFHIR_CACHE_FHIR_CONNECT_TTL: {
    aliases: [],
    type: timeToLive,
    default: "-1",
    description: "Seconds contexts and compiled mappers are kept; `-1` until they change, `0` not at all.",
    since,
  },
  OPENFHIR_CACHE_TENANT_TTL: {
    aliases: [],
    type: timeToLive,
    default: "-1",
    description: "Seconds the settings of a tenant are kept; `-1` until they change, `0` not at all.",
    since,
  },
  CACHE_LIMIT_MB: {
    aliases: [],
    type: wholeNumber(1, 100_000),
    default: "256",
    description: "Most megabytes, by estimate, that each of the three groups of caches keeps.",
    since,
  },
  CACHE_LIMIT_ENTRIES: {
    aliases: [],
    type: wholeNumber(1, 1_000_000),
    default: "500",
    description: "Most templates, contexts and compiled mappers, of each kind, that a node keeps.",
    since,
  },
} as const satisfies Record<string, Variable>;
