import type { DraftNode } from "../../openehr/building/composition-draft.js";
import type { RmObject, RmValue } from "../../openehr/rm/rm-object.js";
import { isLeafMember, isStructure, memberPointer } from "./document-leaves.js";
import { compositionDefault, type Holder } from "./output-defaults.js";
import { WatchedDraftNode } from "./watched-draft.js";

/** Told by the completion of a draft which value of the composition an occurrence became. */
export type Placements = Map<RmValue, DraftNode>;

/** What is known of a leaf of a composition. */
export type Origin<Writer> = { readonly writtenBy: Writer } | { readonly default: string } | "unaccounted";

/** Calls for every leaf of a composition that came from a watched draft, with what wrote it. */
export function eachCompositionLeaf<Writer>(
  composition: RmObject,
  placements: Placements,
  visit: (path: string, origin: Origin<Writer>) => void,
): void {
  new CompositionWalk(placements, visit).object(composition, "", [], undefined);
}

/** The draft that a value was placed from or stands in, and the way from there. */
interface Within {
  readonly draft: DraftNode;
  readonly way: readonly string[];
}

class CompositionWalk<Writer> {
  readonly #placements: Placements;
  readonly #visit: (path: string, origin: Origin<Writer>) => void;

  constructor(placements: Placements, visit: (path: string, origin: Origin<Writer>) => void) {
    this.#placements = placements;
    this.#visit = visit;
  }

  object(value: object, path: string, holders: readonly Holder[], outer: Within | undefined): void {
    const placed = this.#placements.get(value as RmObject);
    const within = placed === undefined ? outer : { draft: placed, way: [] };
    const type = (value as RmObject)._type;
    for (const [name, member] of Object.entries(value) as [string, RmValue | undefined][]) {
      const here = memberPointer(path, name);
      const way = within === undefined ? undefined : { draft: within.draft, way: [...within.way, name] };
      const around = Array.isArray(value) ? holders : [...holders, { type, member: name }];
      if (isStructure(member)) this.object(member, here, around, way);
      else if (isLeafMember(name, member)) this.#visit(here, this.#origin(around, way));
    }
  }

  #origin(holders: readonly Holder[], within: Within | undefined): Origin<Writer> {
    const writer = within === undefined ? undefined : writerOf<Writer>(within.draft, within.way);
    if (writer !== undefined) return { writtenBy: writer };
    const name = compositionDefault(holders);
    return name === undefined ? "unaccounted" : { default: name };
  }
}

/** Who wrote what stands on a way below an occurrence: in its own value, or on a node of the template below it. */
function writerOf<Writer>(draft: DraftNode, way: readonly string[]): Writer | undefined {
  if (!(draft instanceof WatchedDraftNode)) return undefined;
  const own = (draft as WatchedDraftNode<Writer>).writers.get(way.reduce(memberPointer, ""));
  if (own !== undefined) return own;
  const [attribute, ...rest] = way;
  const below = /^\d+$/.test(rest[0] ?? "") ? rest.slice(1) : rest;
  for (const child of draft.children) {
    if (child.node.attribute !== attribute) continue;
    const found = writerOf<Writer>(child, below);
    if (found !== undefined) return found;
  }
  return undefined;
}
