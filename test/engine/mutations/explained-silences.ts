import type { SubjectDirection } from "./mapping-subjects.js";

/** Values that a rule reads and that nevertheless do not show: where they stand, which rule reads them, and why. */
interface Silence {
  readonly mapping: string;
  readonly direction: SubjectDirection;
  /** Beginning of the path without positions in lists. */
  readonly path: string;
  readonly rule: string;
  readonly why: string;
}

const condition = "a condition looks at it and decides the same for either value";
const singlePlace = "its place holds one value, and another rule or another element of the list fills it";
const ratio =
  "the programmed mapping makes one whole of several elements and gives nothing when their combination has none";
const partyName =
  "rules composer, healthCareFacility: the FHIR end is a Reference, in which the name of a party has no place";

const silences: readonly Silence[] = [
  { mapping: "kds/fall", direction: "tofhir", path: "/context/start_time", rule: "contextPeriod", why: singlePlace },
  {
    mapping: "kds/fall",
    direction: "tofhir",
    path: "/context/end_time",
    rule: "contextPeriod.contextEnd",
    why: singlePlace,
  },
  {
    mapping: "kds/fall",
    direction: "toopenehr",
    path: "/entry[]/resource/verificationStatus",
    rule: "problemDiagnoseParent.conditionReference.condition",
    why: singlePlace,
  },
  {
    mapping: "kds/laborauftrag",
    direction: "toopenehr",
    path: "/entry[]/resource/note",
    rule: "specimen.specimenReference.specimenRecurring",
    why: singlePlace,
  },
  { mapping: "kds/laborbericht", direction: "tofhir", path: "/context/start_time", rule: "issued", why: singlePlace },
  {
    mapping: "kds/medikationseintrag",
    direction: "tofhir",
    path: "/content[]/data/events[]/data/items[]/items[]/value",
    rule: "doseAndRate.rateRatio",
    why: ratio,
  },
  {
    mapping: "kds/medikationseintrag",
    direction: "tofhir",
    path: "/content[]/data/events[]/data/items[]/items[]/items[]/name/value",
    rule: "dosageDailyTiming",
    why: "the programmed mapping finds the elements of a timing by their node id, whatever their name",
  },
  {
    mapping: "kds/medikationseintrag",
    direction: "toopenehr",
    path: "/entry[]/resource/dosage[]/doseAndRate[]/rateRatio/numerator",
    rule: "doseAndRate.rateRatio",
    why: ratio,
  },
  {
    mapping: "kds/medikationsverabreichung",
    direction: "tofhir",
    path: "/context/",
    rule: "effectivePeriodContext",
    why: singlePlace,
  },
  {
    mapping: "kds/medikationsverabreichung",
    direction: "tofhir",
    path: "/content[]/description/items[]/items[]/items[]/value",
    rule: "ingredients.ingredient.wirkstofftyp",
    why: singlePlace,
  },
  {
    mapping: "kds/medikationsverabreichung",
    direction: "tofhir",
    path: "/content[]/description/items[]/items[]/value",
    rule: "rateRatio",
    why: ratio,
  },
  {
    mapping: "kds/medikationsverabreichung",
    direction: "tofhir",
    path: "/content[]/ism_transition/current_state",
    rule: "ISMTransitionOpenEhrToFhir",
    why: condition,
  },
  {
    mapping: "kds/medikationsverabreichung",
    direction: "toopenehr",
    path: "/entry[]/resource/dosage/rateRatio/numerator",
    rule: "rateRatio",
    why: ratio,
  },
  {
    mapping: "kds/medikationsverabreichung",
    direction: "toopenehr",
    path: "/entry[]/resource/ingredient[]",
    rule: "ingredients",
    why: singlePlace,
  },
  {
    mapping: "kds/person",
    direction: "tofhir",
    path: "/content[]/data/items[]/items[]/items[]/value",
    rule: "prefix",
    why: "it is written into an extension of an element that another rule writes anew",
  },
  {
    mapping: "kds/person",
    direction: "toopenehr",
    path: "/entry[]/resource/name[]/prefix",
    rule: "prefix",
    why: "the rule maps the extension of the element and only passes through the element",
  },
  {
    mapping: "kds/person",
    direction: "toopenehr",
    path: "/entry[]/resource/name[]/_prefix",
    rule: "prefix",
    why: singlePlace,
  },
  {
    mapping: "kds/person",
    direction: "toopenehr",
    path: "/entry[]/resource/address[]/_line[]",
    rule: "streetaddress.line",
    why: "null holds the place of a line without extensions",
  },
  {
    mapping: "kds/person",
    direction: "toopenehr",
    path: "/entry[]/resource/address[]/type",
    rule: "streetaddress.type",
    why: condition,
  },
  {
    mapping: "kds/person",
    direction: "toopenehr",
    path: "/entry[]/resource/identifier[]",
    rule: "identifier",
    why: singlePlace,
  },
  { mapping: "kds/person", direction: "toopenehr", path: "/entry[]/resource/name", rule: "name", why: singlePlace },
  {
    mapping: "growth_chart",
    direction: "toopenehr",
    path: "/entry[]/resource/category[]/coding[]/code",
    rule: "preprocessor",
    why: condition,
  },
  {
    mapping: "news2",
    direction: "toopenehr",
    path: "/entry[]/resource/code/coding[]/code",
    rule: "preprocessor",
    why: condition,
  },
];

/** Why a value that a rule reads does not show in the result; undefined when nobody has explained it. */
export function explainedSilence(mapping: string, direction: SubjectDirection, path: string): string | undefined {
  if (direction === "tofhir" && /^\/(composer|context\/health_care_facility)\/name$/.test(path)) return partyName;
  const silence = silences.find(
    (one) => one.mapping === mapping && one.direction === direction && path.startsWith(one.path),
  );
  return silence === undefined ? undefined : `rule ${silence.rule}: ${silence.why}`;
}
