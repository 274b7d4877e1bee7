import type { SourcePosition } from "../../errors/source-position.js";

/**
 * A YAML document as the mapping reader sees it: three kinds of node, each with the place where it stands. Keys are kept
 * as a list, so that no key of a file can ever meet a property of a JavaScript object. Aliases are resolved: two parents
 * may share one node, never a node its own descendant.
 */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly position: SourcePosition;
  /** The text of the file for plain scalars (`012` stays `012`), the content for quoted and block ones. */
  readonly text: string;
  readonly type: "text" | "number" | "boolean" | "null";
}

export interface YamlSequence {
  readonly kind: "sequence";
  readonly position: SourcePosition;
  readonly items: readonly YamlNode[];
}

export interface YamlMapping {
  readonly kind: "mapping";
  readonly position: SourcePosition;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPosition: SourcePosition;
  readonly value: YamlNode;
}

/** Whether the node is YAML's null: nothing behind the colon, `~` or `null`. */
export function isNullNode(node: YamlNode): boolean {
  return node.kind === "scalar" && node.type === "null";
}

/** What stands there, in words for a message: "a list", "a number". Never the value itself. */
export function describeNode(node: YamlNode): string {
  switch (node.kind) {
    case "sequence":
      return "a list";
    case "mapping":
      return "a mapping with keys of its own";
    case "scalar":
      switch (node.type) {
        case "text":
          return "text";
        case "number":
          return "a number";
        case "boolean":
          return "true or false";
        case "null":
          return "nothing";
      }
  }
}
