import type { SourcePosition } from "../../errors/source-position.js";
import type { Findings } from "./findings.js";
import type { KeyTable } from "./key-tables.js";
import { quoted, suggestion } from "./nearest-name.js";
import type { Located } from "./tree.js";
import { describeNode, isNullNode, type YamlEntry, type YamlMapping, type YamlNode } from "./yaml-node.js";

/** A mapping whose keys have been checked against a table; values are fetched by their key's first spelling. */
export class KeyedNode {
  constructor(
    readonly position: SourcePosition,
    private readonly table: KeyTable,
    private readonly entries: ReadonlyMap<string, YamlEntry>,
    private readonly findings: Findings,
  ) {}

  /** The value of a key; undefined when the key is absent or nothing stands behind it (which is noted). */
  node(key: string): YamlNode | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (!isNullNode(entry.value)) return entry.value;
    const message = `Nothing stands behind \`${key}\`; it is read as if the key were not there.`;
    this.findings.note("MAPPING_EMPTY_KEY", message, entry.keyPosition);
    return undefined;
  }

  /** The value of a key that must be there; its absence is an error at this mapping, or at the empty key. */
  requiredNode(key: string): YamlNode | undefined {
    const entry = this.entries.get(key);
    if (entry !== undefined && !isNullNode(entry.value)) return entry.value;
    const found = entry === undefined ? "is missing" : "is empty";
    const message = `\`${key}\` ${found} in ${this.table.place}; it is required.`;
    this.findings.error("MAPPING_MISSING_KEY", message, entry?.keyPosition ?? this.position);
    return undefined;
  }

  /** Text behind an optional key. Numbers and booleans give the text of the file. */
  text(key: string): Located<string> | undefined {
    const node = this.node(key);
    return node === undefined ? undefined : textOf(node, `\`${key}\``, this.findings);
  }

  /** Text behind a required key; blank text is an error too. */
  requiredText(key: string): Located<string> | undefined {
    const node = this.requiredNode(key);
    const text = node === undefined ? undefined : textOf(node, `\`${key}\``, this.findings);
    if (text !== undefined && text.value.trim() === "") {
      const message = `\`${key}\` is blank in ${this.table.place}; it is required.`;
      this.findings.error("MAPPING_MISSING_KEY", message, text.position);
      return undefined;
    }
    return text;
  }

  /** The key as it stands, null values included. */
  entry(key: string): YamlEntry | undefined {
    return this.entries.get(key);
  }
}

/**
 * Checks the keys of a mapping against a table: other spellings are read as the key they mean, keys without effect are
 * said, unknown ones are errors with the nearest known key (openFHIR rejects them too, engine-behaviour 1.5, 2.3).
 * Undefined, with an error, when the node is not a mapping.
 */
export function readKeys(node: YamlNode, table: KeyTable, findings: Findings): KeyedNode | undefined {
  if (node.kind !== "mapping") {
    const message = `Found ${describeNode(node)} where ${table.place} belongs, a mapping with keys of its own.`;
    findings.error("MAPPING_WRONG_TYPE", message, node.position);
    return undefined;
  }
  return new KeyedNode(node.position, table, canonicalEntries(node, table, findings), findings);
}

function canonicalEntries(node: YamlMapping, table: KeyTable, findings: Findings): Map<string, YamlEntry> {
  const entries = new Map<string, YamlEntry>();
  for (const entry of node.entries) {
    const rule = table.rules.get(entry.key);
    if (rule === undefined) {
      const nearest = suggestion(entry.key, knownKeys(table));
      const message = `${quoted(entry.key)} is not a key of ${table.place}.${nearest}`;
      findings.error("MAPPING_UNKNOWN_KEY", message, entry.keyPosition);
      continue;
    }
    if (rule.kind === "inert") {
      const message = `\`${entry.key}\` has no effect in ${table.place}: ${rule.why}.`;
      if (rule.severity === "warning") findings.warning("MAPPING_KEY_WITHOUT_EFFECT", message, entry.keyPosition);
      else findings.note("MAPPING_KEY_WITHOUT_EFFECT", message, entry.keyPosition);
      continue;
    }
    const key = rule.kind === "spelling" ? rule.of : entry.key;
    if (rule.kind === "spelling") {
      findings.note("MAPPING_REWRITTEN", `\`${entry.key}\` is read as \`${key}\`. Write it so.`, entry.keyPosition);
    }
    if (entries.has(key)) {
      const message = `\`${entry.key}\` means the same as another key of this mapping, \`${key}\`. Keep one.`;
      findings.error("MAPPING_DUPLICATE_KEY", message, entry.keyPosition);
      continue;
    }
    entries.set(key, entry);
  }
  return entries;
}

function* knownKeys(table: KeyTable): Iterable<string> {
  for (const [key, rule] of table.rules) if (rule.kind === "known") yield key;
}

/** A scalar as text; lists, mappings and null are errors. `what` names the place in the message. */
export function textOf(node: YamlNode, what: string, findings: Findings): Located<string> | undefined {
  if (node.kind === "scalar" && node.type !== "null") return { value: node.text, position: node.position };
  findings.error("MAPPING_WRONG_TYPE", `Found ${describeNode(node)} where ${what} needs text.`, node.position);
  return undefined;
}

/** The members of a list; a single mapping or scalar is an error. */
export function listOf(node: YamlNode, what: string, findings: Findings): readonly YamlNode[] {
  if (node.kind === "sequence") return node.items;
  findings.error("MAPPING_WRONG_TYPE", `Found ${describeNode(node)} where ${what} needs a list.`, node.position);
  return [];
}

/** A list of texts. */
export function textsOf(node: YamlNode, what: string, findings: Findings): readonly Located<string>[] {
  return listOf(node, what, findings).flatMap((item) => textOf(item, `an item of ${what}`, findings) ?? []);
}

/** A text that must be one of a closed set; other text is an error naming the set and the nearest member. */
export function choiceOf<Choice extends string>(
  text: Located<string> | undefined,
  choices: readonly Choice[],
  what: string,
  findings: Findings,
): Located<Choice> | undefined {
  if (text === undefined) return undefined;
  const value = choices.find((choice) => choice === text.value);
  if (value !== undefined) return { value, position: text.position };
  const message = `${quoted(text.value)} is not a value of ${what}, which is one of ${choices
    .map((choice) => `\`${choice}\``)
    .join(", ")}.${suggestion(text.value, choices)}`;
  findings.error("MAPPING_UNKNOWN_VALUE", message, text.position);
  return undefined;
}
