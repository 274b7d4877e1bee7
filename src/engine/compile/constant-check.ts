import { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { constantNode } from "../constant-node.js";
import { convertToOpenEhr } from "../datatypes/conversions.js";
import { eventFromFhir } from "../datatypes/event.js";
import type { ConversionContext } from "../datatypes/fhir-data.js";
import { rmPrimitive } from "../datatypes/rm-primitives.js";
import type { OpenEhrAccessor, Step } from "../plan.js";
import { populate } from "../run/populate.js";
import type { Semantics } from "../semantics.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";
import { typesAt } from "./type-pair-check.js";

/**
 * Warns of a constant that nothing at its place can be made of, so that it would never be written (fhirconnect-language 11.1
 * and 19.2). Places whose types the files do not tell are left to the run.
 * @param steps the step's FHIR path from an object of type `from`
 */
export function checkConstant(
  place: Place,
  step: Step,
  from: string | undefined,
  steps: readonly string[],
  schema: FhirSchema,
  semantics: Semantics,
  findings: Findings,
): void {
  const { kind, openEhr, fhir } = step;
  if (kind.kind !== "constant") return;
  const isOpenEhr = kind.side === "openehr";
  const types = isOpenEhr ? (openEhr?.rmTypes ?? []) : typesAt(from, steps, schema);
  if (types.length === 0 || (isOpenEhr && openEhr?.complete !== true)) return;
  const isTaken =
    isOpenEhr && openEhr !== undefined
      ? takes(openEhr, kind.value, { timeZone: "UTC", semantics })
      : types.some((type) => fills(type, kind.value, schema));
  if (isTaken) return;
  const message = `Nothing can be made of the constant ${JSON.stringify(kind.value)} where ${types.join(" or ")} stands; it is never written.`;
  const path = isOpenEhr ? openEhr?.text : fhir.text;
  findings.report("warning", "MAPPING_CONSTANT_UNFIT", message, place, step.source.position, path);
}

/** Whether an openEHR place takes a constant, as the writer of a run decides it. */
function takes(accessor: OpenEhrAccessor, text: string, context: ConversionContext): boolean {
  const node = constantNode(accessor.rmTypes, text, {});
  if (accessor.part !== undefined || accessor.node.attribute === "null_flavour") return true;
  const type = accessor.members.at(-1)?.type;
  if (type !== undefined && rmPrimitive(type, node) !== undefined) return true;
  if (accessor.rmTypes.some((one) => one.endsWith("EVENT")) && eventFromFhir(node, context) !== undefined) return true;
  return convertToOpenEhr(node, accessor.rmTypes, context, accessor.targets) !== undefined;
}

function fills(typeName: string, text: string, schema: FhirSchema): boolean {
  const type = schema.type(typeName);
  return type === undefined || populate(new FhirInstance(type), { type: "string", value: text }, schema);
}
