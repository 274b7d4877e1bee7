import type { FhirElement, FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { isRepeatable, type TemplateNode } from "../../openehr/template/template.js";
import { ancestorChain } from "../../openehr/template/template-paths.js";
import { hasRule, isConverted } from "../datatypes/type-pairs.js";
import type { OpenEhrAccessor, OpenEhrCondition, Step } from "../plan.js";
import type { Semantics } from "../semantics.js";
import type { FhirPathText } from "./fhir-path-text.js";
import type { Findings } from "./findings.js";
import { type Place, typedPath } from "./place.js";
import { typesAt } from "./type-pair-check.js";

/** What the methods of a model lose of one repeating node. */
interface Loss {
  readonly place: Place;
  readonly step: Step;
  readonly node: TemplateNode;
  readonly element: string;
  /** Rules that lose the same way, the first one left out. */
  readonly others: string[];
}

/**
 * Finds methods that write every occurrence of a repeating openEHR node to the same FHIR element, where only the last one
 * stays (fhirconnect-language 10.2): no enclosing method, hierarchy or condition chooses an occurrence, and the element that
 * the FHIR path begins with cannot repeat. All methods that lose occurrences of one node are one finding.
 */
export class OverwriteCheck {
  readonly #schema: FhirSchema;
  readonly #semantics: Semantics;
  readonly #losses = new Map<TemplateNode, Loss>();

  constructor(schema: FhirSchema, semantics: Semantics) {
    this.#schema = schema;
    this.#semantics = semantics;
  }

  /** @param own the method's FHIR path, taken apart */
  check(place: Place, step: Step, own: FhirPathText): void {
    const { openEhr } = step;
    if (place.bound === undefined || step.direction === "fhir->openehr" || openEhr?.complete !== true) return;
    if (!carriesData(step)) return;
    const bound = withNarrowed(place.bound, step.openEhrConditions);
    const node = iteratedNodes(step, openEhr, step.slot.length > 0).find((one) => isRepeatable(one) && !bound.has(one));
    const element = node === undefined ? undefined : this.#singleElement(place, step, own);
    if (node === undefined || element === undefined) return;
    const known = this.#losses.get(node);
    if (known === undefined) this.#losses.set(node, { place, step, node, element, others: [] });
    else {
      const isOther = place.model.name.value !== known.place.model.name.value;
      const rule = isOther ? `${place.rule} of ${place.model.name.value}` : place.rule;
      if (rule !== known.place.rule && !known.others.includes(rule)) known.others.push(rule);
    }
  }

  report(findings: Findings): void {
    for (const { place, step, node, element, others } of this.#losses.values()) {
      const [more, rules] = [others.length - mostNamed, others.slice(0, mostNamed).join(", ")];
      const also = others.length === 0 ? "" : ` The same holds for ${rules}${more > 0 ? ` and ${more} more` : ""}.`;
      const message =
        `"${node.name}" may occur more than once in this template, and ${element} holds one value: of several occurrences only ` +
        "the last one reaches FHIR. Iterate it in an enclosing method that writes to a list or in `preprocessor.hierarchy`, " +
        `or choose one with an \`openehrCondition\`.${also}`;
      findings.report(
        "warning",
        "MAPPING_OCCURRENCES_OVERWRITTEN",
        message,
        place,
        step.source.position,
        step.openEhr?.text,
      );
    }
  }

  /** The element that every value of a step takes the place of; undefined when each has its own, or the files do not tell. */
  #singleElement(place: Place, step: Step, own: FhirPathText): string | undefined {
    const { type, steps } = typedPath(place, own);
    const above = steps.slice(0, steps.length - own.steps.length);
    let types = typesAt(type, above, this.#schema);
    // A Reference stands for the resource behind it, of which the path does not tell the type.
    if (types.length === 0 || types.includes("Reference")) return undefined;
    const converts = this.#converts(step, typesAt(type, steps, this.#schema));
    // At the base itself only the value of the method is in question: those below it have paths of their own.
    if (own.steps.length === 0) return converts ? [type, ...above].join(".") : undefined;
    if (!converts && step.children.length === 0 && step.slot.length === 0) return undefined;
    for (const [at, text] of own.steps.entries()) {
      const cast = /^(?:as|ofType)\((?:FHIR\.)?(\w+)\)$/.exec(text)?.[1];
      if (cast !== undefined) types = [cast];
      else if (!/^(?:where|first)\(/.test(text)) {
        const elements = types.map((one) => this.#schema.type(one)?.elements.get(text));
        if (!elements.every((one) => one !== undefined && this.#isReplaced(one, at === own.steps.length - 1)))
          return undefined;
        return [types[0], text].join(".");
      }
    }
    return undefined;
  }

  /** Whether what the step itself reads can reach FHIR. */
  #converts(step: Step, fhirTypes: readonly string[]): boolean {
    const { openEhr, kind, readAs } = step;
    if (openEhr === undefined || isStructural(step, step.slot.length > 0) || kind.kind === "iterate") return false;
    if (kind.kind !== "convert") return true;
    const rmTypes = readAs === undefined ? openEhr.rmTypes : [readAs];
    return rmTypes.some((rmType) =>
      fhirTypes.some((fhirType) => hasRule(rmType, fhirType, "toFhir", this.#semantics) === true),
    );
  }

  /** A path through a primitive, into its extensions, leaves the primitive where it is. */
  #isReplaced({ list, types }: FhirElement, isLast: boolean): boolean {
    return !list && (isLast || types.every((type) => this.#schema.type(type)?.kind !== "primitive"));
  }
}

/** How many rules a message names. */
const mostNamed = 5;

/** Whether what a step or those below it write depends on the occurrence; constants do not. */
function carriesData({ kind, openEhr, children, slot }: Step): boolean {
  const types = openEhr?.rmTypes ?? [];
  const reads =
    kind.kind === "programmed"
      ? kind.mapping.whenComplete === undefined
      : kind.kind === "entry" ||
        (kind.kind === "convert" && (openEhr?.members.length !== 0 || types.some(isConverted)));
  if (reads && types.length > 0) return true;
  return children.some(carriesData) || slot.some(({ steps }) => steps.some(carriesData));
}

/** Nodes of which an occurrence is chosen in the children of a method, openEHR → FHIR; undefined when they never run that way. */
export function boundBelow({ bound }: Place, step: IteratingStep, hasSlot: boolean): Place["bound"] {
  if (bound === undefined || step.direction === "fhir->openehr") return undefined;
  const narrowed = withNarrowed(bound, step.openEhrConditions);
  // Where no element is created all occurrences still write into the same one.
  if (step.openEhr === undefined || step.fhir.create === undefined) return narrowed;
  return new Set([...narrowed, ...iteratedNodes(step, step.openEhr, hasSlot)]);
}

/** With the nodes of which each model run has one occurrence, and those that its preconditions choose from. */
export function boundAtTop(
  { bound }: Place,
  chosen: readonly TemplateNode[],
  preconditions: readonly OpenEhrCondition[],
): Place["bound"] {
  if (bound === undefined) return undefined;
  const narrowed = withNarrowed(bound, preconditions);
  return chosen.length === 0 ? narrowed : new Set([...narrowed, ...chosen.flatMap(ancestorChain)]);
}

/** With the nodes that conditions choose occurrences of. */
function withNarrowed(
  bound: ReadonlySet<TemplateNode>,
  conditions: readonly OpenEhrCondition[],
): ReadonlySet<TemplateNode> {
  const chosen = conditions.filter(({ operator }) => operator === "one of").flatMap(({ root }) => root.chain);
  return chosen.length === 0 ? bound : new Set([...bound, ...chosen]);
}

/** A step as far as it decides what is iterated. */
type IteratingStep = Pick<Step, "direction" | "openEhr" | "openEhrConditions" | "fhir">;

/** From the root down to the node whose occurrences a step iterates. */
function iteratedNodes(
  step: IteratingStep,
  { chain, repeats, joined }: OpenEhrAccessor,
  hasSlot: boolean,
): readonly TemplateNode[] {
  if (joined !== undefined) return ancestorChain(joined.each);
  if (!isStructural(step, hasSlot)) return chain;
  return repeats === undefined ? [] : chain.slice(0, chain.indexOf(repeats) + 1);
}

/** As a run decides it, except that a method without values turns out to be structure only then (engine-behaviour 6.4). */
function isStructural({ openEhr, fhir }: IteratingStep, hasSlot: boolean): boolean {
  if (openEhr === undefined || openEhr.isReference || hasSlot || openEhr.rmTypes.length === 0) return true;
  return openEhr.rmTypes.includes("EVENT") && !fhir.mentionsEffective;
}
