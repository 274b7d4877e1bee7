import { type CompletionListeners, completeInForm } from "../building/complete-composition.js";
import type { CompletionForm } from "../building/completion-form.js";
import type { CompositionDraft } from "../building/composition-draft.js";
import type { CompositionSettings } from "../building/composition-settings.js";
import { type Skeleton, type SkeletonSource, skeletonsOf } from "../building/skeleton.js";
import { frozen } from "../rm/freeze-value.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
import { isWrittenWithoutType, writtenValue } from "./canonical-json-writer.js";
import type { JsonObject } from "./json.js";

/**
 * What `writeCanonicalJson` writes of the composition that `completeComposition` makes of a draft, made in one go: what
 * templates determine is written once for all compositions, and structures come into being with their members in order.
 * The result shares frozen parts with others of the template, and values with the draft; neither is to be changed.
 */
export function completeCanonicalJson(
  draft: CompositionDraft,
  settings: CompositionSettings,
  listeners: CompletionListeners = {},
): JsonObject {
  return completeInForm(draft, settings, formOf(draft.template), listeners) as JsonObject;
}

const forms = new WeakMap<Template, CompletionForm>();

function formOf(template: Template): CompletionForm {
  let form = forms.get(template);
  if (form === undefined) {
    form = {
      skeletons: writtenSkeletons(skeletonsOf(template)),
      // A structure stands where nothing else can, or it says its class.
      saysClass: (structure) => !isWrittenWithoutType(structure),
      keepsUnknown: false,
      value: (value, declaredType) => writtenValue(value, declaredType) as RmValue | undefined,
    };
    forms.set(template, form);
  }
  return form;
}

function writtenSkeletons(skeletons: SkeletonSource): SkeletonSource {
  /** By the position of the node in the template. */
  const known: (Skeleton | undefined)[] = [];
  return {
    ...skeletons,
    of: (node) => {
      let skeleton = known[node.ordinal];
      if (skeleton === undefined) {
        skeleton = writtenSkeleton(skeletons.of(node));
        known[node.ordinal] = skeleton;
      }
      return skeleton;
    },
  };
}

function writtenSkeleton(skeleton: Skeleton): Skeleton {
  return Object.freeze({
    ...skeleton,
    name: written(skeleton.name, "DV_TEXT"),
    details: written(skeleton.details, "ARCHETYPED"),
    category: written(skeleton.category, "DV_CODED_TEXT"),
    subject: written(skeleton.subject, "PARTY_PROXY"),
    encoding: written(skeleton.encoding, "CODE_PHRASE"),
  });
}

function written(object: RmObject | undefined, declaredType: string): RmObject | undefined {
  return object && frozen(writtenValue(object, declaredType) as RmObject);
}
