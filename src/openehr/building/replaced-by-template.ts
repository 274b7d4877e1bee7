import { isRmObject, type RmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { leftOutBecause, type OnLeftOut } from "./left-out.js";

/**
 * Tells what of a value gave way to what the template says of its code: another text, another number of an ordinal. The
 * label in another language of the template says the same and is not told.
 * @param path of the value
 */
export function tellReplaced(
  given: RmObject,
  completed: RmObject,
  node: TemplateNode,
  path: string,
  onLeftOut: OnLeftOut,
): void {
  if (given === completed) return;
  switch (given._type) {
    case "DV_CODED_TEXT":
      if (isReplacedText(given, completed, node)) onLeftOut(`${path}/value`, leftOutBecause.label);
      return;
    case "DV_ORDINAL":
    case "DV_SCALE": {
      const { symbol, value } = given;
      const whole = completed.symbol;
      if (value !== undefined && value.valueOf() !== completed.value?.valueOf()) {
        onLeftOut(`${path}/value`, leftOutBecause.ordinal);
      }
      if (isRmObject(symbol) && isRmObject(whole) && isReplacedText(symbol, whole, node)) {
        onLeftOut(`${path}/symbol/value`, leftOutBecause.label);
      }
      return;
    }
    case "DV_INTERVAL":
      for (const bound of ["lower", "upper"]) {
        const [before, after] = [given[bound], completed[bound]];
        const own = node.children.find(({ attribute }) => attribute === bound) ?? node;
        if (isRmObject(before) && isRmObject(after)) tellReplaced(before, after, own, `${path}/${bound}`, onLeftOut);
      }
  }
}

function isReplacedText(given: RmObject, completed: RmObject, { inputs }: TemplateNode): boolean {
  const text = given.value;
  if (typeof text !== "string" || text === "" || text === completed.value) return false;
  const phrase = completed.defining_code;
  if (!isRmObject(phrase)) return false;
  const { code_string: code, terminology_id: terminology } = phrase;
  // A text that is the code names the entry by it; texts of openEHR's own codes are theirs in whatever language.
  if (text === code || (isRmObject(terminology) && terminology.value === "openehr")) return false;
  return !inputs.some(({ list = [] }) =>
    list.some(
      ({ value, localizedLabels = new Map() }) => value === code && [...localizedLabels.values()].includes(text),
    ),
  );
}
