import { buildFlatNames } from "./flat-naming.js";
import type { Template, TemplateNode } from "./template.js";
import { repeatableChain } from "./template-paths.js";

/** One segment of a FLAT path: `any_event` in `blood_pressure/any_event:0/systolic|magnitude`. */
export interface FlatSegment {
  /** With its number when the name alone would be ambiguous: `dv_text2`. */
  readonly name: string;
  /** The node whose index is written after the name; undefined when no index is written because it cannot repeat. */
  readonly node: TemplateNode | undefined;
}

/** What a FLAT path means in the template. */
export interface FlatTarget {
  /** The node that receives the value or whose children follow. */
  readonly node: TemplateNode;
  /** The ELEMENT that is left out of the path because the node, its value, stands for it. */
  readonly element: TemplateNode | undefined;
}

/**
 * One visible place of a template in FLAT. Structural nodes (HISTORY, ITEM_TREE, a single EVENT, ELEMENTs with one
 * value …) have no step of their own: their children hang below the nearest visible ancestor.
 */
export interface FlatStep {
  /** Name of the last segment, as written. */
  readonly name: string;
  readonly parent: FlatStep | undefined;
  /** From the root segment to this one. */
  readonly segments: readonly FlatSegment[];
  /**
   * Usually one. Two when an ELEMENT takes a DV_CODED_TEXT or a DV_TEXT: both are written under the name of the
   * ELEMENT, and the suffixes decide; the DV_CODED_TEXT comes first.
   */
  readonly targets: readonly [FlatTarget, ...FlatTarget[]];
  /** Steps one segment further, by segment name without index; spellings that are only accepted are keys as well. */
  readonly children: ReadonlyMap<string, FlatStep>;
}

/** The FLAT names of a template, fixed once and used in both directions. */
export interface FlatNames {
  readonly root: FlatStep;
  /**
   * The step of every visible node. An ELEMENT that is left out has the step of its value, so that `_null_flavour` and
   * the like find their place. Structural nodes and optional RM attributes, which FLAT writes with an underscore, have
   * none.
   */
  readonly steps: ReadonlyMap<TemplateNode, FlatStep>;
}

const namesOfTemplates = new WeakMap<Template, FlatNames>();

/**
 * The FLAT names of all visible nodes of a template: the naming rule of openehr-formats 8, applied once in template
 * order. `context` is always visible. Computed at the first call for a template and kept as long as the template.
 */
export function flatNames(template: Template): FlatNames {
  let names = namesOfTemplates.get(template);
  if (names === undefined) {
    names = buildFlatNames(template);
    namesOfTemplates.set(template, names);
  }
  return names;
}

/**
 * The step that segment names (without indexes and attributes, root segment first) lead to, or undefined when the
 * template has no such path. An empty path leads nowhere.
 */
export function resolveFlatPath(names: FlatNames, segmentNames: readonly string[]): FlatStep | undefined {
  if (segmentNames[0] !== names.root.name) return undefined;
  let step: FlatStep | undefined = names.root;
  for (let at = 1; at < segmentNames.length && step !== undefined; at++) {
    step = step.children.get(segmentNames[at] as string);
  }
  return step;
}

/**
 * The FLAT path of one occurrence of a node, without attribute, or undefined when FLAT does not show the node.
 * @param indexes one 0-based index per repeatable node from the root to the node (see `repeatableChain`, the order of
 *   `CompositionDraft.at`); missing ones count as 0.
 */
export function flatPathOf(names: FlatNames, node: TemplateNode, indexes: readonly number[] = []): string | undefined {
  const step = names.steps.get(node);
  if (step === undefined) return undefined;
  const chain = repeatableChain(node);
  return step.segments
    .map(({ name, node: repeated }) =>
      repeated === undefined ? name : `${name}:${indexes[chain.indexOf(repeated)] ?? 0}`,
    )
    .join("/");
}

/**
 * Turns the indexes found in a FLAT path into those of `CompositionDraft.at`.
 * @param step the step the path leads to
 * @param node one of the step's target nodes, or its ELEMENT
 * @param segmentIndexes the index of each segment of the path, root first; 0 where the path has none
 * @returns one index per repeatable node from the root to `node`; repeatable nodes FLAT does not show get 0
 */
export function draftIndexesOf(
  step: FlatStep,
  node: TemplateNode,
  segmentIndexes: readonly number[],
): readonly number[] {
  return repeatableChain(node).map((repeated) => {
    const at = step.segments.findIndex((segment) => segment.node === repeated);
    return at < 0 ? 0 : (segmentIndexes[at] ?? 0);
  });
}
