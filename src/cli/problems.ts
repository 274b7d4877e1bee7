import { problemKind } from "../errors/problem.js";

export const CLI_USAGE = problemKind("CLI_USAGE", "invalid", "See the usage below.");
export const CLI_FILE_NOT_READABLE = problemKind(
  "CLI_FILE_NOT_READABLE",
  "invalid",
  "Name a file or folder that can be read.",
);
export const CLI_INPUT_EMPTY = problemKind(
  "CLI_INPUT_EMPTY",
  "invalid",
  "Name a file with the document, or pipe the document in and give - as INPUT.",
);
export const CLI_NO_CONTEXT = problemKind(
  "CLI_NO_CONTEXT",
  "unprocessable",
  "Put exactly one context for the template into the folder with the mappings.",
);
export const CLI_INPUT_NOT_A_RESOURCE = problemKind(
  "CLI_INPUT_NOT_A_RESOURCE",
  "invalid",
  "Give one FHIR resource, usually a Bundle, as JSON.",
);
