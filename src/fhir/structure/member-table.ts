import { choiceMemberName } from "../path/node-children.js";
import type { FhirElement, FhirSchema } from "../schema/fhir-schema.js";

/** What one member of a FHIR JSON object holds. */
export class Member {
  readonly content: MemberContent;
  /** FHIR type of what stands here; of a `_name` member the type of the primitive beside it. */
  readonly type: string;
  readonly list: boolean;
  /** The choice element of which this is one form, `value[x]`; undefined for other elements. */
  readonly choice: string | undefined;
  readonly #schema: FhirSchema;
  #objectMembers: MemberTable | undefined;

  constructor(content: MemberContent, type: string, list: boolean, choice: string | undefined, schema: FhirSchema) {
    this.content = content;
    this.type = type;
    this.list = list;
    this.choice = choice;
    this.#schema = schema;
  }

  /** The members of an object that stands here. */
  get objectMembers(): MemberTable | undefined {
    // Types refer to each other in circles, so this waits until it is asked for.
    this.#objectMembers ??= memberTable(this.type, this.#schema);
    return this.#objectMembers;
  }
}

/** `beside` is the `_name` member with id and extensions of a primitive, `resource` takes any resource. */
export type MemberContent = "object" | "text" | "number" | "boolean" | "number or text" | "beside" | "resource";

/** The members that objects of a type may have, by name. */
export type MemberTable = ReadonlyMap<string, Member>;

const tablesOf = new WeakMap<FhirSchema, Map<string, MemberTable>>();

/**
 * The members that JSON of a FHIR type may have (https://hl7.org/fhir/R4/json.html): each choice in all its forms, and `_name`
 * beside primitives. Worked out at the first use of the type and then shared; undefined for a type that the schema does not have.
 */
export function memberTable(type: string, schema: FhirSchema): MemberTable | undefined {
  let tables = tablesOf.get(schema);
  if (tables === undefined) {
    tables = new Map();
    tablesOf.set(schema, tables);
  }
  const known = tables.get(type);
  if (known !== undefined) return known;
  const made = makeTable(type, schema);
  if (made !== undefined) tables.set(type, made);
  return made;
}

/** Whether a name is that of a resource. */
export function isResourceType(type: string, schema: FhirSchema): boolean {
  return schema.type(type)?.kind === "resource";
}

function makeTable(type: string, schema: FhirSchema): MemberTable | undefined {
  const fhirType = schema.type(type);
  if (fhirType === undefined) return undefined;
  const table = new Map<string, Member>();
  if (fhirType.kind === "resource") table.set("resourceType", new Member("text", "string", false, undefined, schema));
  for (const element of fhirType.elements.values()) addMembers(element, table, schema);
  return table;
}

function addMembers({ name, list, choice, types }: FhirElement, table: Map<string, Member>, schema: FhirSchema): void {
  for (const type of types) {
    const member = choice ? choiceMemberName(name, type) : name;
    const choiceName = choice ? `${name}[x]` : undefined;
    const kind = schema.type(type)?.kind;
    if (kind === "primitive") {
      table.set(member, new Member(primitiveContent(type), type, list, choiceName, schema));
      table.set(`_${member}`, new Member("beside", type, list, choiceName, schema));
    } else {
      const content = kind === "resource" ? "resource" : "object";
      table.set(member, new Member(content, type, list, choiceName, schema));
    }
  }
}

function primitiveContent(type: string): MemberContent {
  switch (type) {
    case "boolean":
      return "boolean";
    case "decimal":
    case "integer":
    case "positiveInt":
    case "unsignedInt":
      return "number";
    case "integer64":
      // More digits than a double has: R5 writes it as text.
      return "number or text";
    default:
      return "text";
  }
}
