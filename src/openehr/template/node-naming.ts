import { Problem, type ProblemPlace } from "../../errors/problem.js";
import { TEMPLATE_NAME_UNUSABLE } from "./problems.js";

const NOT_IN_ID = /[^\p{Alphabetic}0-9._-]+/gu;

/**
 * Makes the id of a node from its name (openehr-formats 4.1): what is neither letter, ASCII digit, `.`, `_` nor `-`
 * separates words, words are joined with `_` in lower case, and a leading digit gets an `a` before it.
 * @throws Problem `TEMPLATE_NAME_UNUSABLE` when nothing remains
 */
export function buildNodeId(name: string, place: ProblemPlace = {}): string {
  const id = name.replace(NOT_IN_ID, " ").trim().replaceAll(" ", "_").toLowerCase();
  if (id === "") throw new Problem(TEMPLATE_NAME_UNUSABLE, `No id can be made from the name "${name}".`, place);
  return /^\p{Nd}/u.test(id) ? `a${id}` : id;
}

/**
 * The id of one of several values an ELEMENT takes (openehr-formats 4.4, 8): `quantity_value` for DV_QUANTITY,
 * `interval<dv_quantity>_value` for DV_INTERVAL<DV_QUANTITY>.
 * @param rmType a type that begins with `DV_`
 */
export function choiceId(rmType: string): string {
  return `${rmType.slice("DV_".length).toLowerCase()}_value`;
}

interface Identified {
  readonly rmType: string;
  readonly baseId: string;
  idNumber: number | undefined;
  readonly children: readonly Identified[];
}

/**
 * Numbers siblings with the same base id from 2 on (openehr-formats 4.9). What an ELEMENT holds under its own id gets
 * the number of the ELEMENT.
 */
export function numberSiblings(siblings: readonly Identified[]): void {
  const counts = new Map<string, number>();
  for (const sibling of siblings) {
    const count = (counts.get(sibling.baseId) ?? 0) + 1;
    counts.set(sibling.baseId, count);
    sibling.idNumber = count === 1 ? undefined : count;
    if (count > 1 && sibling.rmType === "ELEMENT") {
      for (const child of sibling.children) if (child.baseId === sibling.baseId) child.idNumber = count;
    }
  }
}
