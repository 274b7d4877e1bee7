import { isExactNumber } from "../json/number-text.js";
import { isRmObject, type RmValue } from "../rm/rm-object.js";
import { textMember } from "./object-place.js";
import type { AttributeProgram } from "./template-program.js";
import type { ValueFinding } from "./value-finding.js";

/**
 * What a cardinality demands of the members of a list besides their number (AOM 1.4, CARDINALITY): no two alike where they are
 * unique. That a list is ordered says that the order of its members means something, not that it is the one of the template.
 */
export function* listFindings(
  value: RmValue | undefined,
  { attribute, isUnique }: AttributeProgram,
): Generator<ValueFinding, void, undefined> {
  if (!isUnique || !Array.isArray(value)) return;
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

/** What a value says, the same for values that say the same, whatever order their members have. */
function contentOf(value: RmValue, without?: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => contentOf(item)).join()}]`;
  if (isExactNumber(value)) return String(value.valueOf());
  if (!isRmObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).filter((name) => name !== without && value[name] !== undefined);
  return `{${members.sort().map((name) => `${name}:${contentOf(value[name] as RmValue)}`)}}`;
}
