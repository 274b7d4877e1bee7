import { problemKind } from "../errors/problem.js";

/** A FHIR path that cannot be read. */
export const fhirPathSyntax = problemKind("FHIR_PATH_SYNTAX", "invalid", "Correct the FHIR path at the column named.");

/** A FHIR path that can be read but uses something outside the supported FHIRPath. */
export const fhirPathUnsupported = problemKind(
  "FHIR_PATH_UNSUPPORTED",
  "unsupported",
  "Use element names, as(), ofType(), resolve(), where(), extension() and functions that stay inside the data.",
);

/** A FHIR path that can be evaluated but does not say what to create. */
export const fhirPathNotCreatable = problemKind(
  "FHIR_PATH_NOT_CREATABLE",
  "unprocessable",
  "Use a path of element names with as(), ofType() or resolve(), or restrict the mapping to FHIR -> openEHR.",
);

/** FHIRPath stopped while it ran: an operand of the wrong type, or several values where one is needed. */
export const fhirPathFailed = problemKind(
  "FHIR_PATH_FAILED",
  "unprocessable",
  "Make the expression safe for this input, for example with first() or ofType().",
);

/** FHIRPath took more steps or values than one evaluation may. */
export const fhirPathTooExpensive = problemKind(
  "FHIR_PATH_TOO_EXPENSIVE",
  "too-large",
  "Send a smaller resource or use a path that visits fewer elements.",
);

/** JSON without `resourceType`, or with one that is no text. */
export const fhirNotAResource = problemKind(
  "FHIR_NOT_A_RESOURCE",
  "invalid",
  "Send a FHIR resource or Bundle in JSON with its resourceType.",
);

/** The element tables miss a type that every FHIR version has: the program is damaged. */
export const fhirUnknownType = problemKind(
  "FHIR_UNKNOWN_TYPE",
  "fault",
  "Reinstall the program; its FHIR definitions are incomplete.",
);
