import { Problem } from "../../errors/problem.js";
import { formatAqlPath, parseAqlPath } from "../rm/aql-path.js";
import type { XmlElement } from "../xml/xml-element.js";

/**
 * Texts that a template attaches to paths: default values (openehr-formats 2.6) and annotations (2.5). Paths are
 * compared in their full form, whichever form the template uses.
 */
export class PathTable<Entry> {
  readonly #entries = new Map<string, Entry>();

  /** Adds an entry; a path that is none is left out, since nothing can ever ask for it. */
  add(path: string, key: string, entry: Entry): void {
    const formatted = pathKey(path);
    if (formatted !== undefined) this.#entries.set(`${formatted}|${key}`, entry);
  }

  /** @param path in full form */
  get(path: string, key: string): Entry | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(`${path}|${key}`);
  }
}

/** The default values of a template, by path of the data value and name of its attribute. */
export function readDefaultValues(template: XmlElement): PathTable<string> {
  const table = new PathTable<string>();
  for (const constraints of template.childrenNamed("constraints")) {
    for (const attributes of constraints.childrenNamed("attributes")) {
      const path = belowRoot(attributes.textAt("differential_path"));
      const attribute = attributes.textAt("rm_attribute_name");
      if (path === undefined || attribute === undefined) continue;
      for (const children of attributes.childrenNamed("children")) {
        for (const value of children.childrenNamed("default_value")) {
          for (const part of value.children) addPart(table, `${path}/${attribute}`, part);
        }
      }
    }
  }
  return table;
}

function addPart(table: PathTable<string>, path: string, part: XmlElement): void {
  if (part.children.length === 0) {
    table.add(path, part.name, part.text);
    return;
  }
  const code = part.name === "symbol" ? part.textAt("defining_code", "code_string") : part.textAt("code_string");
  table.add(path, "defining_code", code ?? "");
}

/** The annotations of a template by path; when a path occurs twice the later one holds. */
export function readAnnotations(template: XmlElement): PathTable<ReadonlyMap<string, string>> {
  const table = new PathTable<ReadonlyMap<string, string>>();
  for (const annotations of template.childrenNamed("annotations")) {
    const path = belowRoot(annotations.attribute("path"));
    if (path === undefined) continue;
    const items = new Map<string, string>();
    for (const item of annotations.childrenNamed("items")) {
      const id = item.attribute("id");
      if (id !== undefined) items.set(id, item.text);
    }
    table.add(path, "", items);
  }
  return table;
}

/** What follows the predicate of the root; undefined when the path is missing, empty for the root itself. */
function belowRoot(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const slash = path.indexOf("/");
  return slash < 0 ? "" : path.slice(slash).trim();
}

function pathKey(path: string): string | undefined {
  try {
    return formatAqlPath(parseAqlPath(path));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
