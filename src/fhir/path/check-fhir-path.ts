import type { FhirElement, FhirSchema } from "../schema/fhir-schema.js";
import type { CastStep, FhirPathStep } from "./fhir-path-step.js";
import { specialises } from "./fhir-type-name.js";
import { nearestName } from "./nearest-name.js";
import { choiceMemberName } from "./node-children.js";
import { parseFhirPath } from "./parse-fhir-path.js";

/** Something in a FHIR path that can never find or create anything, judged from the element tables alone. */
export interface FhirPathFinding {
  readonly kind:
    | "unknown-element"
    | "unknown-type"
    | "impossible-type"
    | "not-a-reference"
    | "wrong-start-type"
    | "unresolved-reference";
  /** The name in the path the finding is about. */
  readonly name: string;
  /** Where the name stands in the path, counted from 1. */
  readonly column: number;
  /** The types that were looked at. */
  readonly types: readonly string[];
  /** What to write instead, when something close exists. */
  readonly nearest?: string;
  /** The finding in a sentence. */
  readonly message: string;
}

/**
 * Follows a path through the element tables from a type and lists what cannot be right (fhirconnect-language 5.2):
 * element names that none of the possible types has, casts to types that cannot occur, `resolve()` on something that is
 * no reference, an element of a referenced resource without `resolve()`. Stops at the first name it cannot follow.
 * Expressions beyond the plain subset are not looked into. Never throws.
 */
export function checkPath(text: string, schema: FhirSchema, startType: string): readonly FhirPathFinding[] {
  const parsed = parseFhirPath(text, schema);
  if (parsed.steps === undefined || schema.type(startType) === undefined) return [];
  const walk = new TypeWalk(schema);
  walk.follow(parsed.steps, new Map([[startType, undefined]]));
  return walk.findings;
}

/** Possible types at a point of the path; for Reference with the resource types it may point at (undefined: any). */
type Types = ReadonlyMap<string, readonly string[] | undefined>;

/** Types behind which a reference may stand. */
const referring = new Set(["Reference", "canonical", "uri", "url", "string"]);

class TypeWalk {
  readonly findings: FhirPathFinding[] = [];
  readonly #schema: FhirSchema;

  constructor(schema: FhirSchema) {
    this.#schema = schema;
  }

  follow(steps: readonly FhirPathStep[], start: Types): void {
    let types: Types | undefined = start;
    for (const step of steps) {
      // An abstract resource may be any resource: it has what any of them has.
      if (types.has("Resource") || types.has("DomainResource")) types = this.#narrowed(types, step);
      else types = this.#next(step, types);
      if (types === undefined) return;
    }
  }

  #narrowed(types: Types, step: FhirPathStep): Types | undefined {
    if (step.kind === "child") return this.#childOfAny(step.name, step.column, types);
    return step.kind === "cast" && step.known ? new Map([[step.type, undefined]]) : this.#keptBy(step, types);
  }

  #keptBy(step: FhirPathStep, types: Types): Types | undefined {
    return step.kind === "index" || step.kind === "first" || step.kind === "where" ? types : undefined;
  }

  #next(step: FhirPathStep, types: Types): Types | undefined {
    switch (step.kind) {
      case "child":
        return this.#child(step.name, step.column, types);
      case "resource-type":
        return this.#resourceType(step.name, step.column, types);
      case "index":
      case "first":
        return types;
      case "cast":
        return this.#cast(step, types);
      case "resolve":
        return this.#resolve(step.column, types);
      case "extension":
        return this.#child("extension", step.column, types);
      case "where":
        if (step.equals !== undefined) this.follow(step.equals.steps, types);
        return types;
    }
  }

  #child(name: string, column: number, types: Types): Types | undefined {
    const found = new Map<string, readonly string[] | undefined>();
    for (const type of types.keys()) {
      const element = this.#schema.type(type)?.elements.get(name);
      for (const elementType of element?.types ?? []) found.set(elementType, element?.targets);
    }
    if (found.size > 0) return found;
    if (!this.#reportUnresolved(name, column, types)) this.#reportUnknown(name, column, types);
    return undefined;
  }

  #childOfAny(name: string, column: number, types: Types): Types | undefined {
    const found = this.#schema.typeNames.flatMap((typeName) => {
      const type = this.#schema.type(typeName);
      return type?.kind === "resource" ? (type.elements.get(name)?.types ?? []) : [];
    });
    if (found.length > 0) return new Map(found.map((type) => [type, undefined]));
    this.#reportUnknown(name, column, types);
    return undefined;
  }

  /** `requester.name`: the name belongs to the resource behind the Reference. */
  #reportUnresolved(name: string, column: number, types: Types): boolean {
    const holders = (types.get("Reference") ?? []).filter((type) => this.#schema.type(type)?.elements.has(name));
    if (!types.has("Reference") || holders.length === 0) return false;
    const nearest = `resolve().${name}`;
    const message = `"${name}" at column ${column} is an element of ${listed(holders)}, not of Reference; write ${nearest}.`;
    this.findings.push({ kind: "unresolved-reference", name, column, types: holders, nearest, message });
    return true;
  }

  #reportUnknown(name: string, column: number, types: Types): void {
    const looked = [...types.keys()];
    const elements = looked.flatMap((type) => [...(this.#schema.type(type)?.elements.values() ?? [])]);
    const nearest =
      elementOfMember(elements, name) ??
      nearestName(
        name,
        elements.map((element) => element.name),
      );
    this.#report("unknown-element", name, column, looked, `${listed(looked)} has no element "${name}"`, nearest);
  }

  #resourceType(name: string, column: number, types: Types): Types | undefined {
    const matching = [...types].filter(
      ([type]) => this.#schema.type(type)?.kind === "resource" && specialises(type, name, this.#schema),
    );
    if (matching.length > 0) return new Map(matching);
    const looked = [...types.keys()];
    const what = `"${name}" in front selects resources of that type, but the path starts from ${listed(looked)}`;
    this.#report("wrong-start-type", name, column, looked, what, undefined);
    return undefined;
  }

  #cast(step: CastStep, types: Types): Types | undefined {
    const looked = [...types.keys()];
    if (!step.known) {
      const nearest = nearestName(step.type, this.#schema.typeNames);
      const what = `FHIR ${this.#schema.version} has no type "${step.type}"`;
      this.#report("unknown-type", step.type, step.column, looked, what, nearest);
      return undefined;
    }
    if (types.has(step.type)) return new Map([[step.type, types.get(step.type)]]);
    // An Age where a Quantity is declared.
    if (looked.some((type) => specialises(step.type, type, this.#schema))) return new Map([[step.type, undefined]]);
    const isResource = this.#schema.type(step.type)?.kind === "resource";
    const targets = types.get("Reference");
    const mayRefer = types.has("Reference") && (targets === undefined || targets.includes(step.type));
    if (isResource && mayRefer) return new Map([[step.type, undefined]]);
    const possible = targets === undefined ? looked : [...looked.filter((type) => type !== "Reference"), ...targets];
    const what = `a value of type ${listed(possible)} is never a ${step.type}`;
    this.#report("impossible-type", step.type, step.column, possible, what, undefined);
    return undefined;
  }

  #resolve(column: number, types: Types): Types | undefined {
    const looked = [...types.keys()];
    if (!looked.some((type) => referring.has(type))) {
      this.#report("not-a-reference", "resolve", column, looked, `${listed(looked)} refers to nothing`, undefined);
      return undefined;
    }
    const targets = types.get("Reference") ?? ["Resource"];
    return new Map(targets.map((target) => [target, undefined]));
  }

  #report(
    kind: FhirPathFinding["kind"],
    name: string,
    column: number,
    types: readonly string[],
    what: string,
    nearest: string | undefined,
  ): void {
    const message = `${what} (column ${column}).${nearest === undefined ? "" : ` Did you mean "${nearest}"?`}`;
    this.findings.push({ kind, name, column, types, message, ...(nearest === undefined ? {} : { nearest }) });
  }
}

/** `valueQuantity` is how JSON names the element; in paths it is `value.ofType(Quantity)`. */
function elementOfMember(elements: readonly FhirElement[], member: string): string | undefined {
  for (const element of elements) {
    if (!element.choice) continue;
    const type = element.types.find((candidate) => choiceMemberName(element.name, candidate) === member);
    if (type !== undefined) return `${element.name}.ofType(${type})`;
  }
  return undefined;
}

/** Long lists (`Extension.value` allows fifty types) would hide the sentence. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}
