import { draftFromComposition } from "../../building/draft-from-composition.js";
import type { RmObject } from "../../rm/rm-object.js";
import type { Template } from "../../template/template.js";
import type { FlatDocument } from "./flat-path-place.js";
import { writeFlat } from "./flat-writer.js";

/**
 * Writes a composition as FLAT (openehr-formats 13), under the names that the template fixes.
 * @param onLeftOut told the path of each object that the template has no node for
 */
export function compositionToFlat(
  composition: RmObject,
  template: Template,
  onLeftOut?: (path: string) => void,
): FlatDocument {
  return writeFlat(draftFromComposition(composition, template, onLeftOut), "published");
}
