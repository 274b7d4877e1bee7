import { read, since, type Variable } from "./config-types.js";
import { semanticsSettings } from "./fhirconnect/dialect/semantics-setting.js";

const semanticsSetting = read(`one of ${semanticsSettings.join(", ")}`, (given) =>
  semanticsSettings.find((setting) => setting === given.toLowerCase()),
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
} as const satisfies Record<string, Variable>;
