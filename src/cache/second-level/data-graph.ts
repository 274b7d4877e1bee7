import type { Piecewise } from "../../event-loop/slices.js";

/**
 * Immutable parsed trees as JSON text and back. Plain JSON would not do: template nodes know their parents, share texts and
 * hold maps. What is written is data and nothing else: objects without a class, arrays, maps, texts, finite numbers, truth
 * values, null and undefined, each object once, with its references and whether it is frozen.
 *
 * The text is `[literals, shapes, table]`. The table holds every object as `header, count, slots…`; a slot that is not
 * negative is the number of an object, -1 is undefined, and lower ones count through the literals.
 */

type Literal = string | number | boolean | null;
type Slot = number;

const UNDEFINED: Slot = -1;
const ARRAY = 0;
const MAP = 1;
/** Headers of plain objects begin here: each shape (list of member names) has its own. */
const FIRST_SHAPE = 2;
/** Objects in a piece: a fraction of a millisecond. A large template has 50 000 of them. */
const OBJECTS_IN_PIECE = 500;

/** Writes everything that can be reached from `root`. Throws a TypeError when something there is no plain data. */
export function writeDataGraph(root: object): Piecewise<string> {
  return new GraphWriter().write(root);
}

class GraphWriter {
  readonly #literals: Literal[] = [];
  readonly #slotOfLiteral = new Map<Literal, Slot>();
  readonly #shapes: string[][] = [];
  readonly #headerOfShape = new Map<string, number>();
  readonly #objects: object[] = [];
  readonly #slotOfObject = new Map<object, Slot>();
  readonly #table: number[] = [];

  *write(root: object): Piecewise<string> {
    this.#slotOf(root);
    let count = 0;
    // Grows while it is walked: whatever an object refers to is appended the first time it is met.
    for (const object of this.#objects) {
      this.#append(object);
      if (++count % OBJECTS_IN_PIECE === 0) yield;
    }
    yield;
    return JSON.stringify([this.#literals, this.#shapes, this.#table]);
  }

  #append(object: object): void {
    const { header, values } = this.#partsOf(object);
    this.#table.push(header * 2 + (Object.isFrozen(object) ? 1 : 0), values.length);
    for (const value of values) this.#table.push(this.#slotOf(value));
  }

  #partsOf(object: object): { readonly header: number; readonly values: readonly unknown[] } {
    if (object instanceof Map) return { header: MAP, values: [...object].flat(1) };
    const names = Object.getOwnPropertyNames(object);
    if (Array.isArray(object)) {
      if (names.length !== object.length + 1) throw new TypeError("an array with holes or members is no plain data");
      return { header: ARRAY, values: object };
    }
    const plain =
      Object.getPrototypeOf(object) === Object.prototype && Object.getOwnPropertySymbols(object).length === 0;
    if (!plain) throw new TypeError("an object with a class or symbols is no plain data");
    const descriptors = Object.values(Object.getOwnPropertyDescriptors(object));
    if (descriptors.some((one) => !("value" in one) || one.enumerable !== true)) {
      throw new TypeError("an object with accessors is no plain data");
    }
    return { header: this.#headerOf(names), values: descriptors.map((one): unknown => one.value) };
  }

  #headerOf(names: string[]): number {
    const key = JSON.stringify(names);
    let header = this.#headerOfShape.get(key);
    if (header === undefined) {
      header = FIRST_SHAPE + this.#shapes.push(names) - 1;
      this.#headerOfShape.set(key, header);
    }
    return header;
  }

  #slotOf(value: unknown): Slot {
    switch (typeof value) {
      case "undefined":
        return UNDEFINED;
      case "number":
        if (!Number.isFinite(value) || Object.is(value, -0)) throw new TypeError("JSON has no such number");
        return this.#slotOfPrimitive(value);
      case "string":
      case "boolean":
        return this.#slotOfPrimitive(value);
      case "object":
        return value === null ? this.#slotOfPrimitive(null) : this.#slotOfReference(value);
      case "bigint":
      case "symbol":
      case "function":
        throw new TypeError(`a ${typeof value} is no plain data`);
    }
  }

  #slotOfPrimitive(value: Literal): Slot {
    let slot = this.#slotOfLiteral.get(value);
    if (slot === undefined) {
      slot = UNDEFINED - this.#literals.push(value);
      this.#slotOfLiteral.set(value, slot);
    }
    return slot;
  }

  #slotOfReference(object: object): Slot {
    let slot = this.#slotOfObject.get(object);
    if (slot === undefined) {
      slot = this.#objects.push(object) - 1;
      this.#slotOfObject.set(object, slot);
    }
    return slot;
  }
}

/**
 * Builds what {@link writeDataGraph} wrote. Throws a SyntaxError for every other text, without ever building more objects
 * than the text is long. A member called `__proto__` is a member like any other.
 */
export function* readDataGraph(text: string): Piecewise<object> {
  const parsed: unknown = JSON.parse(text);
  yield;
  const [literals, shapes, table] = Array.isArray(parsed) && parsed.length === 3 ? (parsed as unknown[]) : [];
  if (
    !isListOf<Literal>(literals, isLiteral) ||
    !isListOf<string[]>(shapes, isShape) ||
    !isListOf<number>(table, Number.isSafeInteger)
  ) {
    throw malformed();
  }
  yield;
  return yield* new GraphReader(literals, shapes, table).read();
}

class GraphReader {
  readonly #literals: readonly Literal[];
  readonly #shapes: readonly (readonly string[])[];
  readonly #table: readonly number[];
  readonly #objects: object[] = [];

  constructor(literals: readonly Literal[], shapes: readonly (readonly string[])[], table: readonly number[]) {
    this.#literals = literals;
    this.#shapes = shapes;
    this.#table = table;
  }

  /** Makes every object empty, then fills them, then freezes: so that references may point anywhere. */
  *read(): Piecewise<object> {
    yield* this.#eachObject((header) => {
      const kind = header >> 1;
      this.#objects.push(kind === ARRAY ? [] : kind === MAP ? new Map() : {});
    });
    let number = 0;
    yield* this.#eachObject((header, start, count) => this.#fill(this.#objects[number++], header >> 1, start, count));
    number = 0;
    yield* this.#eachObject((header) => {
      const object = this.#objects[number++];
      if (header % 2 === 1) Object.freeze(object);
    });
    const [root] = this.#objects;
    if (root === undefined) throw malformed();
    return root;
  }

  *#eachObject(visit: (header: number, start: number, count: number) => void): Piecewise<void> {
    const table = this.#table;
    let visited = 0;
    for (let at = 0; at < table.length; ) {
      const header = table[at] ?? -1;
      const count = table[at + 1] ?? -1;
      if (header < 0 || count < 0 || at + 2 + count > table.length) throw malformed();
      visit(header, at + 2, count);
      at += 2 + count;
      if (++visited % OBJECTS_IN_PIECE === 0) yield;
    }
  }

  #fill(object: object | undefined, kind: number, start: number, count: number): void {
    if (Array.isArray(object)) {
      for (let index = 0; index < count; index++) object.push(this.#value(start + index));
    } else if (object instanceof Map) {
      if (count % 2 !== 0) throw malformed();
      for (let index = 0; index < count; index += 2)
        object.set(this.#value(start + index), this.#value(start + index + 1));
    } else {
      const names = this.#shapes[kind - FIRST_SHAPE];
      if (names === undefined || names.length !== count) throw malformed();
      const members = object as Record<string, unknown>;
      for (let index = 0; index < count; index++) {
        const name = names[index] as string;
        if (name === "__proto__") defineMember(members, name, this.#value(start + index));
        else members[name] = this.#value(start + index);
      }
    }
  }

  #value(at: number): unknown {
    const slot = this.#table[at] ?? UNDEFINED;
    if (slot === UNDEFINED) return undefined;
    const value = slot >= 0 ? this.#objects[slot] : this.#literals[UNDEFINED - 1 - slot];
    if (value === undefined) throw malformed();
    return value;
  }
}

/** An assignment to `__proto__` would change the object's class instead. */
function defineMember(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => boolean): value is Item[] {
  return Array.isArray(value) && value.every(isItem);
}

function isLiteral(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isShape(value: unknown): boolean {
  return isListOf<string>(value, (name) => typeof name === "string") && new Set(value).size === value.length;
}

function malformed(): SyntaxError {
  return new SyntaxError("not a data graph");
}
