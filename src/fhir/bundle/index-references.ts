import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import type { FhirNode, ReferenceResolver } from "../path/fhir-node.js";

/**
 * Resolves references inside an input, a Bundle or a single resource (engine-behaviour 7.1): `#id` in the contained
 * resources of the entry resource, also when the reference stands in a contained resource itself; anything else by the
 * `fullUrl` of an entry, then by `<Type>/<id>`, both without version. The first entry wins. Built once, when the
 * first reference is asked for, in time linear in the input, without looking at the elements; nothing is ever fetched, so what
 * the input does not hold stays unresolved. Serves one run, whose evaluations share its budget.
 */
export function referenceIndex(input: JsonObject): ReferenceIndex {
  return new InputIndex(input);
}

/** Resolves references, and can be told to look for their targets before anybody asks. */
export interface ReferenceIndex extends ReferenceResolver {
  build(): void;
}

/** Some seconds of work: a path may be cheap by itself, and be evaluated for each of ten thousand elements. */
const mostSteps = 10_000_000;

class InputIndex implements ReferenceIndex {
  readonly budget = { left: mostSteps };
  readonly #input: JsonObject;
  #targets: Targets | undefined = undefined;

  constructor(input: JsonObject) {
    this.#input = input;
  }

  build(): Targets {
    this.#targets ??= new Targets(this.#input);
    return this.#targets;
  }

  resolve(reference: FhirNode): FhirNode | undefined {
    const text = referenceText(reference);
    if (text === undefined) return undefined;
    const found = this.build().find(text, reference.resource);
    const type = textOf(found?.resourceType);
    return found === undefined || type === undefined ? undefined : { type, value: found, resource: found };
  }
}

/** What the references of an input may lead to. */
class Targets {
  readonly #byUrl = new Map<string, JsonObject>();
  readonly #byTypeAndId = new Map<string, JsonObject>();
  /** Contained resource -> the resource that contains it. */
  readonly #containers = new Map<JsonObject, JsonObject>();
  readonly #containedById = new Map<JsonObject, ReadonlyMap<string, JsonObject>>();

  constructor(input: JsonObject) {
    if (textOf(input.resourceType) === "Bundle" && Array.isArray(input.entry)) {
      for (const entry of input.entry) if (isJsonObject(entry)) this.#addEntry(entry);
    } else {
      this.#addResource(input, undefined);
    }
  }

  #addEntry(entry: JsonObject): void {
    const fullUrl = textOf(entry.fullUrl);
    if (!isJsonObject(entry.resource)) return;
    if (fullUrl !== undefined) setFirst(this.#byUrl, versionless(fullUrl), entry.resource);
    this.#addResource(entry.resource, fullUrl);
  }

  #addResource(resource: JsonObject, fullUrl: string | undefined): void {
    const type = textOf(resource.resourceType);
    const id = textOf(resource.id);
    if (type !== undefined && id !== undefined) setFirst(this.#byTypeAndId, `${type}/${id}`, resource);
    else if (type !== undefined && fullUrl !== undefined) {
      // An entry without id has the one of its fullUrl.
      const typeAndId = lastTwoParts(versionless(fullUrl));
      if (typeAndId?.startsWith(`${type}/`)) setFirst(this.#byTypeAndId, typeAndId, resource);
    }
    if (Array.isArray(resource.contained)) this.#addContained(resource, resource.contained);
  }

  #addContained(container: JsonObject, contained: readonly JsonValue[]): void {
    const byId = new Map<string, JsonObject>();
    for (const resource of contained) {
      if (!isJsonObject(resource)) continue;
      this.#containers.set(resource, container);
      const id = textOf(resource.id);
      // Some senders write the `#` into the id as well.
      if (id !== undefined) setFirst(byId, id.startsWith("#") ? id.slice(1) : id, resource);
    }
    this.#containedById.set(container, byId);
  }

  find(text: string, resource: JsonObject): JsonObject | undefined {
    if (text.startsWith("#")) {
      const container = this.#containers.get(resource) ?? resource;
      // `#` alone is the container, seen from a contained resource.
      if (text === "#") return container;
      return this.#containedById.get(container)?.get(text.slice(1)) ?? this.#byTypeAndId.get(text.slice(1));
    }
    const plain = versionless(text);
    const byUrl = this.#byUrl.get(plain) ?? this.#byTypeAndId.get(plain);
    if (byUrl !== undefined || !plain.includes("://")) return byUrl;
    const typeAndId = lastTwoParts(plain);
    return typeAndId === undefined ? undefined : this.#byTypeAndId.get(typeAndId);
  }
}

/** Text of a Reference, or of a uri or canonical that refers by itself. */
function referenceText(node: FhirNode): string | undefined {
  const text = textOf(isJsonObject(node.value) ? node.value.reference : node.value)?.trim();
  return text === "" ? undefined : text;
}

/** An empty text is none, as everywhere in FHIR. */
function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function setFirst(map: Map<string, JsonObject>, key: string, resource: JsonObject): void {
  if (!map.has(key)) map.set(key, resource);
}

function versionless(reference: string): string {
  const version = reference.indexOf("/_history/");
  return version < 0 ? reference : reference.slice(0, version);
}

function lastTwoParts(url: string): string | undefined {
  const last = url.lastIndexOf("/");
  const before = last <= 0 ? -1 : url.lastIndexOf("/", last - 1);
  return before < 0 ? undefined : url.slice(before + 1);
}
