import type { RandomSource } from "../../../src/openehr/example/random-source.js";

/** Texts that have meant something to some program, or that a type does not expect. */
const HOSTILE_TEXTS = [
  "",
  " ",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "null",
  "NaN",
  "-1",
  "0",
  "1e999",
  "9007199254740993.50",
  "true",
  "now",
  "P1Y2M",
  "-PT5.5S",
  "2020-02-30",
  "2020-01-01T25:00:00Z",
  "ehr://x/y",
  "a::b::1",
  "\u0000",
  "\ud800",
  "\u{1F600}",
  "\u202e",
  "]]>",
  "<!--",
  "&lol;",
  "{",
  "x".repeat(5_000),
] as const;

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  [],
  {},
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  [null],
  [[]],
  { _type: "ELEMENT" },
];

const CLASSES = [
  "DV_TEXT",
  "DV_CODED_TEXT",
  "DV_QUANTITY",
  "DV_INTERVAL",
  "DV_INTERVAL<DV_COUNT>",
  "DV_DATE_TIME",
  "DV_MULTIMEDIA",
  "DV_STATE",
  "ELEMENT",
  "CLUSTER",
  "OBSERVATION",
  "PARTY_SELF",
  "PARTY_RELATED",
  "CODE_PHRASE",
  "HIER_OBJECT_ID",
  "NO_SUCH_CLASS",
  "__proto__",
] as const;

const KEY_PARTS = [
  "/",
  "|",
  ":",
  ":0",
  ":1",
  ":7",
  ":999999999",
  ":-1",
  "|code",
  "|value",
  "|other",
  "|raw",
  "|magnitude",
  "|unit",
  "|type",
  "|terminology",
  "/_uid",
  "/_name|code",
  "/_link:1|target",
  "/_feeder_audit|raw",
  "/_feeder_audit/original_content",
  "/_null_flavour|code",
  "/_null_reason",
  "/_normal_range/lower|magnitude",
  "/_other_reference_ranges:2/meaning",
  "/_mapping:0/target|code",
  "/_accuracy",
  "/_other_participation:0|function",
  "/_other_participation:0|identifiers_id:3",
  "/_provider|name",
  "/_work_flow_id|id",
  "/lower",
  "/upper|magnitude",
  "/time",
  "/width",
  "/math_function|code",
  "/__proto__",
  "/constructor|prototype",
] as const;

/** Replaces, removes or repeats stretches of a text, or puts hostile texts into it. */
export function mutatedText(text: string, random: RandomSource): string {
  let mutated = text;
  for (let change = random.integer(1, 4); change > 0; change--) {
    const start = random.integer(0, mutated.length);
    const length = random.chance(0.7) ? random.integer(0, 8) : random.integer(0, 400);
    const removed = mutated.slice(start, start + length);
    const put =
      random.pick(["", removed + removed, random.pick(HOSTILE_TEXTS), random.pick(CLASSES), `"`, "<a>", "/"]) ?? "";
    mutated = mutated.slice(0, start) + put + mutated.slice(start + length);
  }
  return mutated;
}

const XML_ELEMENT = /<([a-zA-Z_]+)(?: [^<>]*)?>[^<>]*<\/\1>/g;
const XML_TYPE = /type="[^"]*"/g;

/** Loses, doubles or changes elements without children of an XML text, or names another class. */
export function mutatedXml(xml: string, random: RandomSource): string {
  if (random.chance(0.3)) return mutatedText(xml, random);
  let mutated = xml;
  for (let change = random.integer(1, 3); change > 0; change--) {
    const matches = [...mutated.matchAll(random.chance(0.2) ? XML_TYPE : XML_ELEMENT)];
    const match = random.pick(matches);
    if (match === undefined) break;
    const [whole] = match;
    const put = whole.startsWith("<")
      ? random.pick([
          "",
          whole + whole,
          whole.replace(/>[^<>]*</, () => `>${escaped(random.pick(HOSTILE_TEXTS) ?? "")}<`),
        ])
      : `type="${random.pick(CLASSES)}"`;
    mutated = mutated.slice(0, match.index) + put + mutated.slice(match.index + whole.length);
  }
  return mutated;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Changes members of a JSON document, at any depth: other values, other names, lost, doubled, or made lists. */
export function mutatedJson(document: unknown, random: RandomSource): unknown {
  const copy: unknown = structuredClone(document);
  for (let change = random.integer(1, 5); change > 0; change--) {
    const owners = objectsOf(copy);
    const owner = random.pick(owners);
    if (owner === undefined) break;
    const name = random.pick(Object.keys(owner));
    if (name === undefined) continue;
    changeMember(owner, name, owners, random);
  }
  return copy;
}

function changeMember(
  owner: Record<string, unknown>,
  name: string,
  owners: readonly Record<string, unknown>[],
  random: RandomSource,
): void {
  switch (random.integer(0, 7)) {
    case 0:
      delete owner[name];
      break;
    case 1:
      owner[name] = [owner[name]];
      break;
    case 2:
      owner[name] = structuredClone(random.pick(HOSTILE_VALUES));
      break;
    case 3:
      owner[name] = random.pick(HOSTILE_TEXTS);
      break;
    case 4:
      owner[name] = structuredClone(random.pick(owners));
      break;
    case 5:
      setOwn(owner, random.pick(HOSTILE_TEXTS) ?? "", owner[name]);
      break;
    case 6:
      if (Array.isArray(owner[name])) owner[name] = [...owner[name], ...structuredClone(owner[name])];
      else setOwn(owner, random.pick(Object.keys(random.pick(owners) ?? {})) ?? "", owner[name]);
      break;
    default:
      owner._type = random.pick(CLASSES);
  }
}

/** As `JSON.parse` does it: a member called `__proto__` is a member. */
function setOwn(owner: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });
}

function objectsOf(value: unknown, found: Record<string, unknown>[] = []): readonly Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return found;
  if (!Array.isArray(value)) found.push(value as Record<string, unknown>);
  for (const member of Object.values(value)) objectsOf(member, found);
  return found;
}

const SHORTCUTS = [
  "ctx/language",
  "ctx/territory",
  "ctx/composer_name",
  "ctx/composer_self",
  "ctx/id_scheme",
  "ctx/time",
  "ctx/setting",
  "ctx/participation_name:1",
  "ctx/participation_mode:1",
  "ctx/participation_identifiers:0|id:2",
  "ctx/link:0|target",
  "ctx/work_flow_id|id",
  "ctx/health_care_facility|name",
  "ctx/__proto__",
  "ctx",
  "ctx_other",
  "__proto__",
  "constructor/prototype",
] as const;

/** Changes keys and values of a FLAT document: parts of other keys, indexes, suffixes, underscore attributes, shortcuts. */
export function mutatedFlat(document: object, random: RandomSource): object {
  const members = Object.entries(document);
  for (let change = random.integer(1, 4); change > 0; change--) {
    const at = random.integer(0, members.length - 1);
    const [key, value] = members[at] ?? ["", null];
    switch (random.integer(0, 5)) {
      case 0:
        members[at] = [key, random.chance(0.5) ? random.pick(HOSTILE_TEXTS) : random.pick(HOSTILE_VALUES)];
        break;
      case 1:
        members[at] = [`${key.replace(/\|[^|]*$/, "")}${random.pick(KEY_PARTS)}`, value];
        break;
      case 2:
        members.push([`${random.pick(members)?.[0]}${random.pick(KEY_PARTS)}`, random.pick(members)?.[1]]);
        break;
      case 3:
        members.push([random.pick(SHORTCUTS) ?? "", random.pick([value, ...HOSTILE_TEXTS])]);
        break;
      case 4:
        members.push([withOtherIndex(key, random), value]);
        break;
      default:
        members[at] = [mutatedText(key, random), value];
    }
  }
  return Object.fromEntries(members);
}

function withOtherIndex(key: string, random: RandomSource): string {
  return key.replace(/:\d+/g, (index) => (random.chance(0.5) ? `:${random.integer(0, 3)}` : index));
}
