import { completeComposition } from "../openehr/building/complete-composition.js";
import { CompositionDraft } from "../openehr/building/composition-draft.js";
import type { CompositionSettings } from "../openehr/building/composition-settings.js";
import type { RmObject, RmValue } from "../openehr/rm/rm-object.js";
import type { Template, TemplateNode } from "../openehr/template/template.js";
import { descendants } from "../openehr/template/template-paths.js";

/**
 * Puts content items that arrive without a composition into one (engine-behaviour 6.10): into `content`, or into the
 * SECTIONs in which the template has their archetype. Everything else of the composition is default.
 */
export function composeContentItems(
  items: readonly RmObject[],
  template: Template,
  settings: CompositionSettings,
): RmObject {
  const composition = completeComposition(new CompositionDraft(template), settings);
  const content: RmValue[] = [];
  const sections = new Map<TemplateNode, RmValue[]>();
  for (const item of items) {
    let list = content;
    for (const section of sectionsAround(template, item)) {
      const inside = sections.get(section);
      if (inside === undefined) {
        const created: RmValue[] = [];
        sections.set(section, created);
        list.push(sectionOf(section, created));
        list = created;
      } else {
        list = inside;
      }
    }
    list.push(item);
  }
  return { ...composition, content };
}

/** The SECTIONs that stand around the first node with the item's archetype, outermost first. */
function sectionsAround(template: Template, item: RmObject): readonly TemplateNode[] {
  for (const node of descendants(template.root)) {
    if (node.nodeId !== item.archetype_node_id) continue;
    const sections: TemplateNode[] = [];
    for (let above = node.parent; above !== undefined; above = above.parent) {
      if (above.rmType === "SECTION") sections.unshift(above);
    }
    return sections;
  }
  return [];
}

function sectionOf(node: TemplateNode, items: RmValue[]): RmObject {
  return {
    _type: "SECTION",
    name: { _type: "DV_TEXT", value: node.name },
    archetype_node_id: node.nodeId ?? "",
    items,
  };
}
