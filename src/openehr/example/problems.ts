import { problemKind } from "../../errors/problem.js";

/** A template that demands more occurrences than anybody can read as an example. */
export const EXAMPLE_TOO_LARGE = problemKind(
  "EXAMPLE_TOO_LARGE",
  "unprocessable",
  "Lower the least numbers of occurrences in the template.",
);
