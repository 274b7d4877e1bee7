import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import type { SourcePosition } from "../../errors/source-position.js";
import type { Findings } from "./findings.js";
import { quoted } from "./nearest-name.js";
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar } from "./yaml-node.js";

/** Raised inside this room only: following the aliases of a document would pass a limit. */
export class NodeLimitReached extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly position: SourcePosition,
  ) {
    super(message);
  }
}

interface AnchoredNode {
  readonly node: YamlNode;
  /** Nodes in it, aliases followed. */
  readonly size: number;
  /** Levels below it, aliases followed. */
  readonly height: number;
}

/**
 * Turns a composed YAML document into the reader's own nodes: aliases resolved, duplicate keys and keys that are not
 * text reported. The recursion is as deep as the document, which the caller has bounded. Throws {@link NodeLimitReached}.
 */
export function nodeFromYaml(
  root: ParsedNode,
  positionAt: (offset: number) => SourcePosition,
  findings: Findings,
  limits: { readonly nodes: number; readonly depth: number },
): YamlNode {
  const anchors = new Map<string, AnchoredNode | "open">();
  let nodes = 0;
  let deepest = 0;

  const account = (size: number, depth: number, position: SourcePosition): void => {
    nodes += size;
    deepest = Math.max(deepest, depth);
    if (nodes > limits.nodes) {
      const message = `The file has more than ${limits.nodes} YAML nodes when its aliases are followed. Split it.`;
      throw new NodeLimitReached("MAPPING_TOO_LARGE", message, position);
    }
    if (depth > limits.depth) {
      const message = `The file nests deeper than ${limits.depth} levels when its aliases are followed.`;
      throw new NodeLimitReached("MAPPING_TOO_DEEP", message, position);
    }
  };

  const convert = (node: ParsedNode, depth: number): YamlNode => {
    const position = positionAt(node.range[0]);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined || target === "open") {
        const why = target === undefined ? "has no anchor before it" : "stands inside the node it names";
        findings.error("MAPPING_NOT_YAML", `The alias ${quoted(node.source)} ${why}.`, position);
        return { kind: "scalar", position, text: "", type: "null" };
      }
      account(target.size, depth + target.height, position);
      return target.node;
    }
    const anchor = node.anchor;
    if (anchor === undefined) return convertUnanchored(node, depth, position);
    const nodesBefore = nodes;
    const deepestBefore = deepest;
    deepest = depth;
    anchors.set(anchor, "open");
    const converted = convertUnanchored(node, depth, position);
    anchors.set(anchor, { node: converted, size: nodes - nodesBefore, height: deepest - depth });
    deepest = Math.max(deepest, deepestBefore);
    return converted;
  };

  const convertUnanchored = (node: ParsedNode, depth: number, position: SourcePosition): YamlNode => {
    account(1, depth, position);
    if (isSeq<ParsedNode>(node)) {
      return { kind: "sequence", position, items: node.items.map((item) => convert(item, depth + 1)) };
    }
    if (isMap<ParsedNode, ParsedNode | null>(node)) return convertMapping(node.items, depth, position);
    return isScalar(node) ? scalar(node, position) : { kind: "scalar", position, text: "", type: "null" };
  };

  const convertMapping = (
    pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[],
    depth: number,
    position: SourcePosition,
  ): YamlMapping => {
    const entries: YamlEntry[] = [];
    const linesByKey = new Map<string, number>();
    for (const pair of pairs) {
      const keyPosition = positionAt(pair.key.range[0]);
      const value: YamlNode =
        pair.value === null
          ? { kind: "scalar", position: keyPosition, text: "", type: "null" }
          : convert(pair.value, depth + 1);
      if (!isScalar(pair.key) || pair.key.value === null) {
        findings.error("MAPPING_WRONG_TYPE", "A key is text on one line; found something else here.", keyPosition);
        continue;
      }
      const key = scalar(pair.key, keyPosition).text;
      const firstLine = linesByKey.get(key);
      if (firstLine !== undefined) {
        const message = `The key ${quoted(key)} stands twice in one mapping, first in line ${firstLine}. Keep one.`;
        findings.error("MAPPING_DUPLICATE_KEY", message, keyPosition);
        continue;
      }
      linesByKey.set(key, keyPosition.line);
      entries.push({ key, keyPosition, value });
    }
    return { kind: "mapping", position: entries[0]?.keyPosition ?? position, entries };
  };

  return convert(root, 0);
}

function scalar(node: { readonly value: unknown; readonly source?: string }, position: SourcePosition): YamlScalar {
  const { value } = node;
  if (value === null || value === undefined) return { kind: "scalar", position, text: "", type: "null" };
  if (typeof value === "string") return { kind: "scalar", position, text: value, type: "text" };
  const type = typeof value === "boolean" ? "boolean" : typeof value === "number" ? "number" : "text";
  return { kind: "scalar", position, text: node.source ?? String(value), type };
}
