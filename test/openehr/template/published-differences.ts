import { formatAqlPath, parseAqlPath } from "../../../src/openehr/rm/aql-path.js";
import { type FlatNames, resolveFlatPath } from "../../../src/openehr/template/flat-names.js";
import type { Template, TemplateInput, TemplateNode } from "../../../src/openehr/template/template.js";
import { descendants } from "../../../src/openehr/template/template-paths.js";

/** A node of a web template as the reference implementation publishes it. */
export interface PublishedNode {
  readonly id: string;
  readonly name: string;
  readonly localizedName?: string;
  readonly rmType: string;
  readonly min: number;
  readonly max: number;
  readonly aqlPath?: string;
  readonly children?: readonly PublishedNode[];
  readonly inputs?: readonly PublishedInput[];
  readonly inContext?: boolean;
  readonly localizedNames?: Readonly<Record<string, string>>;
  readonly localizedDescriptions?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly proportionTypes?: readonly string[];
}

interface PublishedInput {
  readonly suffix?: string;
  readonly type: string;
  readonly list?: readonly PublishedEntry[];
  readonly listOpen?: boolean;
  readonly terminology?: string;
  readonly validation?: PublishedValidation;
}

interface PublishedEntry {
  readonly value: string;
  readonly label?: string;
  readonly localizedLabels?: Readonly<Record<string, string>>;
  readonly ordinal?: number;
  readonly currentStates?: readonly string[];
  readonly validation?: PublishedValidation;
}

interface PublishedValidation {
  readonly pattern?: string;
  readonly range?: Readonly<Record<string, number | string | null>>;
  readonly precision?: Readonly<Record<string, number | string | null>>;
}

/** Where the raw tree of a template says something else than the published tree of the reference, one line each. */
export function publishedDifferences(template: Template, names: FlatNames, tree: PublishedNode): readonly string[] {
  const nodes = new Map<string, TemplateNode[]>();
  for (const node of [template.root, ...descendants(template.root)]) {
    const key = `${formatAqlPath(node.path)} ${node.rmType}`;
    nodes.set(key, [...(nodes.get(key) ?? []), node]);
  }
  const differences: string[] = [];
  const visit = (published: PublishedNode, ids: readonly string[], parentType: string | undefined): void => {
    const path = formatAqlPath(parseAqlPath((published.aqlPath ?? "").replace(/\s*\n\s*/g, "")));
    const where = `${path} ${published.rmType.trim()}`;
    const targets = resolveFlatPath(names, ids)?.targets ?? [];
    const candidates = nodes.get(where) ?? [];
    const node = candidates.find((each) => targets.some((target) => target.node === each)) ?? candidates[0];
    if (node === undefined) differences.push(`${where}: not in the raw tree`);
    else {
      const differ = (what: string, expected: unknown, actual: unknown): void => {
        if (JSON.stringify(expected) === JSON.stringify(actual)) return;
        differences.push(`${where}: ${what} ${JSON.stringify(expected)} but ${JSON.stringify(actual)}`);
      };
      compareNode(published, node, parentType, template, differ);
      const isWrittenWithUnderscore = node.parent?.rmType === "INSTRUCTION_DETAILS";
      if (!isWrittenWithUnderscore && !targets.some((target) => target.node === node))
        differences.push(`${where}: FLAT ${ids.join("/")}`);
    }
    for (const child of published.children ?? []) visit(child, [...ids, child.id], published.rmType);
  };
  visit(tree, [tree.id], undefined);
  return differences;
}

type Differ = (what: string, expected: unknown, actual: unknown) => void;

function compareNode(
  published: PublishedNode,
  node: TemplateNode,
  parentType: string | undefined,
  template: Template,
  differ: Differ,
): void {
  const counted = node.parent?.rmType === "ELEMENT" && parentType !== "ELEMENT" ? node.parent : node;
  const isMerged = published.inputs?.some(({ suffix }) => suffix === "other") ?? false;
  differ("name", published.name, node.name);
  differ("min, max", [published.min, published.max], [counted.min, counted.max]);
  differ("inContext", published.inContext ?? false, isMerged ? (published.inContext ?? false) : node.inContext);
  differ("localizedNames", sorted(published.localizedNames), sorted(node.localizedNames));
  differ("localizedDescriptions", sorted(published.localizedDescriptions), sorted(node.localizedDescriptions));
  differ("annotations", sorted(published.annotations), sorted(node.annotations));
  differ("proportionTypes", published.proportionTypes ?? [], node.proportionTypes ?? []);
  const expected = (published.inputs ?? [])
    .filter(({ suffix }) => suffix !== "other")
    .map((input) => publishedInput(isMerged ? { ...input, listOpen: undefined as never } : input, template));
  const actual = node.inputs.map((input) => rawInput(input, template, node.rmType));
  differ("inputs", expected, actual);
}

function sorted(texts: ReadonlyMap<string, string> | Readonly<Record<string, string>> | undefined): unknown {
  if (texts === undefined) return [];
  return (texts instanceof Map ? [...texts] : Object.entries(texts)).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Spanish, Japanese and Portuguese rubrics of the openEHR terminology are not known yet, its order is that of a hash. */
function publishedInput(input: PublishedInput, template: Template): unknown {
  const isOpenehr = input.terminology === "openehr";
  const list = (input.list ?? []).map((entry) => [
    entry.value,
    isOpenehr && template.defaultLanguage === "es" ? "" : entry.label,
    isOpenehr ? [] : sorted(entry.localizedLabels),
    entry.ordinal,
    entry.currentStates,
    publishedValidation(entry.validation),
  ]);
  const { suffix, type, terminology, listOpen, validation } = input;
  return [suffix, type, terminology, listOpen, publishedValidation(validation), isOpenehr ? ordered(list) : list];
}

function publishedValidation(validation: PublishedValidation | undefined): unknown {
  if (validation === undefined) return [];
  const bounds = (range: PublishedValidation["range"]) =>
    ["min", "minOp", "max", "maxOp"].map((bound) => range?.[bound] ?? null);
  return [validation.pattern, bounds(validation.range), bounds(validation.precision)];
}

function rawInput(input: TemplateInput, template: Template, rmType: string): unknown {
  const isOpenehr = input.terminology === "openehr";
  const isDecimal = input.type === "DECIMAL" || rmType === "DV_QUANTITY";
  const list = (input.list ?? []).map((entry) => [
    entry.value,
    isOpenehr && template.defaultLanguage === "es" ? "" : entry.label,
    isOpenehr ? [] : sorted(entry.localizedLabels),
    entry.ordinal,
    entry.currentStates,
    rawValidation(entry.validation, isDecimal),
  ]);
  // The published list of a DV_ORDINAL has no terminology.
  const terminology = rmType === "DV_ORDINAL" ? undefined : input.terminology;
  return [
    input.suffix,
    input.type,
    terminology,
    input.listOpen,
    rawValidation(input.validation, isDecimal),
    isOpenehr ? ordered(list) : list,
  ];
}

/** The reference reads real bounds in single precision. */
function rawValidation(validation: TemplateInput["validation"], isDecimal: boolean): unknown {
  if (validation === undefined) return [];
  const bound = (value: number | string | undefined) =>
    typeof value === "number" && isDecimal ? Math.fround(value) : (value ?? null);
  const bounds = (range: NonNullable<TemplateInput["validation"]>["range"]) => [
    bound(range?.min),
    range?.minOp ?? null,
    bound(range?.max),
    range?.maxOp ?? null,
  ];
  return [validation.pattern, bounds(validation.range), bounds(validation.precision)];
}

function ordered(list: readonly unknown[]): unknown {
  return list.map((entry) => JSON.stringify(entry)).sort();
}
