import { writeAttribute } from "../../building/attribute-occurrences.js";
import { CompositionDraft, type DraftNode } from "../../building/composition-draft.js";
import { isEmptyOccurrence, isNothingWithoutContent } from "../../building/empty-occurrences.js";
import { leftOutBecause, type OnLeftOut } from "../../building/left-out.js";
import { localNow } from "../../building/local-clock.js";
import { isStructure } from "../../building/structures.js";
import { isDataValue, isSubclassOf, withoutGeneric } from "../../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive } from "../../rm/rm-object.js";
import {
  draftIndexesOf,
  type FlatNames,
  type FlatStep,
  type FlatTarget,
  flatNames,
} from "../../template/flat-names.js";
import type { Template, TemplateNode } from "../../template/template.js";
import { FLAT_VALUE_MISSING } from "../problems.js";
import { collapsedEvent } from "./collapsed-event.js";
import { nearestShortcut } from "./context-shortcut-keys.js";
import { readContextShortcuts } from "./context-shortcuts.js";
import type { FlatReadContext } from "./flat-data-type.js";
import { flatDataType } from "./flat-data-types.js";
import { FlatFindings } from "./flat-findings.js";
import { type FlatKeys, parseFlatKeys } from "./flat-keys.js";
import { nearestKnownPath } from "./nearest-path.js";
import { OPTIONAL_ATTRIBUTES, type OptionalAttribute, optionalAttributesOf } from "./optional-attributes.js";
import { isRaw, readRawObject } from "./raw-object.js";

/** What reading a FLAT document needs besides the document. */
export interface FlatReadSettings {
  /** Local date and time without offset, for the text `now`. */
  readonly now: () => string;
  /** Told the path of each key that was read and yet is not in the composition. */
  readonly onLeftOut?: OnLeftOut;
}

/**
 * Reads a FLAT document into a draft (openehr-formats 7 to 12): one descent over keys and template names together.
 * Values are as given, completed from the template only by `completeComposition`; `ctx/` shortcuts become
 * `draft.contextDefaults`.
 * @param document the parsed JSON
 * @throws Problem `FLAT_…` for the first finding, all others in `others`; paths the template does not have are together
 *   in one `FLAT_PATH_UNKNOWN`
 */
export function readFlat(
  document: unknown,
  template: Template,
  settings: FlatReadSettings = { now: localNow },
): CompositionDraft {
  const findings = new FlatFindings();
  const keys = parseFlatKeys(document, findings);
  const draft = new CompositionDraft(template);
  const reader = new FlatReader(draft, flatNames(template), settings);
  reader.root(keys);
  draft.contextDefaults = readContextShortcuts(keys, readContext(undefined, settings));
  const tried = (path: string): FlatKeys => keysTried(path, template, settings);
  findings.reportUnknownPaths([...keys.unconsumed()], template.templateId, (path) => {
    if (isShortcutPath(path)) return hint(nearestShortcut(path));
    // Another spelling of what is given already, or canonical JSON beside parts.
    if (tried(path).unconsumed().next().done === true) return " beside what else is given there";
    return hint(nearestKnownPath(path, flatNames(template), tried));
  });
  reader.reportWithoutContent();
  findings.throwIfAny();
  if (settings.onLeftOut !== undefined) findings.tellLeftOut(settings.onLeftOut);
  return draft;
}

function hint(nearest: string | undefined): string {
  return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
}

function isShortcutPath(path: string): boolean {
  return /^ctx\b/.test(path);
}

/** A document that holds nothing but one path, without value, after it was read; its places know what was asked for. */
function keysTried(path: string, template: Template, settings: FlatReadSettings): FlatKeys {
  const keys = parseFlatKeys({ [path]: null }, new FlatFindings(), true);
  new FlatReader(new CompositionDraft(template), flatNames(template), settings).root(keys);
  return keys;
}

function readContext(
  node: TemplateNode | undefined,
  settings: FlatReadSettings,
  isMergedText = false,
): FlatReadContext {
  return { node, isMergedText, now: settings.now, dataType: flatDataType };
}

class FlatReader {
  readonly #draft: CompositionDraft;
  readonly #names: FlatNames;
  readonly #settings: FlatReadSettings;
  /** Optional attributes of structures that are nothing without content. */
  readonly #dependent: { readonly owner: DraftNode; readonly keys: FlatKeys }[] = [];

  constructor(draft: CompositionDraft, names: FlatNames, settings: FlatReadSettings) {
    this.#draft = draft;
    this.#names = names;
    this.#settings = settings;
  }

  root(document: FlatKeys): void {
    const keys = document.child(this.#names.root.name);
    if (keys !== undefined) this.#step(this.#names.root, keys, [0]);
  }

  /** Reports what stands at structures that have nothing else and are left out of a composition for it. */
  reportWithoutContent(): void {
    for (const { owner, keys: attributeKeys } of this.#dependent) {
      if (!isEmptyOccurrence(owner)) continue;
      const { rmType } = owner.node;
      const [attribute = ""] = attributeKeys.attributes;
      const reason = `belongs to ${rmType === "ELEMENT" ? "an ELEMENT without value" : "a CLUSTER without items"}`;
      attributeKeys.invalid(attribute, reason, rmType, FLAT_VALUE_MISSING);
    }
  }

  /** @param indexes the index of each segment up to this one */
  #step(step: FlatStep, keys: FlatKeys, indexes: readonly number[]): void {
    const [target] = step.targets;
    if (isRaw(keys)) this.#raw(step, target, keys, indexes);
    else if (target.element === undefined && isStructure(target.node))
      this.#structure(step, target.node, keys, indexes);
    else this.#value(step, keys, indexes);
  }

  #occurrence(step: FlatStep, node: TemplateNode, indexes: readonly number[]): DraftNode {
    return this.#draft.at(node, draftIndexesOf(step, node, indexes));
  }

  #structure(step: FlatStep, node: TemplateNode, keys: FlatKeys, indexes: readonly number[]): void {
    const owner = (): DraftNode => this.#occurrence(step, node, indexes);
    if (this.#optionalAttributes(node, keys, owner)) return;
    for (const name of keys.childNames) {
      const child = step.children.get(name);
      if (child === undefined) continue;
      const repeats = child.segments.at(-1)?.node !== undefined;
      for (const [index, childKeys] of keys.occurrences(name)) {
        if (index === 0 || repeats) this.#step(child, childKeys, [...indexes, index]);
      }
    }
    this.#intervalEvent(step, node, keys, indexes);
    if (node.rmType === "OBSERVATION") this.#historyOrigin(step, node, keys, indexes);
    this.#repeatRawAttributes(keys, owner);
  }

  /**
   * Raw optional attributes go to the structures that share the path of their owner as well, where these hold anything:
   * the path does not say which of them is meant (openehr-formats 12.6).
   */
  #repeatRawAttributes(keys: FlatKeys, owner: () => DraftNode): void {
    for (const name of keys.childNames) {
      const attribute = OPTIONAL_ATTRIBUTES.get(name);
      const attributeKeys = attribute && keys.child(name);
      if (attribute === undefined || attributeKeys === undefined || !isRaw(attributeKeys)) continue;
      const object = this.#optionalValue(attribute, attributeKeys);
      if (isRmObject(object)) this.#writeBelow(owner(), name, object);
    }
  }

  #writeBelow(owner: DraftNode, segment: string, value: RmObject): void {
    // What is written may stand on nodes of its own, which are not to be gone through.
    for (const occurrence of [...owner.children]) {
      const { node } = occurrence;
      const attribute = optionalAttributesOf(node.rmType).get(segment);
      if (attribute === undefined || this.#names.steps.has(node) || !occurrence.hasValue) continue;
      writeAttribute(occurrence, node.rmType, attribute.attribute, [value], attribute.isList);
      this.#writeBelow(occurrence, segment, value);
    }
  }

  /** @returns true when the object is an ELEMENT with a null flavour, which leaves no room for a value */
  #optionalAttributes(node: TemplateNode, keys: FlatKeys, owner: () => DraftNode): boolean {
    const attributes = optionalAttributesOf(node.rmType);
    let hasNullFlavour = false;
    for (const name of keys.childNames) {
      const attribute = name.startsWith("_") ? attributes.get(name) : undefined;
      if (attribute === undefined) continue;
      const values: (RmObject | RmPrimitive)[] = [];
      for (const [index, attributeKeys] of keys.occurrences(name)) {
        if (index > 0 && !attribute.isList) continue;
        const value = this.#optionalValue(attribute, attributeKeys);
        if (value === undefined) continue;
        values.push(value);
        if (isNothingWithoutContent(node)) this.#dependent.push({ owner: owner(), keys: attributeKeys });
      }
      if (values.length === 0) continue;
      writeAttribute(owner(), node.rmType, attribute.attribute, values, attribute.isList);
      if (attribute.attribute === "null_flavour") hasNullFlavour = true;
    }
    if (hasNullFlavour) keys.leaveOutRest(leftOutBecause.nullFlavour);
    return hasNullFlavour;
  }

  #optionalValue(attribute: OptionalAttribute, keys: FlatKeys): RmObject | RmPrimitive | undefined {
    return attribute.dataType.read(keys, readContext(undefined, this.#settings));
  }

  #value(step: FlatStep, keys: FlatKeys, indexes: readonly number[]): void {
    const [{ element }] = step.targets;
    if (element !== undefined) {
      const owner = (): DraftNode => this.#occurrence(step, element, indexes);
      if (this.#optionalAttributes(element, keys, owner)) return;
    }
    const isMerged = step.targets.length > 1;
    if (isMerged && this.#alternatives(step, keys, indexes)) return;
    const isOther = isMerged && keys.hasBelow("other");
    const target = isOther ? step.targets.find(({ node }) => node.rmType === "DV_TEXT") : step.targets[0];
    if (target !== undefined) this.#leaf(step, target.node, keys, indexes, isOther);
  }

  /**
   * An ELEMENT that takes a coded text or a text may be given like any other choice as well: `remark/text_value`,
   * `remark/coded_text_value|code`.
   */
  #alternatives(step: FlatStep, keys: FlatKeys, indexes: readonly number[]): boolean {
    let isFound = false;
    for (const { node } of step.targets) {
      const valueKeys = keys.child(node.baseId);
      if (valueKeys === undefined) continue;
      this.#leaf(step, node, valueKeys, indexes);
      isFound = true;
    }
    return isFound;
  }

  #leaf(step: FlatStep, node: TemplateNode, keys: FlatKeys, indexes: readonly number[], isOther = false): void {
    const value = flatDataType(node.rmType)?.read(keys, readContext(node, this.#settings, isOther));
    if (value !== undefined) this.#occurrence(step, node, indexes).merge(value);
  }

  /** An EVENT with a width or a mathematical function is an INTERVAL_EVENT (openehr-formats 9.2 and 20.2, 7). */
  #intervalEvent(step: FlatStep, node: TemplateNode, keys: FlatKeys, indexes: readonly number[]): void {
    const event = collapsedEvent(this.#names, node);
    if (event === undefined) return;
    const context = readContext(undefined, this.#settings);
    const found: RmObject = { _type: "INTERVAL_EVENT" };
    if (event.rmType === "EVENT") {
      const width = keys.child("width");
      const mathFunction = keys.child("math_function");
      const widthValue = width === undefined ? undefined : flatDataType("DV_DURATION")?.read(width, context);
      const functionValue =
        mathFunction === undefined ? undefined : flatDataType("DV_CODED_TEXT")?.read(mathFunction, context);
      if (widthValue !== undefined) found.width = widthValue;
      if (functionValue !== undefined) found.math_function = functionValue;
    }
    const sampleCount = keys.integer("sample_count");
    if (sampleCount !== undefined) found.sample_count = sampleCount;
    if (Object.keys(found).length > 1) this.#occurrence(step, event, indexes).merge(found);
  }

  #historyOrigin(step: FlatStep, node: TemplateNode, keys: FlatKeys, indexes: readonly number[]): void {
    const originKeys = keys.child("history_origin");
    if (originKeys === undefined) return;
    const origin = flatDataType("DV_DATE_TIME")?.read(originKeys, readContext(undefined, this.#settings));
    if (origin === undefined) return;
    for (const history of node.children) {
      if (history.rmType !== "HISTORY") continue;
      writeAttribute(this.#occurrence(step, history, indexes), "HISTORY", "origin", [origin], false);
    }
  }

  #raw(step: FlatStep, target: FlatTarget, keys: FlatKeys, indexes: readonly number[]): void {
    const object = readRawObject(keys);
    if (object === undefined) return;
    if (target.element !== undefined && object._type === "ELEMENT") {
      this.#occurrence(step, target.element, indexes).merge(object);
      return;
    }
    const choice = target.node.rmType === "ELEMENT" && isDataValue(object._type) ? target.node.children : [];
    const nodes = [...step.targets.map(({ node }) => node), ...choice.filter(({ attribute }) => attribute === "value")];
    const fitting = nodes.find(({ rmType }) => isSubclassOf(object._type, withoutGeneric(rmType)));
    if (fitting === undefined) keys.invalid("raw", `must be an object of class ${target.node.rmType}`, object._type);
    else this.#occurrence(step, fitting, indexes).merge(object);
  }
}
