import { isJsonObject, type JsonObject, type JsonValue } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import { objectsMember, rmObject, stringMember } from "./rm-values.js";

const extensionUrl = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

const reasonSystems: ReadonlySet<string> = new Set([
  "http://terminology.hl7.org/CodeSystem/data-absent-reason",
  "http://hl7.org/fhir/data-absent-reason",
  "http://terminology.hl7.org/CodeSystem/dataabsentreason",
]);

type Flavour = readonly [code: string, rubric: string];
const unknown: Flavour = ["253", "unknown"];
const masked: Flavour = ["272", "masked"];
const notApplicable: Flavour = ["273", "not applicable"];
const noInformation: Flavour = ["271", "no information"];

/** Null flavours of the FHIR reasons (engine-behaviour 7.7); every other text is "no information". */
const flavours: ReadonlyMap<string, Flavour> = new Map<string, Flavour>([
  ["unknown", unknown],
  ["asked-unknown", unknown],
  ["temp-unknown", unknown],
  ["not-asked", unknown],
  ["not-a-number", unknown],
  ["negative-infinity", unknown],
  ["positive-infinity", unknown],
  ["not-performed", unknown],
  ["other", unknown],
  ["asked-declined", masked],
  ["masked", masked],
  ["not-permitted", masked],
  ["not-applicable", notApplicable],
  ["unsupported", notApplicable],
]);

/** The null flavour for a data absent reason as FHIR gives it: code, Coding, CodeableConcept or text. */
export function nullFlavourOf(reason: JsonValue | undefined): RmObject | undefined {
  if (typeof reason === "string") return flavour(reason);
  if (!isJsonObject(reason)) return undefined;
  const codings = Array.isArray(reason.coding) ? objectsMember(reason, "coding") : [reason];
  for (const coding of codings) {
    const system = stringMember(coding, "system");
    if (system !== undefined && !reasonSystems.has(system)) continue;
    const found = flavour(stringMember(coding, "code"));
    if (found !== undefined) return found;
  }
  return flavour(stringMember(reason, "text"));
}

/** The reason that a value mapped to a null flavour gives: the value itself, or what an extension holds (engine-behaviour 7.7). */
export function reasonIn({ type, value }: FhirNode): JsonValue | undefined {
  return type === "Extension" && isJsonObject(value) ? extensionValue(value) : value;
}

/** The reason that stands on an element itself, as the `data-absent-reason` extension. */
export function reasonOnElement(node: FhirNode): JsonValue | undefined {
  const own = isJsonObject(node.value) ? node.value : node.primitiveExtension;
  const extension = objectsMember(own, "extension").find((one) => one.url === extensionUrl);
  return extension === undefined ? undefined : extensionValue(extension);
}

/** The reason that stands beside an absent `value[x]`: the extension on the container, else its `dataAbsentReason`. */
export function reasonOnContainer(node: FhirNode): JsonValue | undefined {
  return reasonOnElement(node) ?? (isJsonObject(node.value) ? node.value.dataAbsentReason : undefined);
}

function extensionValue(extension: JsonObject): JsonValue | undefined {
  return Object.entries(extension).find(([member]) => member.startsWith("value"))?.[1];
}

function flavour(text: string | undefined): RmObject | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const [code, rubric] = flavours.get(text.trim().toLowerCase()) ?? noInformation;
  return rmObject("DV_CODED_TEXT", {
    value: rubric,
    defining_code: rmObject("CODE_PHRASE", {
      terminology_id: rmObject("TERMINOLOGY_ID", { value: "openehr" }),
      code_string: code,
    }),
  });
}
