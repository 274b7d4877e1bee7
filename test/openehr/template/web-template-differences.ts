import { formatAqlPath, parseAqlPath } from "../../../src/openehr/rm/aql-path.js";

/** A web template as parsed JSON. */
export interface PublishedWebTemplate {
  readonly templateId: string;
  readonly version: string;
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  readonly tree: PublishedNode;
}

export interface PublishedNode {
  readonly id: string;
  readonly aqlPath?: string;
  readonly rmType: string;
  readonly children?: readonly PublishedNode[];
  readonly inputs?: readonly PublishedInput[];
  readonly [member: string]: unknown;
}

interface PublishedInput {
  readonly suffix?: string;
  readonly type: string;
  readonly terminology?: string;
  readonly list?: readonly unknown[];
}

/**
 * Where two web templates differ, one line each: equality E1 of the corpus, that is children matched by path and id, with
 * everything compared that the nodes say, and the order of children besides.
 */
export function webTemplateDifferences(
  expected: PublishedWebTemplate,
  actual: PublishedWebTemplate,
): readonly string[] {
  const differences: string[] = [];
  for (const member of ["templateId", "version", "defaultLanguage"] as const) {
    compare("", member, expected[member], actual[member], differences);
  }
  compare("", "languages", [...expected.languages].sort(), [...actual.languages].sort(), differences);
  compareNodes(expected.tree, actual.tree, differences);
  return differences;
}

function compareNodes(expected: PublishedNode, actual: PublishedNode, differences: string[]): void {
  const where = nodeKey(expected);
  for (const member of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    if (member === "aqlPath" || member === "children") continue;
    compare(where, member, comparable(member, expected[member]), comparable(member, actual[member]), differences);
  }
  const children = new Map((actual.children ?? []).map((child) => [nodeKey(child), child]));
  const keys = (expected.children ?? []).map(nodeKey);
  for (const child of expected.children ?? []) {
    const counterpart = children.get(nodeKey(child));
    if (counterpart === undefined) differences.push(`${nodeKey(child)}: missing`);
    else compareNodes(child, counterpart, differences);
  }
  for (const key of children.keys()) if (!keys.includes(key)) differences.push(`${key}: not expected`);
  if (keys.length === children.size && keys.every((key) => children.has(key))) {
    compare(where, "order", keys, [...children.keys()], differences);
  }
}

function nodeKey({ id, aqlPath }: PublishedNode): string {
  return `${formatAqlPath(parseAqlPath((aqlPath ?? "").replace(/\s*\n\s*/g, "")))} ${id}`;
}

/** Sets and lists whose order has no meaning are put in one order. */
function comparable(member: string, value: unknown): unknown {
  if (member === "proportionTypes" && Array.isArray(value)) return [...value].sort();
  if (member !== "inputs" || !Array.isArray(value)) return sortedMembers(value);
  const inputs = (value as readonly PublishedInput[]).map((input) =>
    input.terminology === "openehr" && input.list !== undefined
      ? { ...input, list: input.list.map((entry) => JSON.stringify(sortedMembers(entry))).sort() }
      : input,
  );
  return sortedMembers(inputs);
}

function sortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMembers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sortedMembers(member)]),
  );
}

function compare(where: string, what: string, expected: unknown, actual: unknown, differences: string[]): void {
  const [one, other] = [JSON.stringify(expected), JSON.stringify(actual)];
  if (one !== other) differences.push(`${where}: ${what} ${one?.slice(0, 400)} but ${other?.slice(0, 400)}`);
}
