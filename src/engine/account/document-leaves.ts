/**
 * What a document counts as its leaves: primitives, and numbers that keep their digits. Members that say of which kind an
 * object is are no values: an account would be full of them and say nothing.
 */
const kindMembers = new Set(["_type", "archetype_node_id", "resourceType"]);

/** Whether a value is looked into: plain objects and lists. */
export function isStructure(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a member is counted as a leaf, given that its value is no structure. */
export function isLeafMember(name: string, value: unknown): boolean {
  return value !== undefined && !kindMembers.has(name);
}

/** Calls for every leaf of a document, in document order, with its JSON Pointer. */
export function eachLeaf(document: object, visit: (path: string) => void, path = ""): void {
  for (const [name, value] of Object.entries(document)) {
    const here = memberPointer(path, name);
    if (isStructure(value)) eachLeaf(value, visit, here);
    else if (isLeafMember(name, value)) visit(here);
  }
}

/** A JSON Pointer (RFC 6901) with one more member. */
export function memberPointer(path: string, name: string | number): string {
  return `${path}/${typeof name === "number" ? name : name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
