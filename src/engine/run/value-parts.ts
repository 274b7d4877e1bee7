import type { DraftNode } from "../../openehr/building/composition-draft.js";
import { attribute } from "../../openehr/rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import { type RmMember, withValueAt } from "../rm-members.js";

/** One of several elements that a method runs for, inside of those that enclosing methods run for. */
export interface Iteration {
  /** The elements, the same list for all of them. */
  readonly elements: object;
  readonly at: number;
  readonly outer: Iteration | undefined;
}

interface WrittenPart {
  readonly members: readonly RmMember[];
  readonly value: RmValue;
  readonly iteration: Iteration | undefined;
}

/**
 * Parts of values that methods of their own write, such as the normal range of a quantity. A whole value takes the place of
 * another one, but not of parts that belong to it: those written for the same elements, in whichever order the methods come
 * (fhirconnect-language 10.2).
 */
export class ValueParts {
  #parts: Map<DraftNode, WrittenPart[]> | undefined = undefined;

  /** Remembers a part that was written into a place. */
  note(place: DraftNode, members: readonly RmMember[], value: RmValue, iteration: Iteration | undefined): void {
    const part = { members, value, iteration };
    this.#parts ??= new Map();
    const parts = this.#parts.get(place);
    if (parts === undefined) this.#parts.set(place, [part]);
    else parts.push(part);
  }

  /** A whole value together with the parts of it that were written before and that it does not say itself. */
  completed(place: DraftNode, whole: RmObject, iteration: Iteration | undefined): RmObject {
    const parts = this.#parts?.get(place);
    if (parts === undefined) return whole;
    const belonging = parts.filter((part) => !isAnotherTurn(part.iteration, iteration));
    this.#parts?.set(place, belonging);
    let completed = whole;
    for (const { members, value } of belonging) {
      const [member] = members;
      if (member === undefined || whole[member.name] !== undefined) continue;
      if (attribute(whole._type, member.name) === undefined) continue;
      const written = withValueAt(completed, members, value);
      if (isRmObject(written)) completed = written;
    }
    return completed;
  }
}

/** Whether one of the lists of elements that both are inside of has come to another element in between. */
function isAnotherTurn(one: Iteration | undefined, other: Iteration | undefined): boolean {
  const positions = new Map<object, number>();
  for (let at = one; at !== undefined; at = at.outer) positions.set(at.elements, at.at);
  for (let at = other; at !== undefined; at = at.outer) {
    const position = positions.get(at.elements);
    if (position !== undefined && position !== at.at) return true;
  }
  return false;
}
