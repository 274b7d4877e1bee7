import { problemKind } from "../../errors/problem.js";

const SEND_AN_OPT = "Send an operational template 1.4 as XML, as template designers export it.";

/** The text is not well-formed XML. */
export const TEMPLATE_NOT_XML = problemKind("TEMPLATE_NOT_XML", "invalid", SEND_AN_OPT);

/** The XML declares a document type; none is read, because entities and external files come with it. */
export const TEMPLATE_HAS_DOCTYPE = problemKind(
  "TEMPLATE_HAS_DOCTYPE",
  "invalid",
  "Remove the DOCTYPE declaration from the template.",
);

/** The document, or the tree that its constraints describe, exceeds what the server takes. */
export const TEMPLATE_TOO_LARGE = problemKind(
  "TEMPLATE_TOO_LARGE",
  "too-large",
  "Split the template or remove what is not needed.",
);

/** Well-formed XML with another root element. */
export const TEMPLATE_NOT_OPT = problemKind("TEMPLATE_NOT_OPT", "invalid", SEND_AN_OPT);

/** An operational template without a part it cannot do without. */
export const TEMPLATE_INCOMPLETE = problemKind(
  "TEMPLATE_INCOMPLETE",
  "unprocessable",
  "Export the template again, or add what is missing.",
);

/** A node whose at-code has no text in its archetype. */
export const TEMPLATE_TERM_MISSING = problemKind(
  "TEMPLATE_TERM_MISSING",
  "unprocessable",
  "Add a term definition for the code to the archetype and export the template again.",
);

/** A node whose name has no letter or digit, so that no id can be made from it. */
export const TEMPLATE_NAME_UNUSABLE = problemKind(
  "TEMPLATE_NAME_UNUSABLE",
  "unprocessable",
  "Give the node a name with at least one letter or digit.",
);

/** A reference inside an archetype to an object that contains it: a tree without end. */
export const TEMPLATE_REFERENCE_CIRCULAR = problemKind(
  "TEMPLATE_REFERENCE_CIRCULAR",
  "unprocessable",
  "Let the reference lead to an object that does not contain it, or use a slot, and export the template again.",
);
