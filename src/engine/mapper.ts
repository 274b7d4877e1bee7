import type { Diagnostic } from "../errors/diagnostic.js";
import { Problem } from "../errors/problem.js";
import { atOnce, type Piecewise } from "../event-loop/slices.js";
import { assembleBundle } from "../fhir/bundle/assemble-bundle.js";
import { referenceIndex } from "../fhir/bundle/index-references.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../fhir/json.js";
import type { ReferenceResolver } from "../fhir/path/fhir-node.js";
import type { FhirVersion } from "../fhir/schema/fhir-schema.js";
import { fhirSchema } from "../fhir/schema/load-fhir-schema.js";
import { checkMappings } from "../fhirconnect/check/check-mappings.js";
import { chooseSemantics } from "../fhirconnect/dialect/choose-semantics.js";
import type { SemanticsChoice, SemanticsSetting } from "../fhirconnect/dialect/semantics-setting.js";
import { type SelectedModels, selectModels } from "../fhirconnect/merge/select-models.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../fhirconnect/syntax/tree.js";
import { completeComposition } from "../openehr/building/complete-composition.js";
import type { CompositionSettings } from "../openehr/building/composition-settings.js";
import type { OnLeftOut } from "../openehr/building/left-out.js";
import { completeCanonicalJson } from "../openehr/formats/canonical-completion.js";
import { writeCanonicalJson } from "../openehr/formats/canonical-json-writer.js";
import { writeFlat } from "../openehr/formats/flat/flat-writer.js";
import type { JsonObject as CanonicalJson } from "../openehr/formats/json.js";
import type { RmObject } from "../openehr/rm/rm-object.js";
import type { Template } from "../openehr/template/template.js";
import type { Account } from "./account/account.js";
import { compilePlan } from "./compile/compile-plan.js";
import { compositionsOf, readCompositionInput } from "./composition-input.js";
import type { ConversionContext } from "./datatypes/fhir-data.js";
import { wallClock } from "./datatypes/time-zone.js";
import type { Plan } from "./plan.js";
import { INPUT_NOT_FHIR, MAPPING_NOT_COMPILED, MAPPING_WITHOUT_RESULT } from "./problems.js";
import { assignResourceIds, type ResourceIds } from "./resource-ids.js";
import { runToFhir } from "./run/to-fhir.js";
import { toFhirPlan } from "./run/to-fhir-plan.js";
import { runToOpenEhr } from "./run/to-openehr.js";
import { semanticsCalled } from "./semantics.js";
import { startsApart } from "./starts-apart.js";
import { writeWithDigits } from "./written-digits.js";

/** What a mapper is compiled from; all of it from one moment. */
export interface MapperSource {
  readonly template: Template;
  readonly context: ContextMapping;
  /** All models and extensions the context may name. */
  readonly mappings: readonly (ModelMapping | ExtensionMapping)[];
  /** What was asked for when the context was uploaded; wins over the configuration and over what the files look like. */
  readonly semantics?: SemanticsSetting;
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

/** What a caller may ask of one result. */
export interface ToFhirOptions {
  /** `as-mapped` when left out. */
  readonly resourceIds?: ResourceIds;
  /** Keeps account of this result, and of no other. */
  readonly account?: Account;
}

/** How one of several contexts takes part in a Bundle. */
export interface ToOpenEhrOptions {
  /** The Bundle in which references are looked up, when it has more entries than are mapped. */
  readonly resolveIn?: JsonObject;
  /** The references of that Bundle, when they are indexed already. */
  readonly references?: ReferenceResolver;
  /** Told each resource that the mapping started with or was referred to. */
  readonly onRead?: (resource: JsonObject) => void;
  /** The URI of the composition that a resource is mapped to, for links that lead to it; undefined when there is none. */
  readonly linkTo?: (resource: JsonObject) => string | undefined;
  /** Keeps account of this result, and of no other. */
  readonly account?: Account;
}

export interface ToOpenEhrResult {
  /**
   * The composition as canonical JSON, completed with names, node ids and defaults.
   * @param onLeftOut told the openEHR path of what the mapping wrote and the composition does not have
   */
  composition(onLeftOut?: OnLeftOut): CanonicalJson;
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
  /** How the files are read where dialects differ, and why (fhirconnect-language 20.3). */
  readonly semantics: SemanticsChoice;
  /** Findings of the compile that do not stop the mapping. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * The type of the start resources that each belong into a composition of their own; undefined when they share one. One call of
   * `toOpenEhr` makes one composition all the same.
   */
  readonly startsApart: string | undefined;
  /**
   * Reads what `toFhir` maps: a canonical COMPOSITION, a content item, an array of either, a FLAT or a STRUCTURED object.
   * Throws a Problem that names path and type of what it cannot read. The result is for `toFhir` alone: a canonical composition in normal
   * form stays as it is, some of its objects without the `_type` that the openEHR library asks for.
   * @param onLeftOut told the path of everything in the input that is not in what is mapped, and why
   */
  readComposition(body: JsonValue, settings: MapperSettings, onLeftOut?: OnLeftOut): readonly RmObject[];
  /** What `toFhir` maps, of RM objects that were read already (from canonical XML): content items get a composition. */
  wholeCompositions(objects: readonly RmObject[], settings: MapperSettings): readonly RmObject[];
  /**
   * Maps compositions into one Bundle, in their order. Throws MAPPING_WITHOUT_RESULT when nothing was mapped, and
   * COMPOSITION_WITHOUT_UID when deterministic ids were asked for and there is nothing to make them from.
   */
  toFhir(compositions: readonly RmObject[], settings: MapperSettings, options?: ToFhirOptions): JsonObject;
  /** Maps a resource or Bundle into one composition. Throws MAPPING_WITHOUT_RESULT when nothing was mapped. */
  toOpenEhr(resource: JsonObject, settings: MapperSettings, options?: ToOpenEhrOptions): ToOpenEhrResult;
}

/**
 * Compiles a context with its models for its template.
 * Throws MAPPING_NOT_COMPILED with every error finding (file, line, rule, path) when the files cannot be used.
 * @param configured how the server is told to read files for which their upload asked nothing (`CAUSEWAY_SEMANTICS`)
 */
export function compileMapper(source: MapperSource, configured: SemanticsSetting = "auto"): Mapper {
  return atOnce(compileMapperPiecewise(source, configured));
}

/** As {@link compileMapper}, for callers that have other things to do in between. */
export function* compileMapperPiecewise(
  source: MapperSource,
  configured: SemanticsSetting = "auto",
): Piecewise<Mapper> {
  const { template, context, mappings, semantics: uploaded } = source;
  const selected = selectModels(context, mappings);
  yield;
  refuseErrors(context, selected.diagnostics);
  const { registry, start, namedStart } = selected;
  const models = { find: (name: string) => registry.get(name) ?? [], start, namedStart };
  const choice = chooseSemantics(selected.models, { configured, ...(uploaded !== undefined && { uploaded }) });
  yield;
  const schema = fhirSchema(context.specVersion.value);
  yield;
  const { plan, diagnostics } = yield* compilePlan(template, schema, models, semanticsCalled(choice.name));
  const all = [...selected.diagnostics, ...checksOf(selected), ...diagnostics];
  refuseErrors(context, all);
  yield;
  // Here and not in the first call: no request is to wait for what is made once.
  toFhirPlan(plan);
  return new CompiledMapper(plan, template, context.specVersion.value, choice, all);
}

/** What the files alone show to be odd. Whether it keeps the context from running is for the compile to say. */
function checksOf(selected: SelectedModels): readonly Diagnostic[] {
  return checkMappings(selected).map((finding) =>
    finding.severity === "error" ? { ...finding, severity: "warning" } : finding,
  );
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
  readonly semantics: SemanticsChoice;
  readonly diagnostics: readonly Diagnostic[];
  readonly startsApart: string | undefined;
  readonly #plan: Plan;
  readonly #template: Template;

  constructor(
    plan: Plan,
    template: Template,
    fhirVersion: FhirVersion,
    semantics: SemanticsChoice,
    diagnostics: readonly Diagnostic[],
  ) {
    this.#plan = plan;
    this.#template = template;
    this.templateId = template.templateId;
    this.fhirVersion = fhirVersion;
    this.semantics = semantics;
    this.diagnostics = diagnostics;
    this.startsApart = startsApart(plan);
  }

  readComposition(body: JsonValue, settings: MapperSettings, onLeftOut?: OnLeftOut): readonly RmObject[] {
    return readCompositionInput(body, this.#template, compositionSettings(settings), onLeftOut);
  }

  wholeCompositions(objects: readonly RmObject[], settings: MapperSettings): readonly RmObject[] {
    return compositionsOf(objects, this.#template, compositionSettings(settings));
  }

  toFhir(
    compositions: readonly RmObject[],
    settings: MapperSettings,
    { resourceIds, account }: ToFhirOptions = {},
  ): JsonObject {
    const context = { timeZone: settings.timeZone, semantics: this.#plan.semantics };
    const { schema } = this.#plan;
    const resources = compositions.flatMap((given) => {
      const composition = account?.watch(given) ?? given;
      const own = runToFhir(this.#plan, composition, context, account);
      if (resourceIds === "deterministic") {
        account?.enter("resource ids");
        assignResourceIds(composition, this.templateId, own, schema);
        account?.leave();
      }
      return own;
    });
    const bundle = assembleBundle(resources, schema, {
      literalReferences: this.#plan.semantics.literalReferences,
      onDigits: writeWithDigits,
      ...(account !== undefined && { onValue: account.onValue }),
    });
    if (!Array.isArray(bundle.entry) || bundle.entry.length === 0) {
      throw new Problem(
        MAPPING_WITHOUT_RESULT,
        `Nothing of the composition was mapped: no value stands where the start model "${this.#startName()}" looks.`,
        { mapping: this.#startName() },
      );
    }
    if (bundle.type === undefined) bundle.type = "collection";
    account?.closeWithBundle(bundle);
    return bundle;
  }

  toOpenEhr(resource: JsonObject, settings: MapperSettings, options: ToOpenEhrOptions = {}): ToOpenEhrResult {
    if (typeof resource.resourceType !== "string") {
      throw new Problem(INPUT_NOT_FHIR, "The input has no resourceType.", { path: "/resourceType" });
    }
    const { account } = options;
    const { input, resolver, onRead, linkedUri } = inputOf(resource, options);
    const context = { timeZone: settings.timeZone, semantics: this.#plan.semantics, ...(linkedUri && { linkedUri }) };
    const draft = runToOpenEhr(this.#plan, input, resolver, context, onRead, account);
    if (draft.isEmpty) {
      throw new Problem(
        MAPPING_WITHOUT_RESULT,
        `Nothing of the ${resource.resourceType} was mapped: no ${this.#plan.startType} in it passes the start model "${this.#startName()}".`,
        { mapping: this.#startName() },
      );
    }
    return {
      composition: (onLeftOut) => {
        const told = onLeftOut === undefined ? {} : { onLeftOut };
        if (account === undefined) return completeCanonicalJson(draft, compositionSettings(settings), told);
        const listeners = { ...told, onPlaced: account.onPlaced };
        const composition = completeComposition(draft, compositionSettings(settings), undefined, listeners);
        account.closeWithComposition(composition);
        return writeCanonicalJson(composition);
      },
      flat: () => writeFlat(draft),
    };
  }

  #startName(): string {
    return this.#plan.start[0]?.name ?? "";
  }
}

interface RunInput {
  readonly input: JsonObject;
  readonly resolver: ReferenceResolver;
  readonly onRead: ToOpenEhrOptions["onRead"];
  readonly linkedUri: ConversionContext["linkedUri"] | undefined;
}

/** What a run reads; with an account it is the account that sees it first. */
function inputOf(
  resource: JsonObject,
  { resolveIn = resource, references, onRead, linkTo, account }: ToOpenEhrOptions,
): RunInput {
  if (account === undefined) {
    const index = references ?? referenceIndex(resolveIn);
    return { input: resource, resolver: reporting(index, onRead), onRead, linkedUri: linking(index, linkTo) };
  }
  const whole = account.watch(resolveIn);
  const tell = onRead && ((read: JsonObject) => onRead(account.original(read)));
  account.enter("references");
  const index = referenceIndex(whole);
  index.build();
  const resolver = reporting(index, tell);
  account.leave();
  const input = resolveIn === resource ? whole : sharing(resource, account);
  const toOriginal = linkTo && ((target: JsonObject) => linkTo(account.original(target)));
  return { input, resolver, onRead: tell, linkedUri: linking(index, toOriginal) };
}

/** Where links lead. Following one reads nothing of the resource at its end. */
function linking(index: ReferenceResolver, linkTo: ToOpenEhrOptions["linkTo"]): RunInput["linkedUri"] {
  if (linkTo === undefined) return undefined;
  return (reference) => {
    const target = index.resolve(reference);
    return target === undefined ? undefined : linkTo(target.resource);
  };
}

/** A Bundle of some of the entries of a watched one. */
function sharing(bundle: JsonObject, account: Account): JsonObject {
  const { entry } = bundle;
  return Array.isArray(entry)
    ? { ...bundle, entry: entry.map((one) => (isJsonObject(one) ? account.shown(one) : one)) }
    : bundle;
}

/** References that tell where they led. */
function reporting(resolver: ReferenceResolver, onRead: ToOpenEhrOptions["onRead"]): ReferenceResolver {
  if (onRead === undefined) return resolver;
  return {
    resolve(reference) {
      const found = resolver.resolve(reference);
      if (found !== undefined) onRead(found.resource);
      return found;
    },
    ...(resolver.budget !== undefined && { budget: resolver.budget }),
  };
}

function compositionSettings(settings: MapperSettings): CompositionSettings {
  return {
    now: () => wallClock(settings.now(), settings.timeZone),
    territory: settings.territory ?? "DE",
    ...(settings.language !== undefined && { language: settings.language }),
  };
}
