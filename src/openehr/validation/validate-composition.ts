import type { RmObject } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
import { checkAgainstTemplate } from "./template-walk.js";
import { checkRmObject } from "./validate-rm-object.js";
import { type ValidationFinding, ValidationFindings } from "./validation-finding.js";

/** What is checked besides the reference model and the constraints of single nodes; all of it unless told otherwise. */
export interface ValidationOptions {
  /** Whether objects are reported that the template has no place for (openehr-formats 19.7). */
  readonly objectsNotInTemplate?: boolean;
  /** Whether existence, cardinality, order and uniqueness of attributes are checked, which the reference implementation does not do. */
  readonly cardinalities?: boolean;
  /** How many findings are reported at most; 1000 when left out. */
  readonly mostFindings?: number;
}

/**
 * Validates a composition (openehr-formats 19): first against the reference model and, when nothing is wrong there, against
 * its template. Works on the tree in place and never throws for what it finds there. What a template demands is compiled
 * when a composition first needs it and kept as long as the template.
 * @returns findings in the order of the document, empty when the composition is valid. Messages and found values may be
 *   clinical, see {@link ValidationFinding}.
 */
export function validateComposition(
  composition: RmObject,
  template: Template,
  options: ValidationOptions = {},
): readonly ValidationFinding[] {
  const findings = new ValidationFindings(options.mostFindings);
  checkRmObject(composition, findings);
  if (findings.all.length > 0) return findings.all;
  const { objectsNotInTemplate = true, cardinalities = true } = options;
  checkAgainstTemplate(composition, template, { objectsNotInTemplate, cardinalities }, findings);
  return findings.all;
}
