import { problemKind } from "../errors/problem.js";

export const CONTEXT_NOT_FOUND = problemKind(
  "CONTEXT_NOT_FOUND",
  "not-found",
  "Upload a context whose context.template.id is this template id, or correct the template id.",
);
export const TEMPLATE_NOT_FOUND = problemKind(
  "TEMPLATE_NOT_FOUND",
  "not-found",
  "Upload the operational template of that id.",
);
