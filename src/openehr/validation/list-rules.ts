import { isExactNumber } from "../json/number-text.js";
import { isRmObject, type RmValue } from "../rm/rm-object.js";
import { textMember } from "./object-place.js";
import type { AttributeProgram, NodeGroup } from "./template-program.js";
import type { ValueFinding } from "./value-finding.js";

/**
 * What a cardinality demands of the members of a list besides their number (AOM 1.4, CARDINALITY): no two alike where they are
 * unique, and first occurrences in the order of the template where they are ordered. What stands in slots has no order.
 * @param found the nodes of the members, in their order
 */
export function* listFindings(
  value: RmValue | undefined,
  found: readonly NodeGroup[],
  { attribute, isOrdered, isUnique }: AttributeProgram,
): Generator<ValueFinding, void, undefined> {
  if (isOrdered) {
    const groups = [...new Set(found)];
    const inOrder = [...groups].sort((one, other) => positionOf(one) - positionOf(other));
    if (groups.some((group, at) => group !== inOrder[at])) {
      const message = `Attribute ${attribute} is ordered, but its members are not in the order of the template`;
      yield { rule: "template-order", message, expected: namesOf(inOrder), found: namesOf(groups) };
    }
  }
  if (isUnique && Array.isArray(value)) {
    const known = new Map<string, number>();
    for (const [at, member] of value.entries()) {
      const content = contentOf(member, "uid");
      const first = known.get(content);
      if (first === undefined) {
        known.set(content, at);
        continue;
      }
      const message = `The members of attribute ${attribute} must be unique, but ${first + 1} and ${at + 1} are alike`;
      const nodeId = isRmObject(member) ? textMember(member, "archetype_node_id") : undefined;
      yield {
        rule: "template-unique",
        message,
        expected: "members that differ",
        ...(nodeId === undefined ? {} : { found: nodeId }),
      };
    }
  }
}

function positionOf({ alternatives }: NodeGroup): number {
  return alternatives[0]?.ordinal ?? 0;
}

function namesOf(groups: readonly NodeGroup[]): string {
  return groups.map(({ name, alternatives }) => [alternatives[0]?.nodeId, name].filter(Boolean).join(" ")).join(", ");
}

/** What a value says, the same for values that say the same, whatever order their members have. */
function contentOf(value: RmValue, without?: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => contentOf(item)).join()}]`;
  if (isExactNumber(value)) return String(value.valueOf());
  if (!isRmObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).filter((name) => name !== without && value[name] !== undefined);
  return `{${members.sort().map((name) => `${name}:${contentOf(value[name] as RmValue)}`)}}`;
}
