import { isExactNumber } from "../json/number-text.js";
import type { RmObject, RmPrimitive } from "../rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { primitiveCheck } from "../validation/primitive-constraint.js";
import { programOf } from "../validation/template-program.js";
import { expressionSource } from "../validation/text-constraint.js";
import type { ExampleChoices } from "./example-choices.js";
import { expressionExample } from "./expression-examples.js";
import { numberExample } from "./number-examples.js";
import { temporalExample } from "./temporal-examples.js";

const TEMPORAL = { DATE: "DV_DATE", TIME: "DV_TIME", DATETIME: "DV_DATE_TIME" } as const;

/**
 * Gives primitive attributes that are not as the template wants them values that are. What there is no value for stays.
 * @param now local date and time
 */
export function satisfyPrimitives(object: RmObject, node: TemplateNode, choices: ExampleChoices, now: string): void {
  for (const { attribute, check } of programOf(node).primitives) {
    if (check(object).length === 0) continue;
    for (const constraint of node.primitives?.get(attribute) ?? []) {
      const value = primitiveExample(constraint, choices, now);
      if (value === undefined || (primitiveCheck(constraint)?.(value) ?? []).length > 0) continue;
      object[attribute] = value;
      break;
    }
  }
}

function primitiveExample(constraint: TemplateInput, choices: ExampleChoices, now: string): RmPrimitive | undefined {
  switch (constraint.type) {
    case "TEXT":
      return textExample(constraint, choices);
    case "INTEGER":
    case "DECIMAL": {
      const number = numberExample(constraint, constraint.type === "INTEGER", choices.random);
      return isExactNumber(number) ? number : undefined;
    }
    case "BOOLEAN":
      return constraint.list?.[0]?.value === "true";
    case "DATE":
    case "TIME":
    case "DATETIME":
      return temporalExample(TEMPORAL[constraint.type], constraint, now, choices);
    case "DURATION":
    case "CODED_TEXT":
      return undefined;
    default:
      return constraint.type satisfies never;
  }
}

/** The first entry or the pattern that a text can be made of. */
function textExample({ list = [], validation }: TemplateInput, choices: ExampleChoices): string | undefined {
  for (const { value } of list) {
    const source = expressionSource(value);
    const text = source === undefined ? value : expressionExample(source, choices);
    if (text !== undefined) return text;
  }
  const pattern = validation?.pattern;
  return pattern === undefined ? undefined : expressionExample(expressionSource(pattern) ?? pattern, choices);
}
