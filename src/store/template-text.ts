import { parseOperationalTemplate } from "../openehr/template/parse-operational-template.js";
import type { Template } from "../openehr/template/template.js";

/**
 * Reads the text of an operational template as it was uploaded: a byte order mark and blanks before the XML declaration
 * are common, harmless and not well-formed (rest-api 9 strips them). Throws a Problem when the text is no OPT.
 */
export function readTemplateText(content: string, file?: string): Template {
  return parseOperationalTemplate(withoutLeadingBlanks(content), file === undefined ? {} : { file });
}

/** The declaration is blanked out, so that lines and columns in messages stay those of the uploaded text. */
function withoutLeadingBlanks(content: string): string {
  const start = content.search(/[^\s\ufeff]/);
  if (start <= 0 || !content.startsWith("<?xml", start)) return content.replace(/^\ufeff/, "");
  const end = content.indexOf("?>", start);
  if (end === -1) return content;
  const blanked = content.slice(0, end + 2).replace(/[^\r\n]/g, " ");
  return blanked + content.slice(end + 2);
}
