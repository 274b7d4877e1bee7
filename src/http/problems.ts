import { problemKind } from "../errors/problem.js";

export const BODY_EMPTY = problemKind("HTTP_BODY_EMPTY", "invalid", "Send the document in the body of the request.");
export const BODY_NOT_UTF8 = problemKind(
  "HTTP_BODY_NOT_UTF8",
  "invalid",
  "Send the document in UTF-8, whatever its declaration says.",
);
export const BODY_NOT_JSON = problemKind(
  "HTTP_BODY_NOT_JSON",
  "invalid",
  "Correct the JSON at that place and send it again.",
);
export const BODY_TOO_DEEP = problemKind(
  "HTTP_BODY_TOO_DEEP",
  "invalid",
  "Send JSON whose objects and lists are nested less deeply.",
);
export const BODY_FORBIDDEN_MEMBER = problemKind(
  "HTTP_BODY_FORBIDDEN_MEMBER",
  "invalid",
  "Remove that member; no openEHR or FHIR element has this name.",
);
export const BODY_NOT_A_PAYLOAD = problemKind(
  "HTTP_BODY_NOT_A_PAYLOAD",
  "invalid",
  "Send a composition or content item in canonical JSON or XML, a JSON list of them, or one FLAT or STRUCTURED object.",
);
export const BODY_NOT_A_RESOURCE = problemKind(
  "HTTP_BODY_NOT_A_RESOURCE",
  "invalid",
  "Send one FHIR resource, usually a Bundle, as JSON.",
);
export const RESOURCE_NOT_AS_DEFINED = problemKind(
  "HTTP_RESOURCE_NOT_AS_DEFINED",
  "invalid",
  "Write the member as the FHIR version of the context has it.",
);
export const REQUEST_NOT_VALID = problemKind(
  "HTTP_REQUEST_NOT_VALID",
  "invalid",
  "Correct the request; the API description at /docs lists what it takes.",
);
export const PURGE_SWITCHED_OFF = problemKind(
  "HTTP_PURGE_SWITCHED_OFF",
  "forbidden",
  "Start the server with CAUSEWAY_ALLOW_PURGE=true to allow it.",
);
export const REVISION_NOT_VALID = problemKind(
  "HTTP_REVISION_NOT_VALID",
  "invalid",
  "Send X-Causeway-Revision as an answer to a write gave it, or leave it out.",
);
