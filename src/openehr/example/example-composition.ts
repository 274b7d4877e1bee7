import type { RmObject } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
import { ExampleChoices, type ExampleExtent } from "./example-choices.js";
import { StructureExamples } from "./structure-examples.js";

/** What an example shows, and what it takes from its surroundings. */
export interface ExampleSettings {
  readonly extent: ExampleExtent;
  /** Local date and time, `2026-11-21T10:30:00`: the time at which everything in the example happens. */
  readonly now: () => string;
  /** Examples of one seed are the same; 0 when left out. */
  readonly seed?: number;
  /** ISO 3166-1 alpha-2; taken from the language of the template when left out. */
  readonly territory?: string;
}

/**
 * Writes a composition that is valid for a template, by the rules of `validateComposition`: names, node ids, occurrences and
 * cardinalities as the template wants them, values within its lists, ranges and patterns, everything the reference model
 * demands. Slots that the template leaves open stay empty, unless they want to be filled or nothing else can fill a structure that must not be empty.
 * The result belongs to the caller, but for parts that the template alone determines, which are frozen and shared.
 * @throws Problem `EXAMPLE_TOO_LARGE` when the template demands more structures than an example may have
 */
export function exampleComposition(template: Template, settings: ExampleSettings): RmObject {
  const { extent, now, seed = 0, territory } = settings;
  const choices = new ExampleChoices(extent, seed);
  return new StructureExamples(template, choices, now(), territory).composition();
}
