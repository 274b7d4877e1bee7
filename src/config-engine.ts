import { read, since, type Variable } from "./config-types.js";
import { semanticsSettings } from "./fhirconnect/dialect/semantics-setting.js";
import { missingModelsPolicies } from "./store/missing-models-policy.js";

const semanticsSetting = read(`one of ${semanticsSettings.join(", ")}`, (given) =>
  semanticsSettings.find((setting) => setting === given.toLowerCase()),
);

const missingModelsPolicy = read(`one of ${missingModelsPolicies.join(", ")}`, (given) =>
  missingModelsPolicies.find((policy) => policy === given.toLowerCase()),
);

/** The variables that decide what mapping files mean. A compile depends on them: set them alike on all nodes. */
export const ENGINE_VARIABLES = {
  CAUSEWAY_SEMANTICS: {
    aliases: [],
    type: semanticsSetting,
    default: "auto",
    description:
      "How contexts are read where FHIR Connect v1.0.0 and openFHIR differ about the same words: `openfhir`, `v1`, or `auto`, as " +
      "the files of each context tell. What a context was uploaded with wins. The same on all nodes. See the guide on semantics.",
    since,
  },
  CAUSEWAY_MISSING_MODELS: {
    aliases: [],
    type: missingModelsPolicy,
    default: "accept",
    description:
      "What becomes of a context whose models or extensions are not stored: `accept` stores it, says with a `Warning` header what is missing, and " +
      "mapping calls are refused until it is there; `refuse` answers 400 and stores nothing.",
    since,
  },
} as const satisfies Record<string, Variable>;
