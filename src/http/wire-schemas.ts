import * as z from "zod/v4";
import { semanticsNames, semanticsSettings } from "../fhirconnect/dialect/semantics-setting.js";

/** Shapes of requests and answers: they validate what comes in and are what the OpenAPI description is made from. */

export const OptEntity = z
  .object({
    id: z.string(),
    templateId: z.string().meta({ description: "Normalised: lower case, blanks as underscores." }),
    originalTemplateId: z.string().meta({ description: "As written in the file." }),
    displayTemplateId: z.string(),
    content: z.string().nullable(),
    user: z.string(),
    organisation: z.string(),
    created: z.number().int().nullable().meta({ description: "Epoch milliseconds." }),
    updated: z.number().int().nullable().meta({ description: "Epoch milliseconds." }),
  })
  .meta({ id: "OptEntity" });
export type OptEntity = z.infer<typeof OptEntity>;

export const Messages = z
  .array(z.string())
  .meta({ id: "Messages", description: "One line for each thing that is wrong: place, message, advice, code." });

export const FrameworkError = z
  .object({
    timestamp: z.string(),
    status: z.number().int(),
    error: z.string(),
    message: z.string(),
    path: z.string(),
  })
  .meta({ id: "FrameworkError" });

export const MappingDocument = z
  .looseObject({ id: z.string() })
  .meta({ id: "MappingDocument", description: "The stored FHIR Connect document with its id." });

export const OptXml = z.string().meta({ id: "OptXml", description: "Operational template, OPT 1.4 XML." });

const SourcePlace = z
  .object({ file: z.string().optional(), line: z.number().int(), column: z.number().int() })
  .meta({ id: "SourcePlace", description: "Where it is written; the file by its `metadata.name`." });

export const EffectiveModel = z
  .object({
    context: z.looseObject({ name: z.string(), source: SourcePlace }),
    semantics: z
      .object({
        name: z.enum(semanticsNames),
        chosenBy: z.enum(["upload", "configuration", "files", "default"]),
        reason: z.string(),
        evidence: z.object({ mapping: z.string(), rule: z.string().optional(), source: SourcePlace }).optional(),
        meaning: z
          .record(z.string(), z.string())
          .meta({ description: "Every difference between dialects, as chosen." }),
      })
      .meta({ description: "How the files are read where dialects differ about the same words." }),
    start: z.array(z.string()).meta({ description: "The models with which a run begins." }),
    models: z.array(
      z.looseObject({
        name: z.string(),
        source: SourcePlace,
        mappings: z.array(z.looseObject({ source: SourcePlace })),
      }),
    ),
    diagnostics: z.array(z.looseObject({ severity: z.string(), code: z.string(), message: z.string() })),
  })
  .meta({
    id: "EffectiveModel",
    description: "A context with the models it selects, extensions applied; each rule says where it is written.",
  });

export const SemanticsQuery = z.object({
  semantics: z
    .string()
    .transform((semantics) => semantics.toLowerCase())
    .pipe(z.enum(semanticsSettings))
    .optional()
    .meta({
      description:
        "How the files of the context are read where dialects differ: `openfhir`, `v1`, or `auto`, as the files tell. " +
        "Kept with the context; without it the server's CAUSEWAY_SEMANTICS applies.",
    }),
});

export const MappingText = z
  .string()
  .meta({ id: "MappingText", description: "FHIR Connect file: model, extension or context, as YAML or JSON." });

export const FhirResource = z
  .looseObject({ resourceType: z.string().min(1) })
  .meta({ id: "FhirResource", description: "A FHIR resource, usually a Bundle." });

const openEhrObject = z.looseObject({});

export const OpenEhrPayload = z.union([openEhrObject, z.array(openEhrObject).min(1)]).meta({
  id: "OpenEhrPayload",
  description:
    "A composition or content item in canonical JSON, a list of them, or one FLAT or STRUCTURED object; which it is, is told from its shape.",
});

export const CanonicalXml = z
  .string()
  .meta({ id: "CanonicalXml", description: "A composition or content item in canonical XML." });

export const OpenEhrAnswer = z
  .looseObject({})
  .meta({ id: "OpenEhrAnswer", description: "A composition in canonical JSON, or a FLAT object." });

export const OperationOutcome = z
  .looseObject({ resourceType: z.literal("OperationOutcome") })
  .meta({ id: "OperationOutcome", description: "Sent instead of text when Accept names application/fhir+json." });

export const IdParameter = z.object({ id: z.string().meta({ description: "The id that the server assigned." }) });

const templateId = z.string().optional().meta({ description: "Template id as written in the file or normalised." });

export const TemplateQuery = z.object({ templateId });

export const ToFhirQuery = z.object({
  templateId,
  ids: z.enum(["deterministic"]).optional().meta({
    description:
      "`deterministic`: every resource without an id of its own gets one that is made from the uid of the composition, which is then needed, and its place in the result. The same composition, in whatever version, gives the same ids. Without it only ids that the mapping writes.",
  }),
});

export const ToOpenEhrQuery = z.object({
  templateId,
  flat: z
    .stringbool()
    .optional()
    .meta({ description: "Answer with FLAT instead of canonical JSON. `format` wins over it." }),
  format: z
    .string()
    .transform((format) => format.toLowerCase())
    .pipe(z.enum(["canonical", "xml", "flat", "structured"]))
    .optional()
    .meta({
      description:
        "`canonical` (JSON, default), `xml` (canonical XML), or without any defaults `flat` or `structured`.",
    }),
  all: z.stringbool().optional().meta({
    description:
      "Map the Bundle with every context that matches it, not only with the first. The answer is a list of results.",
  }),
});

export const AllResults = z
  .object({
    results: z.array(
      z.object({
        templateId: z.string(),
        entries: z
          .array(z.string())
          .meta({ description: "The entries that are this context's own; no other context maps them." }),
        uri: z.string().optional().meta({
          description:
            "Stands for this composition as the target of links in other results, until it is stored. Only where such links are.",
        }),
        composition: OpenEhrAnswer,
      }),
    ),
    leftovers: z
      .array(z.object({ entry: z.string(), resourceType: z.string().optional() }))
      .meta({ description: "Entries that no context claims or maps and no mapped one refers to." }),
  })
  .meta({ id: "AllResults", description: "With `all=true`: the compositions of each context that maps something." });

export const ReqIdHeader = z.looseObject({
  "x-req-id": z.string().optional().meta({ description: "Id of the request in the log." }),
  "x-causeway-revision": z.string().optional().meta({
    description: "A revision as an answer to a write gave it: the answer then contains that write.",
  }),
});
