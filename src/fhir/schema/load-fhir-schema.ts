import type { FhirElement, FhirSchema, FhirType, FhirVersion } from "./fhir-schema.js";
import { definitions as r4 } from "./r4.generated.js";
import { definitions as r4b } from "./r4b.generated.js";
import { definitions as r5 } from "./r5.generated.js";
import { definitions as stu3 } from "./stu3.generated.js";

const definitionsOf: Readonly<Record<FhirVersion, string>> = { STU3: stu3, R4: r4, R4B: r4b, R5: r5 };
const loaded = new Map<FhirVersion, FhirSchema>();

/**
 * The element tables of a FHIR version (engine-behaviour 11). Indexed at the first call for the version and then
 * shared; a type is read at its first use. Nothing in the result can be changed by callers.
 */
export function fhirSchema(version: FhirVersion): FhirSchema {
  let schema = loaded.get(version);
  if (schema === undefined) {
    schema = new DefinedSchema(version, definitionsOf[version]);
    loaded.set(version, schema);
  }
  return schema;
}

class DefinedSchema implements FhirSchema {
  readonly version: FhirVersion;
  readonly typeNames: readonly string[];
  /** Type name -> its line of the generated file. */
  readonly #lines = new Map<string, string>();
  readonly #types = new Map<string, FhirType>();

  constructor(version: FhirVersion, definitions: string) {
    this.version = version;
    for (const line of definitions.split("\n")) {
      if (line !== "") this.#lines.set(line.slice(0, line.indexOf(" ")), line);
    }
    this.typeNames = Object.freeze([...this.#lines.keys()]);
    Object.freeze(this);
  }

  type(name: string): FhirType | undefined {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const line = this.#lines.get(name);
    if (line === undefined) return undefined;
    const type = this.#readType(line);
    this.#types.set(name, type);
    return type;
  }

  #readType(line: string): FhirType {
    const [name = "", kind = "", base = "-", ...own] = line.split(" ");
    const elements = new Map(base === "-" ? [] : this.type(base)?.elements);
    for (const text of own) {
      const element = readElement(text, elements);
      elements.set(element.name, element);
    }
    return Object.freeze({
      name: asMemberName(name),
      kind: asMemberName(kind) as FhirType["kind"],
      ...(base === "-" ? {} : { base: asMemberName(base) }),
      elements: new FixedMap(elements),
    });
  }
}

/** Reads `value?:Quantity|string` or `subject:Reference(Patient,Group)`; the generated file explains the form. */
function readElement(text: string, before: ReadonlyMap<string, FhirElement>): FhirElement {
  const colon = text.indexOf(":");
  const flags = text.slice(0, colon);
  const choice = flags.endsWith("?");
  const list = flags.endsWith("*");
  const types = text.slice(colon + 1);
  const targets = /Reference\(([^)]*)\)/.exec(types)?.[1];
  const name = asMemberName(choice || list ? flags.slice(0, -1) : flags);
  return Object.freeze({
    name,
    position: before.get(name)?.position ?? before.size,
    list,
    choice,
    types: Object.freeze(
      types
        .replace(/\([^)]*\)/, "")
        .split("|")
        .map(asMemberName),
    ),
    ...(targets === undefined ? {} : { targets: Object.freeze(targets.split(",")) }),
  });
}

/** A name as the JavaScript engine keeps names of members and literals, which makes it quick to compare with them and to write under. */
function asMemberName(name: string): string {
  return Object.keys({ [name]: true })[0] ?? name;
}

/** A Map that is filled once: the tables are shared by all requests. */
class FixedMap<Key, Value> extends Map<Key, Value> {
  #filled = false;

  constructor(entries: Iterable<readonly [Key, Value]>) {
    super(entries);
    this.#filled = true;
  }

  override set(key: Key, value: Value): this {
    // The constructor of Map fills itself through set().
    if (#filled in this && this.#filled) throw new TypeError("FHIR element tables cannot be changed");
    return super.set(key, value);
  }

  override delete(): boolean {
    throw new TypeError("FHIR element tables cannot be changed");
  }

  override clear(): void {
    throw new TypeError("FHIR element tables cannot be changed");
  }
}
