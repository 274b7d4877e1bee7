import { problemKind } from "../../errors/problem.js";

/** The text is not an openEHR path. */
export const AQL_PATH_INVALID = problemKind(
  "AQL_PATH_INVALID",
  "invalid",
  "Write openEHR paths as /attribute[at0001 and name/value='Name']/attribute.",
);
