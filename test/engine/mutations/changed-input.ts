import type { JsonValue } from "../../../src/fhir/json.js";
import { corpusSettings } from "../fixtures/published-mapper.js";
import { explainedSilence } from "./explained-silences.js";
import { anotherValue, generalPath, type JsonPath, type Leaf, leavesOf, pointerOf, replaceAt } from "./json-leaves.js";
import { type Outcome, outcomeOf, type Subject } from "./mapping-subjects.js";
import { watched } from "./watched-document.js";

/** What the engine reads of a subject's input, as JSON Pointers into the input. */
function readBy({ mapper, direction, input }: Subject): (path: JsonPath) => boolean {
  const body = input();
  if (direction === "toopenehr") {
    const { document, read } = watched(body as object);
    mapper.toOpenEhr(document as never, corpusSettings).composition();
    return (path) => read.has(pointerOf(path));
  }
  const { document, read } = watched(mapper.readComposition(body, corpusSettings));
  mapper.toFhir(document, corpusSettings);
  const isCanonical = typeof (Array.isArray(body) ? body[0] : body) === "object" && hasType(body);
  if (!isCanonical) return () => true;
  return (path) => read.has(Array.isArray(body) ? pointerOf(path) : `/0${pointerOf(path)}`);
}

function hasType(body: JsonValue): boolean {
  const first = Array.isArray(body) ? body[0] : body;
  return typeof first === "object" && first !== null && "_type" in first;
}

/** Changes leaves of one input, one at a time, and says of each what became of it. */
export class ChangedInput {
  readonly #subject: Subject;
  readonly #original: string;
  /** Whether the engine reads the value at a path of the input. */
  readonly isRead: (path: JsonPath) => boolean;
  readonly #leaves: readonly Leaf[];
  readonly #shown = new Map<string, boolean>();

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#original = JSON.stringify(outcomeOf(subject.mapper, subject.direction, subject.input()));
    this.isRead = readBy(subject);
    this.#leaves = leavesOf(subject.input());
  }

  /** Whether another value gives another result or is reported. */
  #shows({ path, value }: Leaf): boolean {
    const pointer = pointerOf(path);
    const known = this.#shown.get(pointer);
    if (known !== undefined) return known;
    const shown = JSON.stringify(this.outcome({ path, value })) !== this.#original;
    this.#shown.set(pointer, shown);
    return shown;
  }

  /** What becomes of the input with another value for one of its leaves. */
  outcome({ path, value }: Leaf): Outcome {
    const { mapper, direction, input } = this.#subject;
    const changed = input();
    replaceAt(changed, path, anotherValue(value, 0));
    return outcomeOf(mapper, direction, changed);
  }

  /** Undefined when the change shows or nobody looks at the value; otherwise why it does not, or `silent`. */
  silence(leaf: Leaf): string | undefined {
    if (this.#shows(leaf) || !this.isRead(leaf.path)) return undefined;
    const { direction, texts } = this.#subject;
    if (direction === "toopenehr" && isReferenceTarget(leaf.path)) return "only references look at it";
    const element = namedElement(leaf.path);
    if (element !== undefined && !this.#anyShows(element)) return "the element it names shows nothing";
    if (this.#anyShows(dataValue(leaf.path))) return "the other side takes another member of the value";
    return explainedSilence(texts.name, direction, generalPath(leaf.path)) ?? "silent";
  }

  #anyShows(above: JsonPath): boolean {
    const prefix = `${pointerOf(above)}/`;
    return this.#leaves.some(
      (leaf) => pointerOf(leaf.path).startsWith(prefix) && !isArchetypeNodeId(leaf.path) && this.#shows(leaf),
    );
  }
}

function isReferenceTarget(path: JsonPath): boolean {
  return ["resourceType", "id", "fullUrl", "reference", "url"].includes(String(path.at(-1)));
}

function isArchetypeNodeId(path: JsonPath): boolean {
  return ["archetype_node_id", "_type"].includes(String(path.at(-1))) || path.at(-2) === "name";
}

/** The element whose node id or name a leaf is. */
function namedElement(path: JsonPath): JsonPath | undefined {
  if (path.at(-1) === "archetype_node_id") return path.slice(0, -1);
  return path.at(-1) === "value" && path.at(-2) === "name" ? path.slice(0, -2) : undefined;
}

/** The data value a leaf belongs to: codes with their terminology, codings with their list. */
function dataValue(path: JsonPath): JsonPath {
  const inside = ["terminology_id", "defining_code", "coding", "type"];
  let above = path.slice(0, -1);
  while (inside.includes(String(above.at(-1))) || (typeof above.at(-1) === "number" && above.at(-2) === "coding")) {
    above = above.slice(0, -1);
  }
  return above;
}
