import { attribute as rmAttribute } from "../rm/rm-classes.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import type { ExampleChoices } from "./example-choices.js";
import type { ValueSite } from "./value-examples.js";

/** Attributes that examples of the classes see to themselves. */
const WRITTEN_WITH_VALUE = new Set([
  "DV_CODED_TEXT.defining_code",
  "DV_INTERVAL.lower",
  "DV_INTERVAL.upper",
  "PARTY_RELATED.relationship",
]);

/** Gives a data value the attributes for which the template has nodes: the media type of a DV_MULTIMEDIA, a mapping of a text. */
export function giveTemplateParts(
  object: RmObject,
  node: TemplateNode,
  turn: number,
  choices: ExampleChoices,
  value: (site: ValueSite) => RmValue,
): void {
  for (const { attribute, min } of node.children) {
    const described = rmAttribute(object._type, attribute);
    if (described === undefined || WRITTEN_WITH_VALUE.has(`${object._type}.${attribute}`)) continue;
    const alternatives = node.children.filter((child) => child.attribute === attribute && !child.isRmAttribute);
    const child = choices.alternative(alternatives, turn);
    if (child === undefined || !(described.isMandatory || min > 0 || choices.includes())) continue;
    const part = value({ owner: object._type, attribute, rmType: child.rmType, node: child, turn });
    object[attribute] = described.isList ? [part] : part;
  }
}
