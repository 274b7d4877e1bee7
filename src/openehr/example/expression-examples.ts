import { type ExpressionPart, parseExpression } from "../validation/expression-syntax.js";
import { textExpression } from "../validation/text-expression.js";
import type { ExampleChoices } from "./example-choices.js";

const LONGEST = 10_000;
/** Characters to try first for a class of characters. */
const USUAL_CHARACTERS = "aA1bB2cC3 -_./:,;xXyYzZ0";
const FIRST_CHARACTERS = 0x250;

/**
 * A text that a regular expression matches. Undefined when the expression is none, cannot be tried, or matches nothing that
 * can be found by following it once.
 */
export function expressionExample(source: string, choices: ExampleChoices): string | undefined {
  const part = parseExpression(source);
  const text = part === undefined ? undefined : written(part, choices);
  return text !== undefined && text.length <= LONGEST && textExpression(source)?.(text) === true ? text : undefined;
}

function written(part: ExpressionPart, choices: ExampleChoices): string {
  switch (part.kind) {
    case "character":
      return part.literal ?? characterOf(part.takes, choices);
    case "start":
    case "end":
      return "";
    case "sequence":
      return part.parts.map((each) => written(each, choices)).join("");
    case "choice": {
      const alternative = choices.alternative(part.alternatives, 0);
      return alternative === undefined ? "" : written(alternative, choices);
    }
    case "repetition": {
      const once = part.least === 0 && part.most !== 0 && choices.extent !== "minimal" ? 1 : part.least;
      let text = "";
      for (let at = 0; at < once && text.length <= LONGEST; at++) text += written(part.part, choices);
      return text;
    }
    default:
      return part satisfies never;
  }
}

function characterOf(takes: (character: string) => boolean, choices: ExampleChoices): string {
  const usual = [...USUAL_CHARACTERS].filter(takes);
  if (usual.length > 0) return choices.alternative(usual, 0) ?? "";
  for (let code = 0x20; code < FIRST_CHARACTERS; code++) {
    const character = String.fromCodePoint(code);
    if (takes(character)) return character;
  }
  return "";
}
