import { isLocatable } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { codedText } from "./coded-text.js";

const RM_VERSION = "1.0.4";

/**
 * Adds what the template alone says about a LOCATABLE (openehr-formats 12.4): name, archetype_node_id and, for roots of
 * archetypes, archetype_details. Attributes that are there already stay.
 * @param templateId only for the root of the composition
 */
export function addSkeleton(object: RmObject, node: TemplateNode, templateId: string | undefined): void {
  if (!isLocatable(object._type)) return;
  object.name ??= nameOf(node);
  if (node.nodeId !== undefined) object.archetype_node_id ??= node.nodeId;
  if (node.isArchetypeRoot && node.nodeId !== undefined) {
    object.archetype_details ??= {
      _type: "ARCHETYPED",
      archetype_id: { _type: "ARCHETYPE_ID", value: node.nodeId },
      ...(templateId === undefined ? {} : { template_id: { _type: "TEMPLATE_ID", value: templateId } }),
      rm_version: RM_VERSION,
    };
  }
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
