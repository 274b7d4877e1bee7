import type { Diagnostic } from "../errors/diagnostic.js";
import { Problem } from "../errors/problem.js";
import { assembleBundle } from "../fhir/bundle/assemble-bundle.js";
import { referenceIndex } from "../fhir/bundle/index-references.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import type { FhirVersion } from "../fhir/schema/fhir-schema.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import { selectModels } from "../fhirconnect/merge/select-models.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../fhirconnect/syntax/tree.js";
import { completeComposition } from "../openehr/building/complete-composition.js";
import type { CompositionDraft } from "../openehr/building/composition-draft.js";
import type { CompositionSettings } from "../openehr/building/composition-settings.js";
import { readCanonicalJson, writeCanonicalJson } from "../openehr/formats/canonical-json.js";
import { readFlat } from "../openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../openehr/formats/flat/flat-writer.js";
import type { JsonObject as CanonicalJson } from "../openehr/formats/json.js";
import type { RmObject } from "../openehr/rm/rm-object.js";
import type { Template } from "../openehr/template/template.js";
import { compilePlan } from "./compile/compile-plan.js";
import { composeContentItems } from "./content-items.js";
import { wallClock } from "./datatypes/time-zone.js";
import type { Plan } from "./plan.js";
import { INPUT_NOT_COMPOSITION, INPUT_NOT_FHIR, MAPPING_NOT_COMPILED, MAPPING_WITHOUT_RESULT } from "./problems.js";
import { runToFhir } from "./run/to-fhir.js";
import { runToOpenEhr } from "./run/to-openehr.js";
import { openFhirSemantics } from "./semantics.js";

/** What a mapper is compiled from; all of it from one moment. */
export interface MapperSource {
  readonly template: Template;
  readonly context: ContextMapping;
  /** All models and extensions the context may name. */
  readonly mappings: readonly (ModelMapping | ExtensionMapping)[];
}

/** What a run takes from its surroundings. */
export interface MapperSettings {
  /** IANA name of the zone in which times without offset are read and written. */
  readonly timeZone: string;
  readonly now: () => Date;
  /** ISO 639-1; the template's default language when left out. */
  readonly language?: string;
  /** ISO 3166-1 alpha-2; `DE` when left out, as stored compositions of today have it. */
  readonly territory?: string;
}

export interface ToOpenEhrResult {
  /** The composition as canonical JSON, completed with names, node ids and defaults. */
  composition(): CanonicalJson;
  /** What the mapping wrote, as FLAT, without any defaults. */
  flat(): Record<string, string | number | boolean>;
}

/**
 * One context of one template, compiled: maps both ways. Immutable; any number of runs may use it at the same time.
 *
 * ```ts
 * const mapper = compileMapper({ template, context, mappings });
 * const bundle = mapper.toFhir(mapper.readComposition(body, settings), settings);
 * const composition = mapper.toOpenEhr(bundle, settings).composition();
 * ```
 */
export interface Mapper {
  readonly templateId: string;
  readonly fhirVersion: FhirVersion;
  /** Findings of the compile that do not stop the mapping. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Reads what `toFhir` maps: a canonical COMPOSITION, a content item, an array of either, or a FLAT object.
   * Throws a Problem that names path and type of what it cannot read.
   */
  readComposition(body: JsonValue, settings: MapperSettings): readonly RmObject[];
  /** Maps compositions into one Bundle, in their order. Throws MAPPING_WITHOUT_RESULT when nothing was mapped. */
  toFhir(compositions: readonly RmObject[], settings: MapperSettings): JsonObject;
  /** Maps a resource or Bundle into one composition. Throws MAPPING_WITHOUT_RESULT when nothing was mapped. */
  toOpenEhr(resource: JsonObject, settings: MapperSettings): ToOpenEhrResult;
}

/**
 * Compiles a context with its models for its template.
 * Throws MAPPING_NOT_COMPILED with every error finding (file, line, rule, path) when the files cannot be used.
 */
export function compileMapper(source: MapperSource): Mapper {
  const { template, context, mappings } = source;
  const selected = selectModels(context, mappings);
  refuseErrors(context, selected.diagnostics);
  const models = { find: (name: string) => selected.registry.get(name) ?? [], start: selected.start };
  const { plan, diagnostics } = compilePlan(template, fhirSchema(context.specVersion.value), models, openFhirSemantics);
  const all = [...selected.diagnostics, ...diagnostics];
  refuseErrors(context, all);
  return new CompiledMapper(plan, template, context.specVersion.value, all);
}

function refuseErrors(context: ContextMapping, diagnostics: readonly Diagnostic[]): void {
  const problems = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(
      ({ message, position, mapping, rule, path }) =>
        new Problem(MAPPING_NOT_COMPILED, message, {
          ...(position !== undefined && { position }),
          ...(mapping !== undefined && { mapping }),
          ...(rule !== undefined && { rule }),
          ...(path !== undefined && { path }),
        }),
    );
  const [first, ...others] = problems;
  if (first === undefined) return;
  throw new Problem(
    MAPPING_NOT_COMPILED,
    `The context "${context.name.value}" cannot be used: ${first.message}`,
    first.place,
    others.length === 0 ? [] : problems,
  );
}

class CompiledMapper implements Mapper {
  readonly templateId: string;
  readonly fhirVersion: FhirVersion;
  readonly diagnostics: readonly Diagnostic[];
  readonly #plan: Plan;
  readonly #template: Template;

  constructor(plan: Plan, template: Template, fhirVersion: FhirVersion, diagnostics: readonly Diagnostic[]) {
    this.#plan = plan;
    this.#template = template;
    this.templateId = template.templateId;
    this.fhirVersion = fhirVersion;
    this.diagnostics = diagnostics;
  }

  readComposition(body: JsonValue, settings: MapperSettings): readonly RmObject[] {
    const items: readonly JsonValue[] = Array.isArray(body) ? body : [body];
    const [first] = items;
    if (!isJsonObject(first)) {
      throw new Problem(INPUT_NOT_COMPOSITION, `The input holds ${describe(first)} where a composition belongs.`, {
        path: "/",
      });
    }
    if (typeof first._type === "string") {
      const objects = items.map((item) => readCanonicalJson(item));
      if (first._type === "COMPOSITION") return objects;
      return [composeContentItems(objects, this.#template, compositionSettings(settings))];
    }
    if (Array.isArray(body)) {
      throw new Problem(
        INPUT_NOT_COMPOSITION,
        "The first element of the array has no _type; FLAT objects are sent one by one.",
        {
          path: "/0",
        },
      );
    }
    if (!Object.keys(first).some((key) => key.includes("/"))) {
      throw new Problem(
        INPUT_NOT_COMPOSITION,
        "The object is neither canonical (no _type) nor FLAT (no member name is a path).",
        {
          path: "/",
        },
      );
    }
    return [
      completeComposition(
        readFlat(first, this.#template, compositionSettings(settings)),
        compositionSettings(settings),
      ),
    ];
  }

  toFhir(compositions: readonly RmObject[], settings: MapperSettings): JsonObject {
    const context = { timeZone: settings.timeZone, semantics: this.#plan.semantics };
    const resources = compositions.flatMap((composition) => runToFhir(this.#plan, composition, context));
    const bundle = assembleBundle(resources, this.#plan.schema);
    if (!Array.isArray(bundle.entry) || bundle.entry.length === 0) {
      throw new Problem(
        MAPPING_WITHOUT_RESULT,
        `Nothing of the composition was mapped: no value stands where the start model "${this.#startName()}" looks.`,
        { mapping: this.#startName() },
      );
    }
    if (bundle.type === undefined) bundle.type = "collection";
    return bundle;
  }

  toOpenEhr(resource: JsonObject, settings: MapperSettings): ToOpenEhrResult {
    if (typeof resource.resourceType !== "string") {
      throw new Problem(INPUT_NOT_FHIR, "The input has no resourceType.", { path: "/resourceType" });
    }
    const context = { timeZone: settings.timeZone, semantics: this.#plan.semantics };
    const draft: CompositionDraft = runToOpenEhr(this.#plan, resource, referenceIndex(resource), context);
    if (draft.isEmpty) {
      throw new Problem(
        MAPPING_WITHOUT_RESULT,
        `Nothing of the ${resource.resourceType} was mapped: no ${this.#plan.startType} in it passes the start model "${this.#startName()}".`,
        { mapping: this.#startName() },
      );
    }
    return {
      composition: () => writeCanonicalJson(completeComposition(draft, compositionSettings(settings))),
      flat: () => writeFlat(draft),
    };
  }

  #startName(): string {
    return this.#plan.start[0]?.name ?? "";
  }
}

function compositionSettings(settings: MapperSettings): CompositionSettings {
  return {
    now: () => wallClock(settings.now(), settings.timeZone),
    territory: settings.territory ?? "DE",
    ...(settings.language !== undefined && { language: settings.language }),
  };
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
