import { draftFromComposition } from "../../building/draft-from-composition.js";
import type { RmObject } from "../../rm/rm-object.js";
import type { Template } from "../../template/template.js";
import type { FlatDocument } from "./flat-path-place.js";
import { writeFlat } from "./flat-writer.js";
import { reportValuesLeftOut } from "./values-left-out.js";

/**
 * Writes a composition as FLAT (openehr-formats 13), under the names that the template fixes.
 * @param onLeftOut told the path of each object that the template has no node for, and of each attribute that FLAT has
 *   no key for
 */
export function compositionToFlat(
  composition: RmObject,
  template: Template,
  onLeftOut?: (path: string) => void,
): FlatDocument {
  if (onLeftOut === undefined) return writeFlat(draftFromComposition(composition, template), "published");
  const leftOut = new Set<string>();
  const report = (path: string): void => {
    leftOut.add(path);
  };
  const document = writeFlat(draftFromComposition(composition, template, report), "published", report);
  const isLeftOut = (path: string): boolean => leftOut.has(path);
  reportValuesLeftOut(composition, isLeftOut, report);
  for (const path of leftOut) onLeftOut(path);
  return document;
}
