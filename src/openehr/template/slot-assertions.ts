import type { XmlElement } from "../xml/xml-element.js";

/** Expressions for the ids of the archetypes that an ARCHETYPE_SLOT names, without slashes. */
export interface SlotAssertions {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

const ARCHETYPE_ID = "archetype_id/value";
/** `archetype_id/value matches {/openEHR-EHR-CLUSTER\.device\.v1/}` */
const MATCHES = /^archetype_id\/value\s+matches\s+\{\s*\/(.*)\/\s*\}$/s;

/**
 * Reads the assertions of an ARCHETYPE_SLOT (openehr-formats 2.2) as far as they are about archetype ids. Others are left
 * out, and with them an inclusion of whatever they would include. Undefined when there are none.
 */
export function readSlotAssertions(slot: XmlElement): SlotAssertions | undefined {
  const includes = slot.childrenNamed("includes").map((assertion) => archetypePattern(assertion) ?? ".*");
  const excludes = slot.childrenNamed("excludes").flatMap((assertion) => archetypePattern(assertion) ?? []);
  return includes.length === 0 && excludes.length === 0 ? undefined : { includes, excludes };
}

function archetypePattern(assertion: XmlElement): string | undefined {
  const written = MATCHES.exec(assertion.textAt("string_expression") ?? "")?.[1];
  if (written !== undefined) return written;
  const expression = assertion.child("expression");
  if (expression?.textAt("left_operand", "item") !== ARCHETYPE_ID) return undefined;
  return expression.textAt("right_operand", "item", "pattern");
}
