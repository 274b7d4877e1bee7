import * as z from "zod/v4";

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

export const MappingText = z
  .string()
  .meta({ id: "MappingText", description: "FHIR Connect file: model, extension or context, as YAML or JSON." });

export const FhirResource = z
  .looseObject({ resourceType: z.string().min(1) })
  .meta({ id: "FhirResource", description: "A FHIR resource, usually a Bundle." });

const openEhrObject = z.looseObject({});

export const OpenEhrPayload = z.union([openEhrObject, z.array(openEhrObject).min(1)]).meta({
  id: "OpenEhrPayload",
  description: "A composition or content item in canonical JSON, a list of them, or one FLAT object.",
});

export const OpenEhrAnswer = z
  .looseObject({})
  .meta({ id: "OpenEhrAnswer", description: "A composition in canonical JSON, or a FLAT object." });

export const OperationOutcome = z
  .looseObject({ resourceType: z.literal("OperationOutcome") })
  .meta({ id: "OperationOutcome", description: "Sent instead of text when Accept names application/fhir+json." });

export const IdParameter = z.object({ id: z.string().meta({ description: "The id that the server assigned." }) });

const templateId = z.string().optional().meta({ description: "Template id as written in the file or normalised." });

export const TemplateQuery = z.object({ templateId });

export const ToOpenEhrQuery = z.object({
  templateId,
  flat: z
    .stringbool()
    .optional()
    .meta({ description: "Answer with FLAT instead of canonical JSON. `format` wins over it." }),
  format: z
    .string()
    .transform((format) => format.toLowerCase())
    .pipe(z.enum(["canonical", "flat"]))
    .optional()
    .meta({ description: "`canonical` (default) or `flat`." }),
});

export const ReqIdHeader = z.looseObject({
  "x-req-id": z.string().optional().meta({ description: "Id of the request in the log." }),
});
