import { CompositionDraft, DraftNode } from "../../openehr/building/composition-draft.js";
import type { RmObject, RmPrimitive, RmValue } from "../../openehr/rm/rm-object.js";
import type { Template, TemplateNode } from "../../openehr/template/template.js";
import { isLeafMember, isStructure, memberPointer } from "./document-leaves.js";

/** Who writes into a draft. */
export interface DraftWriters<Writer> {
  /** Tells who is writing at this moment. */
  current(): Writer;
  /** Told whose value is replaced at this moment, or taken away. */
  replaced(writer: Writer): void;
}

/** A draft that knows of every value in it who wrote it. */
export function watchedDraft<Writer>(template: Template, writer: DraftWriters<Writer>): CompositionDraft {
  return new CompositionDraft(template, new WatchedDraftNode(template.root, 0, writer));
}

/** An occurrence that notes who changes its value; whichever way it is changed, the value is set in the end. */
export class WatchedDraftNode<Writer> extends DraftNode {
  /** By JSON Pointer within the value; `""` for a value that is a primitive itself. */
  readonly writers = new Map<string, Writer>();
  readonly #all: DraftWriters<Writer>;

  constructor(node: TemplateNode, index: number, all: DraftWriters<Writer>) {
    super(node, index);
    this.#all = all;
    let current: RmObject | RmPrimitive | undefined;
    Object.defineProperty(this, "value", {
      enumerable: true,
      get: () => current,
      set: (next: RmObject | RmPrimitive | undefined) => {
        this.#note(current, next, "", "");
        current = next;
      },
    });
  }

  protected override make(node: TemplateNode, index: number): DraftNode {
    return new WatchedDraftNode(node, index, this.#all);
  }

  /** What stays as it was keeps its writer. */
  #note(before: RmValue | undefined, next: RmValue | undefined, path: string, name: string): void {
    if (before === next) return;
    const olds = membersOf(before);
    const news = membersOf(next);
    if (!isStructure(before)) this.#forget(path);
    if (next !== undefined && !isStructure(next) && isLeafMember(name, next))
      this.writers.set(path, this.#all.current());
    for (const member of new Set([...Object.keys(olds), ...Object.keys(news)])) {
      this.#note(olds[member], news[member], memberPointer(path, member), member);
    }
  }

  #forget(path: string): void {
    const writer = this.writers.get(path);
    if (writer === undefined) return;
    this.writers.delete(path);
    this.#all.replaced(writer);
  }
}

/** Members of an object or, by position, of a list. */
function membersOf(value: RmValue | undefined): Readonly<Record<string, RmValue | undefined>> {
  return isStructure(value) ? (value as unknown as Record<string, RmValue>) : {};
}
