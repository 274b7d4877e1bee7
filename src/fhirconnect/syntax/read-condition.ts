import type { SourcePosition } from "../../errors/source-position.js";
import type { Findings } from "./findings.js";
import { conditionKeys } from "./key-tables.js";
import { choiceOf, type KeyedNode, readKeys, textOf, textsOf } from "./keyed-node.js";
import { quoted } from "./nearest-name.js";
import type { Condition, ConditionOperator, Located } from "./tree.js";
import type { YamlNode } from "./yaml-node.js";

const operators: readonly ConditionOperator[] = ["one of", "not of", "empty", "not empty", "type"];

/** Operators outside the language that published files use for `not of` (fhirconnect-language 6.3, 20.3). */
const operatorSpellings: ReadonlyMap<string, ConditionOperator> = new Map([
  ["not in", "not of"],
  ["not contains", "not of"],
]);

/**
 * The conditions of one side: `fhirCondition` or `openehrCondition`, one or a list, singular and plural spelling; all of
 * them must hold (fhirconnect-language 6.1). The published form is a single mapping, so that form leaves no note.
 */
export function readConditions(
  owner: KeyedNode,
  key: "fhirCondition" | "openehrCondition",
  findings: Findings,
): readonly Condition[] {
  return [key, `${key}s`].flatMap((spelling) => {
    const node = owner.node(spelling);
    return node === undefined ? [] : conditionsOf(node, findings);
  });
}

/** A condition or a list of conditions. */
export function conditionsOf(node: YamlNode, findings: Findings): readonly Condition[] {
  const nodes = node.kind === "sequence" ? node.items : [node];
  return nodes.flatMap((item) => readCondition(item, findings) ?? []);
}

function readCondition(node: YamlNode, findings: Findings): Condition | undefined {
  const keys = readKeys(node, conditionKeys, findings);
  if (keys === undefined) return undefined;
  const targetRoot = keys.requiredText("targetRoot");
  const targetAttributes = readTargetAttributes(keys, findings);
  const writtenOperator = keys.requiredText("operator");
  const operator = readOperator(writtenOperator, findings);
  const criteria = readCriteria(keys, operator?.value, findings);
  if (targetRoot === undefined || operator === undefined) return undefined;
  return {
    position: keys.position,
    targetRoot,
    targetAttributes,
    operator,
    ...(writtenOperator === undefined || writtenOperator.value === operator.value
      ? {}
      : { writtenOperator: writtenOperator.value }),
    criteria: criteria.values,
    ...(criteria.bracketed ? { bracketed: true } : {}),
  };
}

/** Singular and plural mean the same; where both stand, the singular one wins (engine-behaviour 2.7). */
function readTargetAttributes(keys: KeyedNode, findings: Findings): readonly Located<string>[] {
  const singular = keys.node("targetAttribute");
  const plural = keys.node("targetAttributes");
  if (singular !== undefined && plural !== undefined) warnOfBoth("targetAttribute", plural, findings);
  const node = singular ?? plural;
  return node === undefined ? [] : oneOrMore(node, "`targetAttribute`", findings);
}

function readOperator(
  written: Located<string> | undefined,
  findings: Findings,
): Located<ConditionOperator> | undefined {
  if (written === undefined) return undefined;
  const plain = written.value.trim().toLowerCase().replace(/\s+/g, " ");
  const meant = operatorSpellings.get(plain);
  if (meant !== undefined) {
    const message = `The operator \`${plain}\` is not part of the language and is read as \`${meant}\`. Write it so.`;
    findings.warning("MAPPING_REWRITTEN", message, written.position);
    return { value: meant, position: written.position };
  }
  const operator = operators.find((known) => known === plain);
  if (operator === undefined) return choiceOf(written, operators, "`operator`", findings);
  if (plain !== written.value) {
    findings.note("MAPPING_REWRITTEN", `${quoted(written.value)} is read as \`${plain}\`.`, written.position);
  }
  return { value: operator, position: written.position };
}

/** The criteria forms of fhirconnect-language 6.5: text, list, `criterias`, `"[a, b]"`, `$loinc.` and `$snomed.`. */
function readCriteria(
  keys: KeyedNode,
  operator: ConditionOperator | undefined,
  findings: Findings,
): { readonly values: readonly Located<string>[]; readonly bracketed: boolean } {
  const singular = keys.node("criteria");
  const plural = keys.node("criterias");
  if (plural !== undefined) {
    if (singular !== undefined) warnOfBoth("criteria", plural, findings);
    else findings.note("MAPPING_REWRITTEN", "`criterias` is read as `criteria`, which may be a list.", plural.position);
  }
  const node = singular ?? plural;
  const needless = operator === "empty" || operator === "not empty";
  if (node === undefined) {
    if (operator !== undefined && !needless) criteriaMissing("is missing", operator, keys.position, findings);
    return { values: [], bracketed: false };
  }
  if (needless) {
    const message = `\`criteria\` has no effect with the operator \`${operator}\`.`;
    findings.note("MAPPING_KEY_WITHOUT_EFFECT", message, node.position);
  }
  let bracketed = false;
  const values = oneOrMore(node, "`criteria`", findings).flatMap((criterion) => {
    const items = splitBrackets(criterion.value);
    if (items === undefined) return [withoutPrefix(criterion, findings)];
    bracketed = true;
    const message = `The bracketed text is read as a list of ${items.length}. Write a YAML list.`;
    findings.note("MAPPING_REWRITTEN", message, criterion.position);
    return items.map((value) => withoutPrefix({ value, position: criterion.position }, findings));
  });
  const hasNone = values.length === 0 && (bracketed || node.kind === "sequence");
  if (hasNone && operator !== undefined && !needless) criteriaMissing("is empty", operator, node.position, findings);
  return { values, bracketed };
}

/** Without criteria such a condition would never hold, or always. */
function criteriaMissing(
  found: string,
  operator: ConditionOperator,
  position: SourcePosition,
  findings: Findings,
): void {
  const message = `\`criteria\` ${found} in a condition with the operator \`${operator}\`; it is required.`;
  findings.error("MAPPING_MISSING_KEY", message, position);
}

function splitBrackets(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) return undefined;
  const items = trimmed.slice(1, -1).split(",");
  return items.map((item) => item.trim()).filter((item) => item !== "");
}

/** `$loinc.8480-6` is the code 8480-6; the system is documentation (fhirconnect-language 6.5). */
function withoutPrefix(criterion: Located<string>, findings: Findings): Located<string> {
  const prefix = ["$loinc.", "$snomed."].find((candidate) => criterion.value.startsWith(candidate));
  if (prefix === undefined) return criterion;
  const message = `The prefix \`${prefix}\` of a criterion is left out; only the code is compared.`;
  findings.note("MAPPING_REWRITTEN", message, criterion.position);
  return { value: criterion.value.slice(prefix.length), position: criterion.position };
}

function oneOrMore(node: YamlNode, what: string, findings: Findings): readonly Located<string>[] {
  if (node.kind === "sequence") return textsOf(node, what, findings);
  const text = textOf(node, what, findings);
  return text === undefined ? [] : [text];
}

function warnOfBoth(key: string, plural: YamlNode, findings: Findings): void {
  const message = `\`${key}\` and \`${key}s\` stand side by side; \`${key}\` is used. Keep one.`;
  findings.warning("MAPPING_KEY_WITHOUT_EFFECT", message, plural.position);
}
