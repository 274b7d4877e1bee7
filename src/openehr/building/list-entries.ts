import type { TemplateInput, TemplateListEntry } from "../template/template.js";

interface ListIndex {
  readonly byCode: ReadonlyMap<string, TemplateListEntry>;
  readonly byLabel: ReadonlyMap<string, TemplateListEntry>;
}

const indexes = new WeakMap<TemplateInput, ListIndex>();

/** Code lists may have thousands of entries: each is indexed at first use. The first of several equal entries counts. */
function indexOf(input: TemplateInput): ListIndex {
  let index = indexes.get(input);
  if (index === undefined) {
    const byCode = new Map<string, TemplateListEntry>();
    const byLabel = new Map<string, TemplateListEntry>();
    for (const entry of input.list ?? []) {
      if (!byCode.has(entry.value)) byCode.set(entry.value, entry);
      if (entry.label !== undefined && !byLabel.has(entry.label)) byLabel.set(entry.label, entry);
    }
    index = { byCode, byLabel };
    indexes.set(input, index);
  }
  return index;
}

/** The entry of a template list with that code. */
export function listEntryByCode(input: TemplateInput, code: string): TemplateListEntry | undefined {
  return indexOf(input).byCode.get(code);
}

/** The entry of a template list with that label in the default language. */
export function listEntryByLabel(input: TemplateInput, label: string): TemplateListEntry | undefined {
  return indexOf(input).byLabel.get(label);
}
