import { attribute, object } from "../../template/small-template.js";
import { primitive } from "../small-validation-template.js";
import {
  type ConstraintKind,
  codePhrase,
  phrase,
  png,
  primitiveObject,
  QUANTITY,
  terminology,
  text,
  value,
} from "./constraint-kind.js";

/** Constraints on texts and on what is told by texts, and on alternatives. */
export const TEXTS: readonly ConstraintKind[] = [
  {
    name: "C_STRING list",
    values: primitive("DV_TEXT", "value", "C_STRING", "<list>a</list><list> b </list>"),
    kept: text(" b "),
    broken: text("b"),
    rule: "template-value",
  },
  {
    name: "C_STRING pattern",
    values: primitive("DV_TEXT", "value", "C_STRING", "<pattern>[A-Z]{2}(-\\d+)*[äö]?x+</pattern>"),
    kept: text("AB-12-3äxx"),
    broken: text("AB-"),
    rule: "template-value",
  },
  {
    name: "C_STRING list of expressions",
    values: primitive("DV_TEXT", "value", "C_STRING", "<list>/(?:mild|severe) pain/</list><list>none</list>"),
    kept: text("severe pain"),
    broken: text("pain"),
    rule: "template-value",
  },
  {
    name: "C_STRING on a DV_URI",
    values: primitive("DV_URI", "value", "C_STRING", "<pattern>https://example\\.org/\\d+</pattern>"),
    kept: value("DV_URI", "https://example.org/1"),
    broken: value("DV_URI", "https://example.org/x"),
    rule: "template-value",
  },
  {
    name: "media type of DV_MULTIMEDIA",
    values: object(
      "DV_MULTIMEDIA",
      "",
      attribute("media_type", codePhrase(terminology("IANA_media-types", "image/png", "image/gif"))),
    ),
    kept: png,
    broken: { ...png, media_type: phrase("text/plain", "IANA_media-types") },
    rule: "template-code",
    below: "/media_type",
  },
  {
    name: "formalism of DV_PARSABLE",
    values: object("DV_PARSABLE", "", attribute("formalism", primitiveObject("C_STRING", "<list>text/xml</list>"))),
    kept: { _type: "DV_PARSABLE", value: "<a/>", formalism: "text/xml" },
    broken: { _type: "DV_PARSABLE", value: "<a/>", formalism: "XML" },
    rule: "template-value",
    below: "/formalism",
  },
  {
    name: "type of DV_IDENTIFIER",
    values: object("DV_IDENTIFIER", "", attribute("type", primitiveObject("C_STRING", "<pattern>[A-Z]{3}</pattern>"))),
    kept: { _type: "DV_IDENTIFIER", id: "1", type: "PID" },
    broken: { _type: "DV_IDENTIFIER", id: "1", type: "pid" },
    rule: "template-value",
    below: "/type",
  },
  {
    name: "alternatives",
    values: `${QUANTITY}${primitive("DV_TEXT", "value", "C_STRING", "<list>heavy</list>")}`,
    kept: text("heavy"),
    broken: text("light"),
    rule: "template-value",
  },
  {
    name: "alternatives of one class",
    values: ["a", "b"]
      .map((formalism) =>
        object("DV_PARSABLE", "", attribute("formalism", primitiveObject("C_STRING", `<list>${formalism}</list>`))),
      )
      .join(""),
    kept: { _type: "DV_PARSABLE", value: "x", formalism: "b" },
    broken: { _type: "DV_PARSABLE", value: "x", formalism: "c" },
    rule: "template-value",
    below: "/formalism",
  },
];
