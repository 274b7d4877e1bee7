import { problemKind } from "../errors/problem.js";

export const MAPPING_NOT_COMPILED = problemKind(
  "MAPPING_NOT_COMPILED",
  "unprocessable",
  "Correct the mapping files at the places named and upload them again.",
);

export const MAPPING_WITHOUT_RESULT = problemKind(
  "MAPPING_WITHOUT_RESULT",
  "unprocessable",
  "Check that the input holds what the start model of the context maps, and that its conditions let it pass.",
);

export const INPUT_NOT_COMPOSITION = problemKind(
  "INPUT_NOT_COMPOSITION",
  "invalid",
  "Send a canonical COMPOSITION (with _type), a content item, an array of these, or a FLAT or STRUCTURED object.",
);

export const INPUT_NOT_FHIR = problemKind(
  "INPUT_NOT_FHIR",
  "invalid",
  "Send a FHIR resource or Bundle as a JSON object with resourceType.",
);

export const COMPOSITION_WITHOUT_UID = problemKind(
  "COMPOSITION_WITHOUT_UID",
  "invalid",
  "Send the composition with its uid, or do not ask for deterministic ids.",
);

export const MAPPING_TOO_EXPENSIVE = problemKind(
  "MAPPING_TOO_EXPENSIVE",
  "unprocessable",
  "Look for models that call each other through slots for every element and for lists that are read for each member of a list, or send less at once.",
);
