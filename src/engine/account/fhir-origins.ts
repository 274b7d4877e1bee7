import type { OnValue } from "../../fhir/bundle/write-fhir-json.js";
import type { JsonObject } from "../../fhir/json.js";
import type { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { Origin } from "./composition-origins.js";
import { isLeafMember, isStructure, memberPointer } from "./document-leaves.js";
import { bundleDefault } from "./output-defaults.js";

/** Knows of every FHIR primitive in the making who wrote it, and where it ended up. */
export class FhirOrigins<Writer> {
  readonly #writers = new Map<FhirInstance, { readonly writer: Writer; readonly primitive: unknown }>();
  readonly #instances = new Map<object, Map<string, FhirInstance>>();

  /** Notes the primitives at and below an element that are new or changed. */
  wrote(writer: Writer, instance: FhirInstance): void {
    const { primitive } = instance;
    if (primitive !== undefined && this.#writers.get(instance)?.primitive !== primitive) {
      this.#writers.set(instance, { writer, primitive });
    }
    for (const { content } of instance.fields) {
      if (Array.isArray(content)) for (const member of content) this.wrote(writer, member);
      else this.wrote(writer, content);
    }
  }

  /** Who wrote the primitives at and below an element, also in the resource behind a Reference. */
  writersAt(instance: FhirInstance): readonly Writer[] {
    return this.primitivesAt(instance).flatMap((one) => this.#writers.get(one)?.writer ?? []);
  }

  /** The primitives at and below an element that somebody has written. */
  primitivesAt(instance: FhirInstance): readonly FhirInstance[] {
    const below = instance.fields.flatMap(({ content }) => content);
    if (instance.target !== undefined) below.push(instance.target);
    const own = this.#writers.has(instance) ? [instance] : [];
    return [...own, ...below.flatMap((one) => this.primitivesAt(one))];
  }

  /**
   * Who wrote what an element has lost since.
   * @param before its primitives as {@link primitivesAt} gave them then
   */
  writersOfReplaced(before: readonly FhirInstance[], instance: FhirInstance): readonly Writer[] {
    const now = new Set(this.primitivesAt(instance));
    return before.flatMap((one) => {
      const known = this.#writers.get(one);
      return known === undefined || (now.has(one) && known.primitive === one.primitive) ? [] : known.writer;
    });
  }

  /** For the writer of FHIR JSON. */
  readonly onValue: OnValue = (instance, holder, member) => {
    let members = this.#instances.get(holder);
    if (members === undefined) {
      members = new Map();
      this.#instances.set(holder, members);
    }
    members.set(String(member), instance);
  };

  /** Calls for every leaf of the result. */
  eachLeaf(bundle: JsonObject, visit: (path: string, origin: Origin<Writer>) => void): void {
    this.#walk(bundle, "", [], visit);
  }

  #walk(
    value: object,
    path: string,
    way: readonly string[],
    visit: (path: string, origin: Origin<Writer>) => void,
  ): void {
    for (const [name, member] of Object.entries(value)) {
      const here = memberPointer(path, name);
      if (isStructure(member)) this.#walk(member, here, [...way, name], visit);
      else if (isLeafMember(name, member)) visit(here, this.#origin(value, name, [...way, name]));
    }
  }

  #origin(holder: object, member: string, way: readonly string[]): Origin<Writer> {
    const instance = this.#instances.get(holder)?.get(member);
    const known = instance === undefined ? undefined : this.#writers.get(instance);
    if (known !== undefined) return { writtenBy: known.writer };
    const name = bundleDefault(way);
    return name === undefined ? "unaccounted" : { default: name };
  }
}
