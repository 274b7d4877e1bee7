import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import { nearestName } from "../path/nearest-name.js";
import type { FhirSchema } from "../schema/fhir-schema.js";
import { isResourceType, type Member, type MemberTable, memberTable } from "./member-table.js";

/** Something in FHIR JSON that is not as the definitions have it, so that readers pass it by. */
export interface StructureFinding {
  /** Where it stands, as FHIRPath has it: `Bundle.entry[0].resource.valueQuantitty`. */
  readonly path: string;
  /**
   * `unknown`: the type has no element of that name, nothing reads the member. `shape`: another kind of JSON belongs there, or
   * one value instead of several; readers may understand it or not.
   */
  readonly kind: "unknown" | "shape";
  /** The name nearest to an unknown one, or what was expected and what was found. Never a value. */
  readonly detail: string | undefined;
}

/** Characters that are told of a name that comes from outside. */
const longestName = 80;
/** Enough to see what is wrong with a sender, few enough for input that is nothing but wrong. */
const mostFindings = 200;

export interface StructureCheckOptions {
  /** Path of the resource; its type when left out. */
  readonly path?: string;
  /** Findings after which the check stops. */
  readonly most?: number;
}

/**
 * The members of a resource that a version of FHIR does not have, and those that hold another kind of JSON than it asks for, in the
 * order of the document. `null`, empty texts, objects and lists are as good as absent. One walk over the JSON; members are looked up
 * in tables that are made once for each type. Values, codes and cardinalities are not looked at.
 */
export function checkStructure(
  resource: JsonObject,
  schema: FhirSchema,
  { path = typeNameOf(resource), most = mostFindings }: StructureCheckOptions = {},
): readonly StructureFinding[] {
  const check = new StructureCheck(schema, path, most);
  check.resource(resource);
  return check.findings;
}

function typeNameOf({ resourceType }: JsonObject): string {
  return typeof resourceType === "string" ? resourceType.slice(0, longestName) : "Resource";
}

class StructureCheck {
  readonly #schema: FhirSchema;
  readonly findings: StructureFinding[] = [];
  readonly #most: number;
  /** Members and indexes from the root to where the check stands. */
  readonly #place: (string | number)[];

  constructor(schema: FhirSchema, root: string, most: number) {
    this.#schema = schema;
    this.#most = most;
    this.#place = [root];
  }

  resource(resource: JsonObject): void {
    const { resourceType } = resource;
    if (typeof resourceType !== "string") {
      if (!isEmpty(resource)) this.#shape("a resource with resourceType expected, an object without found");
    } else if (!isResourceType(resourceType, this.#schema)) {
      const name = resourceType.slice(0, longestName);
      const resources = this.#schema.typeNames.filter((type) => isResourceType(type, this.#schema));
      const nearest = nearestName(resourceType, resources);
      const hint = nearest === undefined ? "" : ` (nearest: ${nearest})`;
      this.#shape(`a resource of FHIR ${this.#schema.version} expected, one of type "${name}" found${hint}`);
    } else this.#members(resource, memberTable(resourceType, this.#schema));
  }

  #members(object: JsonObject, table: MemberTable | undefined): void {
    if (table === undefined) return;
    /** The form in which each choice was found, once one was. */
    let forms: Map<string, string> | undefined;
    for (const name in object) {
      if (this.findings.length >= this.#most) return;
      const value = object[name];
      if (value === null || value === undefined) continue;
      const member = table.get(name);
      if (member === undefined) {
        if (!isEmpty(value)) this.#unknown(name, table);
        continue;
      }
      if (member.choice !== undefined && !isEmpty(value)) {
        forms ??= new Map();
        this.#countForm(member.choice, name, forms);
      }
      // Nearly all members are texts that are in their place.
      if (typeof value === "string" && member.content === "text" && !member.list) continue;
      this.#place.push(name);
      if (Array.isArray(value)) this.#list(value, member);
      else {
        if (member.list && !isEmpty(value)) this.#shape(`a list expected, ${called(value)} found`);
        this.#item(value, member);
      }
      this.#place.pop();
    }
  }

  /** Of several forms of one choice readers take the last. */
  #countForm(choice: string, name: string, forms: Map<string, string>): void {
    const form = name.startsWith("_") ? name.slice(1) : name;
    const before = forms.get(choice);
    forms.set(choice, form);
    if (before === undefined || before === form) return;
    this.#place.push(before);
    this.#shape(`one ${choice} expected, ${form} beside it found`);
    this.#place.pop();
  }

  #list(items: readonly JsonValue[], member: Member): void {
    if (!member.list && items.length > 0) this.#shape(`one ${member.type} expected, a list found`);
    for (let at = 0; at < items.length && this.findings.length < this.#most; at++) {
      this.#place.push(at);
      this.#item(items[at] as JsonValue, member);
      this.#place.pop();
    }
  }

  #item(value: JsonValue, member: Member): void {
    if (value === null) return;
    const { content, type } = member;
    if (isJsonObject(value)) {
      if (content === "resource") this.resource(value);
      // Readers take an object in place of a primitive for its id and extensions.
      else this.#members(value, member.objectMembers);
    } else if (Array.isArray(value)) {
      if (!isEmpty(value)) this.#shape(`${wanted(content, type)} expected, a list inside a list found`);
    } else if (!holds(content, value) && value !== "") {
      this.#shape(`${wanted(content, type)} expected, ${called(value)} found`);
    }
  }

  #unknown(name: string, table: MemberTable): void {
    const nearest = nearestName(name, table.keys());
    const path = `${pathText(this.#place)}.${name.slice(0, longestName)}`;
    this.#add({ path, kind: "unknown", detail: nearest && `nearest: ${nearest}` });
  }

  #shape(detail: string): void {
    this.#add({ path: pathText(this.#place), kind: "shape", detail });
  }

  #add(finding: StructureFinding): void {
    if (this.findings.length < this.#most) this.findings.push(finding);
  }
}

function holds(content: Member["content"], value: string | number | boolean): boolean {
  switch (content) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "number or text":
      return typeof value !== "boolean";
    case "object":
    case "beside":
    case "resource":
      return false;
    default:
      return content satisfies never;
  }
}

/** What a member is for, in words. */
function wanted(content: Member["content"], type: string): string {
  switch (content) {
    case "object":
      return `an object of type ${type}`;
    case "beside":
      return `an object with id or extensions of a ${type}`;
    case "resource":
      return "a resource";
    default:
      return `a ${content} of type ${type}`;
  }
}

function called(value: JsonValue): string {
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "object":
      return "an object";
    default:
      return `a ${typeof value}`;
  }
}

/** Whether JSON says nothing. */
function isEmpty(value: JsonValue): boolean {
  if (value === null || value === "") return true;
  if (typeof value !== "object") return false;
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}

function pathText([root, ...place]: readonly (string | number)[]): string {
  return `${root}${place.map((member) => (typeof member === "number" ? `[${member}]` : `.${member}`)).join("")}`;
}
