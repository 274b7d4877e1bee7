import type { Mapper, MapperSource } from "../engine/mapper.js";
import { Problem } from "../errors/problem.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import type { ConfigurationStore } from "../store/configuration-store.js";
import { normaliseTemplateId } from "../store/stored.js";
import { readTemplateText } from "../store/template-text.js";
import { MappingLibrary, type ReportUnreadable } from "./mapping-library.js";
import { CONTEXT_NOT_FOUND, TEMPLATE_NOT_FOUND } from "./problems.js";
import { SingleFlightCache } from "./single-flight-cache.js";

export interface CompiledMappersParts {
  readonly store: ConfigurationStore;
  readonly compile: (source: MapperSource) => Mapper;
  readonly reportUnreadable: ReportUnreadable;
  /** How many mappers are kept, over all tenants. */
  readonly maxMappers?: number;
  /** Seconds that parsed templates and FHIR Connect files are kept; -1 (default) until they change, 0 not at all. */
  readonly templateSeconds?: number;
  readonly fhirConnectSeconds?: number;
}

/**
 * The compiled mapper of every template in use, and the contexts of every tenant for the choice by profile. Compiled once
 * per tenant and template however many requests wait; template, models, extensions and context of one mapper come from one
 * snapshot. Whoever writes configuration calls {@link evict} before it answers.
 */
export class CompiledMappers {
  readonly #parts: CompiledMappersParts;
  readonly #library: MappingLibrary;
  readonly #mappers: SingleFlightCache<Mapper>;
  readonly #contexts: SingleFlightCache<readonly ContextMapping[]>;

  constructor(parts: CompiledMappersParts) {
    this.#parts = parts;
    this.#library = new MappingLibrary(parts.reportUnreadable);
    const { maxMappers = 500, templateSeconds = -1, fhirConnectSeconds = -1 } = parts;
    this.#mappers = new SingleFlightCache(maxMappers, shorter(templateSeconds, fhirConnectSeconds));
    this.#contexts = new SingleFlightCache(1000, fhirConnectSeconds);
  }

  /**
   * The mapper for a template id in either spelling (rest-api 2). Throws a Problem when the tenant has no context for it,
   * when the template of the context is not stored, or when the mapping files do not compile.
   */
  get(tenant: string, templateId: string): Promise<Mapper> {
    return this.#mappers.get(tenant, normaliseTemplateId(templateId), () => this.#compile(tenant, templateId));
  }

  /** All contexts of the tenant, in the order in which they were stored (rest-api 4, context selection). */
  contexts(tenant: string): Promise<readonly ContextMapping[]> {
    return this.#contexts.get(tenant, "", async () => {
      return this.#library.read(await this.#parts.store.mappings.list(tenant, ["context"])).contexts;
    });
  }

  /** Forgets what was compiled for the tenant; who asks from now on gets what is stored now. */
  evict(tenant: string): void {
    this.#mappers.evict(tenant);
    this.#contexts.evict(tenant);
  }

  async #compile(tenant: string, templateId: string): Promise<Mapper> {
    const wanted = normaliseTemplateId(templateId);
    // No stored name holds a NUL, and Postgres refuses the character in a parameter.
    if (wanted.includes("\u0000")) throw contextNotFound(templateId);
    const snapshot = await this.#parts.store.snapshot(tenant, wanted);
    const { mappings, contexts } = this.#library.read(snapshot.mappings);
    const context = contexts.find((one) => normaliseTemplateId(one.templateId.value) === wanted);
    if (context === undefined) throw contextNotFound(templateId);
    if (snapshot.template === undefined) {
      throw new Problem(
        TEMPLATE_NOT_FOUND,
        `The operational template "${context.templateId.value}" of the context "${context.name.value}" is not stored.`,
        { position: context.templateId.position, mapping: context.name.value, path: "context.template.id" },
      );
    }
    const { content, originalTemplateId } = snapshot.template;
    const template = readTemplateText(content, originalTemplateId);
    return this.#parts.compile({ template, context, mappings });
  }
}

/** A mapper is made from both groups and lives no longer than either; -1 is the longest time. */
function shorter(one: number, other: number): number {
  if (one === -1) return other;
  return other === -1 ? one : Math.min(one, other);
}

/** The sentence is the one that existing clients of the classic routes look for. */
export function contextNotFound(templateId: string | undefined): Problem {
  return new Problem(
    CONTEXT_NOT_FOUND,
    "Couldn't find a Context Mapper for the inbound request. If using flat format for the input body (or a ContentItem " +
      "instead of a whole Composition), make sure you set query parameter 'templateId' that matches a " +
      `fhirConnectContext.openEHR.templateId value. Current template id '${templateId?.slice(0, 200) ?? ""}'`,
    templateId === undefined ? {} : { path: "templateId" },
  );
}
