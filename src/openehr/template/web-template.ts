import { formatAqlPath } from "../rm/aql-path.js";
import { flatNames } from "./flat-names.js";
import type { Template, TemplateInput, TemplateNode } from "./template.js";
import { nodeIdentifier } from "./template-paths.js";
import { type FilteredNode, filterTemplate } from "./web-template-filter.js";

/** A template as it is published to those who write forms and FLAT documents (openehr-formats 5 and 6). Immutable. */
export interface WebTemplate {
  readonly templateId: string;
  readonly version: string;
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  readonly tree: WebTemplateNode;
}

/** One published node. Structural nodes and optional RM attributes are left out, their children stand in their place. */
export interface WebTemplateNode {
  /** The segment of the node in FLAT paths, with its number. */
  readonly id: string;
  readonly name: string;
  /** Absent on nodes that come from the reference model and not from the template. */
  readonly localizedName?: string;
  readonly rmType: string;
  /** at-code or archetype id; data values that the template constrains have that of their ELEMENT. */
  readonly nodeId?: string;
  readonly min: number;
  /** -1 means unbounded. */
  readonly max: number;
  readonly localizedNames: ReadonlyMap<string, string>;
  readonly localizedDescriptions: ReadonlyMap<string, string>;
  /** In full form; empty for the root. */
  readonly aqlPath: string;
  readonly children: readonly WebTemplateNode[];
  readonly inputs: readonly TemplateInput[];
  readonly inContext: boolean;
  readonly annotations: ReadonlyMap<string, string>;
  readonly proportionTypes: readonly string[];
  readonly cardinalities: readonly WebTemplateCardinality[];
}

/** How many of some children there must be together, where the template says more about it than each child does. */
export interface WebTemplateCardinality {
  readonly min?: number;
  /** -1 means unbounded. */
  readonly max: number;
  readonly ids: readonly string[];
}

/** The version of the web template format, the same for all templates. */
const FORMAT_VERSION = "2.3";

const webTemplates = new WeakMap<Template, WebTemplate>();

/**
 * The published web template of a template: the raw tree filtered (openehr-formats 5), with the ids that FLAT uses.
 * Computed at the first call for a template and kept as long as the template.
 */
export function webTemplateOf(template: Template): WebTemplate {
  let webTemplate = webTemplates.get(template);
  if (webTemplate === undefined) {
    webTemplate = Object.freeze({
      templateId: template.templateId,
      version: FORMAT_VERSION,
      defaultLanguage: template.defaultLanguage,
      languages: template.languages,
      tree: new Publishing(template).node(filterTemplate(template)),
    });
    webTemplates.set(template, webTemplate);
  }
  return webTemplate;
}

class Publishing {
  readonly #steps: ReturnType<typeof flatNames>["steps"];

  constructor(template: Template) {
    this.#steps = flatNames(template).steps;
  }

  node(filtered: FilteredNode, id = this.#id(filtered.source)): WebTemplateNode {
    const { source, inputs, min, max } = filtered;
    const nodeId = source.nodeId ?? (filtered.isConstrainedValue ? source.parent?.nodeId : undefined);
    const ids = this.#childIds(filtered.children);
    return Object.freeze({
      id,
      name: source.name,
      ...(filtered.hasLocalizedName ? { localizedName: source.name } : {}),
      rmType: source.rmType,
      ...(nodeId === undefined ? {} : { nodeId }),
      min,
      max,
      localizedNames: source.localizedNames,
      localizedDescriptions: source.localizedDescriptions,
      aqlPath: formatAqlPath(source.path),
      children: Object.freeze(filtered.children.map((child, at) => this.node(child, ids[at]))),
      inputs,
      inContext: source.inContext,
      annotations: source.annotations ?? NO_TEXTS,
      proportionTypes: source.proportionTypes ?? [],
      cardinalities: this.#cardinalities(source),
    });
  }

  #id(source: TemplateNode): string {
    return this.#steps.get(source)?.name ?? nodeIdentifier(source);
  }

  /** Ids among siblings: FLAT names are unique already, what FLAT does not name takes the next free number. */
  #childIds(children: readonly FilteredNode[]): readonly string[] {
    const taken = new Set(children.flatMap(({ source }) => this.#steps.get(source)?.name ?? []));
    return children.map(({ source }) => {
      const name = this.#steps.get(source)?.name;
      if (name !== undefined) return name;
      let id = source.baseId;
      for (let number = 2; taken.has(id); number++) id = `${source.baseId}${number}`;
      taken.add(id);
      return id;
    });
  }

  /**
   * The cardinalities that say more than the occurrences of the children: more than one, or fewer than there are
   * children (openehr-formats 4.4, 16).
   */
  #cardinalities(source: TemplateNode): readonly WebTemplateCardinality[] {
    const cardinalities: WebTemplateCardinality[] = [];
    for (const { attribute, cardinality } of source.attributeConstraints ?? []) {
      if (cardinality === undefined) continue;
      const { min, max } = cardinality;
      const children = source.children.filter((child) => child.attribute === attribute && !child.isRmAttribute);
      if (min <= 1 && (max === -1 || max >= children.length)) continue;
      cardinalities.push({ ...(min < 0 ? {} : { min }), max, ids: children.map((child) => this.#id(child)) });
    }
    return cardinalities;
  }
}

const NO_TEXTS: ReadonlyMap<string, string> = new Map();
