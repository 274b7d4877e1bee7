import { frozen } from "../rm/freeze-value.js";
import { attribute, isLocatable, isPathable, isSubclassOf, withoutGeneric } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import type { Template, TemplateNode } from "../template/template.js";
import { codedText, codePhrase, openehrCodedText } from "./coded-text.js";

const RM_VERSION = "1.0.4";

/**
 * What the template alone says about the objects on one of its nodes (openehr-formats 12.4 and 12.7): whatever values come,
 * these parts are the same in every composition. All of it is frozen, because all runs share it; a run puts the parts into
 * objects of its own, and whoever has to change such a part replaces it by a changed copy.
 */
export interface Skeleton {
  /** Class of the node, without generic parameter. */
  readonly rmClass: string;
  /** Whether occurrences are made of other occurrences and not of one value. */
  readonly isStructure: boolean;
  /** Whether occurrences stand in a list of their parent. */
  readonly isListMember: boolean;
  /** Class that the reference model declares for the attribute of the parent; empty where it does not know that. */
  readonly declaredType: string;
  /** Of a LOCATABLE. */
  readonly name: RmObject | undefined;
  /** `archetype_node_id` of a LOCATABLE. */
  readonly nodeId: string | undefined;
  /** `archetype_details` of the root of an archetype. */
  readonly details: RmObject | undefined;
  /** The attribute that nearly all occurrences have and no other; undefined for classes that need more. */
  readonly plainContent: "value" | "items" | undefined;
  /** Of a COMPOSITION. */
  readonly category: RmObject | undefined;
  /** Of an ENTRY: PARTY_SELF, or the relation to the subject that the template fixes. */
  readonly subject: RmObject | undefined;
  /** Of an ENTRY. */
  readonly encoding: RmObject | undefined;
}

/** Where a completion takes the skeletons of a template's nodes from. */
export interface SkeletonSource {
  of(node: TemplateNode): Skeleton;
  /** The default language of the template; undefined where none is kept ready. */
  readonly language?: RmObject;
}

const shared = new WeakMap<Template, SkeletonSource>();

/**
 * The skeletons of a template: each is built when the first run needs it, and shared by all runs from then on. They live as
 * long as the template.
 */
export function skeletonsOf(template: Template): SkeletonSource {
  let source = shared.get(template);
  if (source === undefined) {
    /** By the position of the node in the template. */
    const built: (Skeleton | undefined)[] = [];
    source = {
      language: languagePhrase(template.defaultLanguage),
      of: (node) => {
        let skeleton = built[node.ordinal];
        if (skeleton === undefined) {
          skeleton = buildSkeleton(node, template);
          built[node.ordinal] = skeleton;
        }
        return skeleton;
      },
    };
    shared.set(template, source);
  }
  return source;
}

/** A language as compositions say it, frozen. */
export function languagePhrase(language: string): RmObject {
  return frozen(codePhrase("ISO_639-1", language));
}

/** Builds the skeleton of a node, frozen. Only the root of the composition names the template. */
export function buildSkeleton(node: TemplateNode, template: Template): Skeleton {
  const isEntry = isSubclassOf(node.rmType, "ENTRY");
  const isNamed = isLocatable(node.rmType);
  const declared = node.parent && attribute(node.parent.rmType, node.attribute);
  return Object.freeze({
    rmClass: withoutGeneric(node.rmType),
    isStructure: isPathable(node.rmType),
    isListMember: declared?.isList === true,
    declaredType: declared?.type ?? "",
    name: isNamed ? frozen(nameOf(node)) : undefined,
    nodeId: isNamed ? node.nodeId : undefined,
    details: isNamed ? detailsOf(node, template) : undefined,
    plainContent: isNamed && node.nodeId !== undefined ? PLAIN_CONTENT.get(node.rmType) : undefined,
    category: isSubclassOf(node.rmType, "COMPOSITION")
      ? frozen(onlyCode(node, "category") ?? openehrCodedText("composition category", "433"))
      : undefined,
    subject: isEntry ? frozen(subjectOf(node)) : undefined,
    encoding: isEntry ? UTF_8 : undefined,
  });
}

const PLAIN_CONTENT: ReadonlyMap<string, "value" | "items"> = new Map([
  ["ELEMENT", "value"],
  ["CLUSTER", "items"],
  ["ITEM_TREE", "items"],
  ["ITEM_LIST", "items"],
]);

const UTF_8 = frozen(codePhrase("IANA_character-sets", "UTF-8"));

/** Adds to a LOCATABLE what its skeleton has and the object lacks. */
export function addSkeleton(object: RmObject, { name, nodeId, details }: Skeleton): void {
  if (name !== undefined) object.name ??= name;
  if (nodeId !== undefined) object.archetype_node_id ??= nodeId;
  if (details !== undefined) object.archetype_details ??= details;
}

function detailsOf(node: TemplateNode, template: Template): RmObject | undefined {
  if (node.nodeId === undefined || !node.isArchetypeRoot) return undefined;
  const templateId = node === template.root ? template.templateId : undefined;
  return frozen<RmObject>({
    _type: "ARCHETYPED",
    archetype_id: { _type: "ARCHETYPE_ID", value: node.nodeId },
    ...(templateId === undefined ? {} : { template_id: { _type: "TEMPLATE_ID", value: templateId } }),
    rm_version: RM_VERSION,
  });
}

/** The runtime name: a coded one when the template fixes it to one code. */
function nameOf(node: TemplateNode): RmObject {
  const constrained = node.children.find(
    ({ attribute, rmType, min }) => attribute === "name" && rmType === "DV_CODED_TEXT" && min > 0,
  );
  const input = constrained?.inputs.find(({ suffix }) => suffix === "code");
  const [only, ...more] = input?.list ?? [];
  if (only === undefined || more.length > 0) return { _type: "DV_TEXT", value: node.name };
  return codedText(input?.terminology ?? "local", only.value, only.label ?? node.name);
}

/** The coded text of an attribute for which the template allows exactly one code. */
function onlyCode(node: TemplateNode, name: string): RmObject | undefined {
  const input = node.children
    .find(({ attribute, min }) => attribute === name && min > 0)
    ?.inputs.find(({ suffix }) => suffix === "code");
  const [only, ...more] = input?.list ?? [];
  if (only === undefined || more.length > 0) return undefined;
  return codedText(input?.terminology ?? "openehr", only.value, only.label ?? only.value);
}

/** PARTY_SELF, or the relation to the subject that the template fixes. */
function subjectOf(entry: TemplateNode): RmObject {
  const subject = entry.children.find(({ attribute }) => attribute === "subject");
  const relationship = subject?.rmType === "PARTY_RELATED" ? onlyCode(subject, "relationship") : undefined;
  return relationship === undefined ? { _type: "PARTY_SELF" } : { _type: "PARTY_RELATED", relationship };
}
