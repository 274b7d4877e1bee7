import { problemKind } from "../errors/problem.js";

export const INTAKE_EMPTY = problemKind("INTAKE_EMPTY", "invalid", "Send the file itself.");
export const INTAKE_WRONG_TYPE = problemKind(
  "INTAKE_WRONG_TYPE",
  "invalid",
  "Send models and extensions to /fc/model and contexts to /fc/context.",
);
export const INTAKE_CONTROL_CHARACTER = problemKind(
  "INTAKE_CONTROL_CHARACTER",
  "invalid",
  "Remove the character and send the file again.",
);
export const INTAKE_NO_MAPPING = problemKind(
  "INTAKE_NO_MAPPING",
  "invalid",
  "Send a FHIR Connect file of type model, extension or context.",
);
