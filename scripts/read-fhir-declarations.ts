/** A member of an interface, as far as the element tables need it. */
export interface DeclaredMember {
  readonly name: string;
  /** Name of the interface or TypeScript primitive, without `[]` and `| undefined`; `string` for a union of literals. */
  readonly type: string;
  readonly list: boolean;
  /** Declared as a union of text literals: a code with a required binding. */
  readonly literals: boolean;
  /** STU3 declares a Reference with several targets as `Reference | Reference`. */
  readonly severalTargets: boolean;
}

export interface Declaration {
  readonly name: string;
  readonly base: string | undefined;
  readonly members: readonly DeclaredMember[];
}

const interfacePattern = /^export interface (\w+)(?:<[^>]*>)?(?: extends (\w+))? \{$/;
// `readonly resourceType` marks a resource and is no element; `_name` is the other half of a primitive.
const memberPattern = /^ {2}([A-Za-z0-9]+)\??: (.+);$/;

/**
 * Reads the interfaces of a declaration file of @types/fhir, in order. The files are generated, one member a line, so
 * lines are enough; a member line that is not understood throws.
 */
export function readDeclarations(text: string): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>();
  let members: DeclaredMember[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const start = interfacePattern.exec(line);
    if (start !== null) {
      members = [];
      declarations.set(start[1] as string, { name: start[1] as string, base: start[2], members });
    } else if (line === "}") {
      members = undefined;
    } else if (members !== undefined && /^ {2}[A-Za-z]/.test(line) && !line.startsWith("  readonly ")) {
      const member = memberPattern.exec(line);
      if (member === null) throw new Error(`cannot read the declaration "${line}"`);
      members.push(readMember(member[1] as string, member[2] as string));
    }
  }
  return declarations;
}

function readMember(name: string, text: string): DeclaredMember {
  const present = text.replace(/ \| undefined$/, "");
  const list = present.endsWith("[]");
  const single = (list ? present.slice(0, -2) : present).replace(/^\((.*)\)$/, "$1");
  const parts = single.split("|").map((part) => part.trim().replace(/<.*>$/, ""));
  const alternatives = [...new Set(parts)];
  const literals = alternatives.every((part) => part.startsWith("'"));
  if (!literals && alternatives.length > 1) throw new Error(`${name}: cannot read the type "${text}"`);
  const type = literals ? "string" : (alternatives[0] as string);
  return { name, type, list, literals, severalTargets: !literals && parts.length > 1 };
}
