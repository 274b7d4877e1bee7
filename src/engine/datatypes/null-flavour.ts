import { isJsonObject, type JsonObject, type JsonValue } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import type { Semantics } from "../semantics.js";
import { objectAttribute, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/** The extension that says why an element has no value. */
export const absentReasonUrl = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

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

/** Where the language page says otherwise (fhirconnect-language 14). */
const flavoursOfPage: ReadonlyMap<string, Flavour> = new Map<string, Flavour>([
  ...flavours,
  ["asked-declined", unknown],
  ["not-permitted", unknown],
  ["unsupported", unknown],
  ["as-text", unknown],
  ["error", unknown],
]);

/** The reasons that null flavours mean; the page has no other for "no information" than "unknown". */
const reasons: ReadonlyMap<string, string> = new Map([
  ["253", "unknown"],
  ["271", "unknown"],
  ["272", "masked"],
  ["273", "not-applicable"],
]);

/** Why an ELEMENT has no value, as the code of a FHIR reason; undefined when it has a value or does not say. */
export function reasonOf(element: RmValue): string | undefined {
  if (!isRmObject(element) || element.value !== undefined) return undefined;
  const flavourCode = stringAttribute(
    objectAttribute(objectAttribute(element, "null_flavour"), "defining_code"),
    "code_string",
  );
  const written = stringAttribute(objectAttribute(element, "null_reason"), "value");
  if (flavourCode === undefined) return undefined;
  return written !== undefined && flavoursOfPage.has(written) ? written : reasons.get(flavourCode);
}

/**
 * The null flavour for a data absent reason as FHIR gives it: code, Coding, CodeableConcept or text. Where the page's table is
 * asked for, the code is found again in {@link nullReasonOf}.
 */
export function nullFlavourOf(
  reason: JsonValue | undefined,
  { nullFlavours }: Pick<Semantics, "nullFlavours">,
): RmObject | undefined {
  return flavourIn(reason, nullFlavours === "both-ways" ? flavoursOfPage : flavours);
}

/** The code of a data absent reason, which tells more than the null flavour does; undefined for one that is no code. */
export function nullReasonOf(reason: JsonValue | undefined): RmObject | undefined {
  const codings = !isJsonObject(reason)
    ? []
    : Array.isArray(reason.coding)
      ? objectsMember(reason, "coding")
      : [reason];
  const codes = typeof reason === "string" ? [reason] : codings.map((coding) => stringMember(coding, "code"));
  const code = codes.find((one) => one !== undefined && flavoursOfPage.has(one));
  return code === undefined ? undefined : rmObject("DV_TEXT", { value: code });
}

function flavourIn(reason: JsonValue | undefined, table: ReadonlyMap<string, Flavour>): RmObject | undefined {
  if (typeof reason === "string") return flavour(reason, table);
  if (!isJsonObject(reason)) return undefined;
  const codings = Array.isArray(reason.coding) ? objectsMember(reason, "coding") : [reason];
  for (const coding of codings) {
    const system = stringMember(coding, "system");
    if (system !== undefined && !reasonSystems.has(system)) continue;
    const found = flavour(stringMember(coding, "code"), table);
    if (found !== undefined) return found;
  }
  return flavour(stringMember(reason, "text"), table);
}

/** The reason that a value mapped to a null flavour gives: the value itself, or what an extension holds (engine-behaviour 7.7). */
export function reasonIn({ type, value }: FhirNode): JsonValue | undefined {
  return type === "Extension" && isJsonObject(value) ? extensionValue(value) : value;
}

/** The reason that stands on an element itself, as the `data-absent-reason` extension. */
export function reasonOnElement(node: FhirNode): JsonValue | undefined {
  const own = isJsonObject(node.value) ? node.value : node.primitiveExtension;
  if (own?.extension === undefined) return undefined;
  const extension = objectsMember(own, "extension").find((one) => one.url === absentReasonUrl);
  return extension === undefined ? undefined : extensionValue(extension);
}

/** The reason that stands beside an absent `value[x]`: the extension on the container, else its `dataAbsentReason`. */
export function reasonOnContainer(node: FhirNode): JsonValue | undefined {
  return reasonOnElement(node) ?? (isJsonObject(node.value) ? node.value.dataAbsentReason : undefined);
}

function extensionValue(extension: JsonObject): JsonValue | undefined {
  return Object.entries(extension).find(([member]) => member.startsWith("value"))?.[1];
}

function flavour(text: string | undefined, table: ReadonlyMap<string, Flavour>): RmObject | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const [code, rubric] = table.get(text.trim().toLowerCase()) ?? noInformation;
  return rmObject("DV_CODED_TEXT", {
    value: rubric,
    defining_code: rmObject("CODE_PHRASE", {
      terminology_id: rmObject("TERMINOLOGY_ID", { value: "openehr" }),
      code_string: code,
    }),
  });
}
