import type { XmlElement } from "../xml/xml-element.js";

/** What an archetype says about one code. */
export interface ArchetypeTerm {
  readonly code: string;
  /** Text per language; a language without text has no entry. */
  readonly texts: ReadonlyMap<string, string>;
  readonly descriptions: ReadonlyMap<string, string>;
  /** Per language the description, or the text where there is none. */
  readonly descriptionsOrTexts: ReadonlyMap<string, string>;
  /** Further items of the default language, such as `comment`. */
  readonly others: ReadonlyMap<string, string>;
}

/** Terms of one archetype as used at one place of a template. */
export interface ArchetypeTerms {
  readonly archetypeId: string;
  term(code: string): ArchetypeTerm | undefined;
}

interface Translation {
  readonly language: string;
  readonly text: string;
  readonly description: string;
}

const NO_OTHERS: ReadonlyMap<string, string> = new Map();

/**
 * The terms of all archetypes of a template (openehr-formats 2.3): the definitions inside each archetype root, in the
 * default language, and the translations that `ontology` and `component_ontologies` add, which win where both speak.
 */
export class TemplateTerms {
  readonly #defaultLanguage: string;
  /** Translations by archetype id and code. */
  readonly #translations = new Map<string, Map<string, Translation[]>>();
  /** Terms by archetype root, for roots that stand for several nodes. */
  readonly #known = new Map<XmlElement, ArchetypeTerms>();

  constructor(template: XmlElement, defaultLanguage: string) {
    this.#defaultLanguage = defaultLanguage;
    for (const ontology of template.children) {
      if (ontology.name === "ontology" || ontology.name === "component_ontologies") this.#addOntology(ontology);
    }
  }

  #addOntology(ontology: XmlElement): void {
    const archetypeId = ontology.attribute("archetype_id")?.trim();
    if (archetypeId === undefined) return;
    let byCode = this.#translations.get(archetypeId);
    if (byCode === undefined) {
      byCode = new Map();
      this.#translations.set(archetypeId, byCode);
    }
    for (const definitions of ontology.childrenNamed("term_definitions")) {
      const language = definitions.attribute("language")?.trim();
      if (language === undefined) continue;
      for (const items of definitions.childrenNamed("items")) {
        const code = items.attribute("code")?.trim();
        if (code === undefined) continue;
        const { text = "", description = "" } = readItems(items);
        const translations = byCode.get(code);
        if (translations === undefined) byCode.set(code, [{ language, text, description }]);
        else translations.push({ language, text, description });
      }
    }
  }

  /** The terms that hold inside an archetype root; those of the enclosing archetype do not. */
  ofArchetypeRoot(root: XmlElement, archetypeId: string): ArchetypeTerms {
    let terms = this.#known.get(root);
    if (terms === undefined) {
      terms = this.#read(root, archetypeId);
      this.#known.set(root, terms);
    }
    return terms;
  }

  #read(root: XmlElement, archetypeId: string): ArchetypeTerms {
    const definitions = new Map<string, XmlElement>();
    for (const definition of root.childrenNamed("term_definitions")) {
      const code = definition.attribute("code")?.trim();
      if (code !== undefined) definitions.set(code, definition);
    }
    const translations = this.#translations.get(archetypeId);
    const known = new Map<string, ArchetypeTerm | undefined>();
    return {
      archetypeId,
      term: (code) => {
        if (!known.has(code)) known.set(code, this.#build(code, definitions.get(code), translations?.get(code)));
        return known.get(code);
      },
    };
  }

  #build(
    code: string,
    definition: XmlElement | undefined,
    translations: readonly Translation[] | undefined,
  ): ArchetypeTerm | undefined {
    if (definition === undefined && translations === undefined) return undefined;
    const texts = new Map<string, string>();
    const descriptions = new Map<string, string>();
    let others = NO_OTHERS;
    if (definition !== undefined) {
      const items = readItems(definition);
      if (items.text !== undefined) texts.set(this.#defaultLanguage, items.text);
      if (items.description !== undefined) descriptions.set(this.#defaultLanguage, items.description);
      others = items.others;
    }
    for (const { language, text, description } of translations ?? []) {
      texts.set(language, text);
      descriptions.set(language, description);
      if (language === this.#defaultLanguage) others = NO_OTHERS;
    }
    return { code, texts, descriptions, descriptionsOrTexts: new Map([...texts, ...descriptions]), others };
  }
}

function readItems(element: XmlElement): {
  text: string | undefined;
  description: string | undefined;
  others: ReadonlyMap<string, string>;
} {
  let text: string | undefined;
  let description: string | undefined;
  const others = new Map<string, string>();
  for (const item of element.childrenNamed("items")) {
    const id = item.attribute("id");
    if (id === "text") text = item.text;
    else if (id === "description") description = item.text;
    else if (id !== undefined) others.set(id, item.text);
  }
  return { text, description, others };
}
