import * as z from "zod/v4";
import { compositionFormats } from "../openehr/formats/composition-format.js";

/** Shapes of requests and answers of the openEHR routes. */

const formatName = z
  .string()
  .transform((format) => format.toLowerCase())
  .pipe(z.enum(compositionFormats));

export const TemplateIdParameter = z.object({
  templateId: z.string().meta({ description: "Template id as written in the file or normalised." }),
});

export const ExampleQuery = z.object({
  format: formatName.default("canonical").meta({ description: "`canonical` (default), `flat`, `structured`, `xml`." }),
  extent: z
    .string()
    .transform((extent) => extent.toLowerCase())
    .pipe(z.enum(["minimal", "maximal"]))
    .default("minimal")
    .meta({ description: "`minimal` (default): what must be there. `maximal`: every node of the template." }),
});

export const ConvertQuery = z.object({
  from: formatName.meta({ description: "What the body is: `canonical`, `flat`, `structured` or `xml`." }),
  to: formatName.meta({ description: "What the answer shall be." }),
});

export const ValidateQuery = z.object({
  from: formatName.default("canonical").meta({ description: "What the body is; `canonical` when left out." }),
});

export const CompositionText = z.string().meta({
  id: "CompositionText",
  description: "A composition: canonical JSON, FLAT or STRUCTURED as JSON, or canonical XML.",
});

export const WebTemplateDocument = z
  .looseObject({ templateId: z.string(), tree: z.looseObject({}) })
  .meta({ id: "WebTemplate", description: "Web template, as FLAT and STRUCTURED name their members." });

export const ValidationResult = z
  .object({
    valid: z.boolean(),
    findings: z.array(
      z.object({
        path: z.string(),
        rule: z.string(),
        message: z.string(),
        expected: z.string().optional(),
        found: z.string().optional(),
        location: z.string().optional(),
      }),
    ),
  })
  .meta({
    id: "ValidationResult",
    description:
      "What is wrong with the composition; a document that cannot be read as its format has the findings of the reader.",
  });
export type TemplateIdParameter = z.infer<typeof TemplateIdParameter>;
export type ValidationResult = z.infer<typeof ValidationResult>;
