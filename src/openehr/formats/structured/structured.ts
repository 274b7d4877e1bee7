import type { CompositionDraft } from "../../building/composition-draft.js";
import type { RmObject } from "../../rm/rm-object.js";
import { flatNames } from "../../template/flat-names.js";
import type { Template } from "../../template/template.js";
import { compositionToFlat } from "../flat/composition-to-flat.js";
import { type FlatReadSettings, readFlat } from "../flat/flat-reader.js";
import type { JsonObject } from "../json.js";
import { flatToStructured } from "./flat-to-structured.js";
import { structuredToFlat } from "./structured-to-flat.js";

/**
 * Reads a STRUCTURED document into a draft (openehr-formats 14), as `readFlat` reads a FLAT one; problems name FLAT
 * paths.
 * @param document the parsed JSON
 * @throws Problem `STRUCTURED_…` for what is no STRUCTURED document, `FLAT_…` for its content
 */
export function readStructured(document: unknown, template: Template, settings?: FlatReadSettings): CompositionDraft {
  return readFlat(structuredToFlat(document, flatNames(template)), template, settings);
}

/**
 * Writes a composition as STRUCTURED (openehr-formats 14).
 * @param onLeftOut told the path of each object and attribute that is left out; see `compositionToFlat`
 */
export function compositionToStructured(
  composition: RmObject,
  template: Template,
  onLeftOut?: (path: string) => void,
): JsonObject {
  return flatToStructured(compositionToFlat(composition, template, onLeftOut));
}
