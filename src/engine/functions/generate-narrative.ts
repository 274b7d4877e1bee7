import type { FhirInstance } from "../../fhir/path/fhir-instance.js";
import { narrativeOf } from "./narrative-text.js";
import type { ProgrammedMapping, ProgrammedMappingKind } from "./programmed-mapping.js";

/**
 * `generateNarrative([path[, profile]])`: the text of a resource or section, made from what the mapping has written when all
 * of the resource is there. The path leads from the model's object (`$resource.section.entry`) or, with `$fhirRoot`, from
 * the enclosing element; without one all of the object is told. The profile chooses a template in other engines; this one
 * tells every element in the same way. Nothing is read back from a narrative: its elements are mapped themselves.
 */
export const generateNarrative: ProgrammedMappingKind = {
  code: "generateNarrative",
  arguments: { required: [], optional: ["path", "profile"] },
  create: ([path = ""]): ProgrammedMapping => {
    const [root, ...names] = path.startsWith("$") ? path.split(".") : ["$resource", ...path.split(".")];
    const steps = names.filter((name) => name !== "" && !name.endsWith(")"));
    return {
      code: "generateNarrative",
      toOpenEhr: () => false,
      toFhir: () => undefined,
      whenComplete: ({ model, enclosing }) => {
        const div = narrativeOf(elementsAt(root === "$fhirRoot" ? enclosing : model, steps));
        return div === undefined ? undefined : { type: "Narrative", value: { status: "generated", div } };
      },
    };
  },
};

function elementsAt(from: FhirInstance, steps: readonly string[]): readonly FhirInstance[] {
  return steps.reduce<readonly FhirInstance[]>(
    (elements, step) => elements.flatMap((element) => (element.target ?? element).field(step) ?? []),
    [from],
  );
}
