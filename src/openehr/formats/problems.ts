import { problemKind } from "../../errors/problem.js";

export const CANONICAL_NOT_AN_OBJECT = problemKind(
  "CANONICAL_NOT_AN_OBJECT",
  "invalid",
  "Send one openEHR object in canonical JSON.",
);
export const CANONICAL_TYPE_MISSING = problemKind(
  "CANONICAL_TYPE_MISSING",
  "invalid",
  'Add the member "_type" with the name of the reference model class.',
);
export const CANONICAL_TYPE_UNKNOWN = problemKind(
  "CANONICAL_TYPE_UNKNOWN",
  "invalid",
  "Use the name of a concrete class of the openEHR reference model 1.0.4.",
);
export const CANONICAL_TYPE_UNEXPECTED = problemKind(
  "CANONICAL_TYPE_UNEXPECTED",
  "invalid",
  "Use a class that the reference model allows in this place.",
);
export const CANONICAL_VALUE_INVALID = problemKind(
  "CANONICAL_VALUE_INVALID",
  "invalid",
  "Correct the value at the path given.",
);
export const CANONICAL_TOO_DEEP = problemKind(
  "CANONICAL_TOO_DEEP",
  "too-large",
  "Send a composition with fewer levels of nesting.",
);

export const CANONICAL_XML_INVALID = problemKind(
  "CANONICAL_XML_INVALID",
  "invalid",
  "Send one openEHR object as well-formed canonical XML.",
);
export const CANONICAL_XML_HAS_DOCTYPE = problemKind(
  "CANONICAL_XML_HAS_DOCTYPE",
  "invalid",
  "Remove the DOCTYPE declaration from the document.",
);
export const CANONICAL_XML_TOO_LARGE = problemKind(
  "CANONICAL_XML_TOO_LARGE",
  "too-large",
  "Send a smaller document or one with fewer levels of nesting.",
);
export const CANONICAL_XML_ROOT_UNKNOWN = problemKind(
  "CANONICAL_XML_ROOT_UNKNOWN",
  "invalid",
  "Name the root element after a class of the reference model, such as composition, or give it an xsi:type.",
);
export const CANONICAL_XML_CHARACTER = problemKind(
  "CANONICAL_XML_CHARACTER",
  "unprocessable",
  "Remove the control character from the text, or use canonical JSON.",
);

export const FLAT_NOT_AN_OBJECT = problemKind(
  "FLAT_NOT_AN_OBJECT",
  "invalid",
  "Send one JSON object whose members are FLAT paths.",
);
export const FLAT_PATH_INVALID = problemKind(
  "FLAT_PATH_INVALID",
  "invalid",
  "Write FLAT paths as name:index/name|attribute, with indexes counted from 0.",
);
export const FLAT_PATH_DUPLICATE = problemKind(
  "FLAT_PATH_DUPLICATE",
  "invalid",
  "Give each path once; a missing index is the index 0.",
);
export const FLAT_PATH_UNKNOWN = problemKind(
  "FLAT_PATH_UNKNOWN",
  "unprocessable",
  "Compare the paths with the web template of this template, indexes and attributes included, and ctx/ keys with the shortcuts of FLAT.",
);
export const FLAT_VALUE_MISSING = problemKind(
  "FLAT_VALUE_MISSING",
  "unprocessable",
  "Give what the key belongs to a value, or an element its _null_flavour, or leave the key out.",
);
export const FLAT_VALUE_INVALID = problemKind(
  "FLAT_VALUE_INVALID",
  "unprocessable",
  "Correct the value at the path given.",
);
export const FLAT_CODE_UNKNOWN = problemKind(
  "FLAT_CODE_UNKNOWN",
  "unprocessable",
  "Use a code or a term of the code list named.",
);

export const STRUCTURED_NOT_AN_OBJECT = problemKind(
  "STRUCTURED_NOT_AN_OBJECT",
  "invalid",
  "Send one JSON object whose members are the root of the template and ctx.",
);
export const STRUCTURED_TOO_LARGE = problemKind(
  "STRUCTURED_TOO_LARGE",
  "too-large",
  "Send a smaller document or one with fewer levels of nesting.",
);

export const COMPOSITION_EXPECTED = problemKind("COMPOSITION_EXPECTED", "invalid", "Send one whole COMPOSITION.");
export const COMPOSITION_OF_OTHER_TEMPLATE = problemKind(
  "COMPOSITION_OF_OTHER_TEMPLATE",
  "unprocessable",
  "Name the template that the composition was written for.",
);
