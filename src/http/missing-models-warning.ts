import type { Diagnostic } from "../errors/diagnostic.js";
import { formatPosition } from "../errors/source-position.js";
import { warningText } from "./warning-text.js";

/** Findings that get a header each; what is beyond is counted, since many clients limit the size of all headers. */
const MOST_NAMED = 20;

/** The `Warning` header of a context whose template is not stored. */
export function missingTemplateWarning(templateId: string): string {
  const text = `The operational template "${templateId}" is not stored. Upload it to /opt.`;
  return `199 causeway ${warningText(text)}`;
}

/** The `Warning` headers (RFC 7234, 5.5.7) of a context that names files which are not stored: each name with its place. */
export function missingModelsWarnings(missing: readonly Diagnostic[]): readonly string[] {
  const texts = missing.slice(0, MOST_NAMED).map(({ message, position, code }) => {
    const place = position === undefined ? "" : `${formatPosition(position)}: `;
    const kind = code === "CONTEXT_EXTENSION_MISSING" ? "extension" : "model";
    return `${place}${message} Upload the ${kind} to /fc/model.`;
  });
  if (missing.length > MOST_NAMED) texts.push(`${missing.length - MOST_NAMED} more files are missing.`);
  return texts.map((text) => `199 causeway ${warningText(text)}`);
}
