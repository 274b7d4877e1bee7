import { isLeafMember, isStructure, memberPointer } from "./document-leaves.js";
import type { InputLeaf } from "./rule-application.js";

/** Told each leaf of an input when it is read. */
export type OnRead = (leaf: InputLeaf) => void;

/** Where an object of an input stands; the path is put together when somebody asks for it. */
interface Watched {
  readonly original: object;
  readonly parent: Watched | undefined;
  readonly name: string;
  readonly document: number;
  readonly leaves: Map<string, InputLeaf>;
  readonly children: Map<string, object>;
}

/**
 * Inputs that tell what is read of them. A watched input looks like the document it stands for, down to the identity of its
 * objects (asked twice, the same object comes back), and cannot be told apart by the code that reads it; so a read cannot be
 * forgotten, whoever makes it. The documents themselves are not touched.
 */
export class WatchedInputs {
  readonly #onRead: OnRead;
  readonly #originals = new WeakMap<object, object>();
  readonly #shown = new WeakMap<object, object>();
  readonly documents: object[] = [];

  constructor(onRead: OnRead) {
    this.#onRead = onRead;
  }

  /** Takes a document into the account. */
  watch<Document extends object>(document: Document): Document {
    const at = this.documents.push(document) - 1;
    return this.#watched(document, undefined, "", at) as Document;
  }

  /** The object that a watched one stands for; an object that is not watched is its own. */
  original<Value extends object>(value: Value): Value {
    return (this.#originals.get(value) ?? value) as Value;
  }

  /** The watched object that stands for one of a document, once it was reached; any other object is its own. */
  shown<Value extends object>(original: Value): Value {
    return (this.#shown.get(original) ?? original) as Value;
  }

  #watched(original: object, parent: Watched | undefined, name: string, document: number): object {
    const place: Watched = { original, parent, name, document, leaves: new Map(), children: new Map() };
    // A proxy may not show other objects than a frozen target has, so it stands before a copy of one level.
    const target = Array.isArray(original) ? [...original] : { ...original };
    const proxy = new Proxy(target, { get: (_, member) => this.#read(place, member) });
    this.#originals.set(proxy, original);
    this.#shown.set(original, proxy);
    return proxy;
  }

  #read(place: Watched, member: string | symbol): unknown {
    const value: unknown = Reflect.get(place.original, member);
    if (typeof member === "symbol" || typeof value === "function") return value;
    if (isStructure(value)) {
      let child = place.children.get(member);
      if (child === undefined) {
        child = this.#watched(value, place, member, place.document);
        place.children.set(member, child);
      }
      return child;
    }
    if (isLeafMember(member, value) && !(member === "length" && Array.isArray(place.original))) {
      this.#onRead(leafOf(place, member));
    }
    return value;
  }
}

function leafOf(place: Watched, member: string): InputLeaf {
  let leaf = place.leaves.get(member);
  if (leaf === undefined) {
    leaf = { document: place.document, path: memberPointer(pathOf(place), member) };
    place.leaves.set(member, leaf);
  }
  return leaf;
}

function pathOf({ parent, name }: Watched): string {
  return parent === undefined ? "" : memberPointer(pathOf(parent), name);
}
