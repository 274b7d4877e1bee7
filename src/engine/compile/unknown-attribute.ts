import { concreteSubclassesOf } from "../../openehr/rm/rm-classes.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import { rmMembers } from "../rm-members.js";

/**
 * The attributes in the rest of a path behind a node when the reference model has no such way from it, whatever templates
 * there are: a slip, or an attribute of another class (fhirconnect-language 19.2). Undefined when templates may have it.
 */
export function unknownAttribute(node: TemplateNode, missing: readonly string[]): string | undefined {
  const constrained = missing.findIndex((segment) => segment.includes("["));
  const end = constrained < 0 ? missing.length : constrained + 1;
  // Spellings of FLAT have an underscore in front.
  const names = missing.slice(0, end).map((segment) => segment.replace(/\[.*$/su, "").replace(/^_/, ""));
  if (names.length === 0 || holdersAt(node).some((rmType) => rmMembers(rmType, names) !== undefined)) return undefined;
  return names.join("/");
}

/** The classes that a path may go on from: that of the node, and of an ELEMENT those of its value. */
function holdersAt({ rmType, children }: TemplateNode): readonly string[] {
  if (rmType !== "ELEMENT") return [rmType];
  const values = children.filter((child) => child.attribute === "value").map((child) => child.rmType);
  return [rmType, ...(values.length === 0 ? concreteSubclassesOf("DATA_VALUE") : values)];
}
