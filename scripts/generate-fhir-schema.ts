// Writes src/fhir/schema/<version>.generated.ts from published definitions: `npm run generate:fhir-schema`.
//
// Two sources, because neither is enough alone. The declarations of @types/fhir hold every element of every type in
// definition order, list or single, but know only three primitives (string, number, boolean). The model tables of
// fhirpath hold the real primitive, the order of choice types, content references and the targets of References, but
// no order of elements, and nothing of R4B. Where the two disagree the script stops instead of guessing.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { FhirVersion } from "../src/fhir/schema/fhir-schema.js";
import { type Declaration, type DeclaredMember, readDeclarations } from "./read-fhir-declarations.js";

const require = createRequire(import.meta.url);

/** What fhirpath.js publishes per version, as far as it is needed here. */
interface ModelTables {
  readonly path2Type: Readonly<Record<string, string | { readonly code: string; readonly refType: readonly string[] }>>;
  readonly choiceTypePaths: Readonly<Record<string, readonly string[]>>;
  readonly type2Parent: Readonly<Record<string, string>>;
  readonly pathsDefinedElsewhere: Readonly<Record<string, string>>;
}

interface Source {
  readonly file: string;
  readonly declarations: string;
  /** Tables of the version itself first; R4B has none and borrows its neighbours'. */
  readonly tables: readonly string[];
}

const sources: Readonly<Record<FhirVersion, Source>> = {
  STU3: { file: "stu3", declarations: "r3", tables: ["stu3"] },
  R4: { file: "r4", declarations: "r4", tables: ["r4"] },
  R4B: { file: "r4b", declarations: "r4b", tables: ["r4", "r5"] },
  R5: { file: "r5", declarations: "r5", tables: ["r5"] },
};

/**
 * Primitives of R4B that neither neighbour has at the same path and whose TypeScript type does not tell; from the
 * published definitions of 4.3.0.
 */
const onlyInR4b: Readonly<Record<string, string>> = {
  "Citation.citedArtifact.classification.whoClassified.classifierCopyright": "string",
  "Citation.citedArtifact.contributorship.entry.affiliationInfo.affiliation": "string",
  "Citation.citedArtifact.contributorship.entry.affiliationInfo.role": "string",
  "Citation.citedArtifact.contributorship.entry.collectiveName": "string",
  "Citation.citedArtifact.contributorship.entry.initials": "string",
  "Citation.citedArtifact.contributorship.entry.listOrder": "positiveInt",
  "Citation.citedArtifact.publicationForm.periodicRelease.dateOfPublication.date": "date",
  "Citation.citedArtifact.publicationForm.periodicRelease.dateOfPublication.day": "string",
  "Citation.citedArtifact.publicationForm.periodicRelease.dateOfPublication.month": "string",
  "Citation.citedArtifact.publicationForm.periodicRelease.dateOfPublication.season": "string",
  "Citation.citedArtifact.publicationForm.periodicRelease.dateOfPublication.text": "string",
  "Citation.citedArtifact.publicationForm.periodicRelease.dateOfPublication.year": "string",
  "Citation.citedArtifact.publicationForm.periodicRelease.issue": "string",
  "Citation.citedArtifact.publicationForm.periodicRelease.volume": "string",
  "EvidenceVariable.characteristic.timeFromStart.description": "string",
  "MedicinalProductDefinition.name.namePart.part": "string",
  "PackagedProductDefinition.package.quantity": "integer",
  "SubscriptionStatus.eventsSinceSubscriptionStart": "string",
  "SubscriptionStatus.notificationEvent.eventNumber": "string",
};

function readTables(folder: string): ModelTables {
  const table = (name: string): never =>
    JSON.parse(readFileSync(require.resolve(`fhirpath/fhir-context/${folder}/${name}.json`), "utf8")) as never;
  return {
    path2Type: table("path2Type"),
    choiceTypePaths: table("choiceTypePaths"),
    type2Parent: table("type2Parent"),
    pathsDefinedElsewhere: table("pathsDefinedElsewhere"),
  };
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

class SchemaWriter {
  readonly #declarations: ReadonlyMap<string, Declaration>;
  readonly #tables: readonly ModelTables[];
  readonly #primitives: ReadonlyMap<string, string>;
  /** Interface of a backbone element -> its FHIR name: `ObservationComponent` -> `Observation.component`. */
  readonly #backbones = new Map<string, string>();
  readonly unknownPrimitives: string[] = [];

  constructor(source: Source) {
    const path = require.resolve(`@types/fhir/package.json`).replace("package.json", `${source.declarations}.d.ts`);
    this.#declarations = readDeclarations(readFileSync(path, "utf8"));
    this.#tables = source.tables.map(readTables);
    const parents = Object.entries(this.#tables[0]?.type2Parent ?? {});
    this.#primitives = new Map(parents.filter(([name]) => /^[a-z]/.test(name)));
    const declarations = [...this.#declarations.values()];
    const nested = new Set(declarations.flatMap((each) => this.#ownBackbones(each).map((member) => member.type)));
    for (const each of declarations) if (!nested.has(each.name)) this.#nameBackbones(each.name, each);
  }

  write(): string {
    const lines: string[] = [];
    for (const [name, parent] of this.#primitives) lines.push(`${name} primitive ${parent}`);
    for (const declaration of this.#declarations.values()) {
      if (this.#backbones.has(declaration.name)) continue;
      lines.push(this.#typeLine(declaration.name, this.#isResource(declaration) ? "resource" : "complex", declaration));
    }
    for (const [interfaceName, path] of this.#backbones) {
      lines.push(this.#typeLine(path, "backbone", this.#declaration(interfaceName)));
    }
    return lines.sort().join("\n");
  }

  /** A backbone element's interface is named by joining the element names of its path, and is no published type. */
  #ownBackbones(declaration: Declaration): readonly DeclaredMember[] {
    return declaration.members.filter(
      (member) =>
        member.type === declaration.name + capitalised(member.name) &&
        this.#declarations.has(member.type) &&
        !this.#tables.some((tables) => member.type in tables.type2Parent),
    );
  }

  #nameBackbones(path: string, declaration: Declaration): void {
    for (const member of this.#ownBackbones(declaration)) {
      this.#backbones.set(member.type, `${path}.${member.name}`);
      this.#nameBackbones(`${path}.${member.name}`, this.#declaration(member.type));
    }
  }

  #declaration(name: string): Declaration {
    const found = this.#declarations.get(name);
    if (found === undefined) throw new Error(`the declarations have no interface ${name}`);
    return found;
  }

  #isResource(declaration: Declaration): boolean {
    if (declaration.name === "Resource") return true;
    return declaration.base !== undefined && this.#isResource(this.#declaration(declaration.base));
  }

  #typeLine(name: string, kind: string, declaration: Declaration): string {
    // Some backbone elements are plain Elements (`Timing.repeat`): only the tables tell them apart.
    const base = kind === "backbone" ? (this.#tableType(name) ?? "BackboneElement") : declaration.base;
    return [name, kind, base ?? "-", ...this.#elements(name, declaration)].join(" ");
  }

  #elements(path: string, declaration: Declaration): string[] {
    const written: string[] = [];
    const { members } = declaration;
    for (let at = 0; at < members.length; ) {
      const member = members[at] as DeclaredMember;
      const choice = this.#choiceStartingAt(path, members, at);
      if (choice !== undefined) {
        written.push(`${choice.name}?:${choice.types.join("|")}`);
        at += choice.types.length;
        continue;
      }
      const elementPath = `${path}.${member.name}`;
      written.push(`${member.name}${member.list ? "*" : ""}:${this.#elementType(elementPath, member)}`);
      at += 1;
    }
    return written;
  }

  #choiceStartingAt(path: string, members: readonly DeclaredMember[], start: number) {
    const first = members[start] as DeclaredMember;
    if (first.list) return undefined;
    for (let length = first.name.length - 1; length > 0; length -= 1) {
      const name = first.name.slice(0, length);
      if (this.#choiceType(first, name) === undefined) continue;
      const declared = this.#tables.map((tables) => tables.choiceTypePaths[`${path}.${name}`]).find((types) => types);
      const types: string[] = [];
      for (const member of members.slice(start)) {
        const type = this.#choiceType(member, name);
        if (type === undefined) break;
        types.push(type === "Reference" ? `Reference${this.#targets(`${path}.${member.name}`, member)}` : type);
      }
      if (declared === undefined && (types.length < 2 || this.#tableType(`${path}.${first.name}`) !== undefined))
        continue;
      if (declared !== undefined && this.#tables.length === 1) this.#compareChoice(path, name, declared, types);
      return { name, types };
    }
    return undefined;
  }

  #compareChoice(path: string, name: string, declared: readonly string[], types: readonly string[]): void {
    const found = types.map((type) => capitalised(type.replace(/\(.*/, ""))).join(" ");
    if (found !== declared.join(" ")) {
      throw new Error(`${path}.${name}[x]: the tables say ${declared.join(" ")}, the declarations ${found}`);
    }
  }

  /** The type that `member` stands for as an alternative of `name[x]`; undefined when it is none. */
  #choiceType(member: DeclaredMember, name: string): string | undefined {
    if (!member.name.startsWith(name)) return undefined;
    const suffix = member.name.slice(name.length);
    if (suffix === member.type) return suffix;
    const primitive = suffix.charAt(0).toLowerCase() + suffix.slice(1);
    const declaredAsPrimitive = ["string", "number", "boolean"].includes(member.type) || member.literals;
    return suffix === capitalised(primitive) && declaredAsPrimitive && this.#primitives.has(primitive)
      ? primitive
      : undefined;
  }

  #tableType(path: string): string | undefined {
    for (const tables of this.#tables) {
      const entry = tables.path2Type[path];
      if (entry !== undefined) return typeof entry === "string" ? entry : entry.code;
    }
    return undefined;
  }

  /** Left out where any resource is allowed, and where the tables kept only the last of several (STU3). */
  #targets(path: string, member: DeclaredMember): string {
    if (member.severalTargets) return "";
    for (const tables of this.#tables) {
      const entry = tables.path2Type[path];
      if (typeof entry === "object" && entry.code === "Reference") {
        if (entry.refType.length === 0 || entry.refType.includes("Resource")) return "";
        const known = [...new Set(entry.refType)].filter((type) => this.#declarations.has(type));
        return known.length === 0 ? "" : `(${known.join(",")})`;
      }
    }
    return "";
  }

  #elementType(path: string, member: DeclaredMember): string {
    if (member.type === "FhirResource" || member.type === "T") return "Resource";
    const backbone = this.#backbones.get(member.type);
    if (backbone !== undefined) return this.#checkedContent(path, backbone);
    if (member.type === "Reference") return `Reference${this.#targets(path, member)}`;
    if (this.#declarations.has(member.type)) return member.type;
    return this.#primitive(path, member);
  }

  #checkedContent(path: string, backbone: string): string {
    const elsewhere = this.#tables.map((tables) => tables.pathsDefinedElsewhere[path]).find((found) => found);
    if (this.#tables.length === 1 && path !== backbone && elsewhere !== backbone) {
      throw new Error(`${path}: the tables say ${elsewhere}, the declarations ${backbone}`);
    }
    return backbone;
  }

  /** The FHIR primitive behind a TypeScript one. The types of ids and extension urls are System types in the tables. */
  #primitive(path: string, member: DeclaredMember): string {
    const inTables = this.#tableType(path);
    if (inTables === "System.String") {
      if (path === "Resource.id") return "id";
      return path === "Extension.url" ? "uri" : "string";
    }
    if (inTables !== undefined && this.#fits(inTables, member)) return inTables;
    if (this.#tables.length === 1) throw new Error(`${path}: no primitive for ${member.type} (tables: ${inTables})`);
    if (member.literals) return "code";
    if (member.type === "boolean") return "boolean";
    const known = onlyInR4b[path];
    if (known === undefined) this.unknownPrimitives.push(`${path}: ${member.type}`);
    return known ?? member.type;
  }

  #fits(primitive: string, member: DeclaredMember): boolean {
    if (!this.#primitives.has(primitive)) return false;
    const numbers = ["decimal", "integer", "positiveInt", "unsignedInt"];
    if (member.type === "number") return numbers.includes(primitive);
    if (member.type === "boolean") return primitive === "boolean";
    return primitive !== "boolean" && !numbers.includes(primitive);
  }
}

/** Text of `src/fhir/schema/<version>.generated.ts`; the same bytes for the same installed packages. */
export function generateFhirSchema(version: FhirVersion): string {
  const writer = new SchemaWriter(sources[version]);
  const types = writer.write();
  if (writer.unknownPrimitives.length > 0) {
    throw new Error(`no primitive known for\n${writer.unknownPrimitives.join("\n")}`);
  }
  return `// Generated by scripts/generate-fhir-schema.ts (\`npm run generate:fhir-schema\`). Do not edit.

/**
 * The types of FHIR ${version}, one a line: name, kind, base, own elements. An element is \`name\`, \`*\` for a list, \`?\` for a
 * choice, \`:\`, types; behind a Reference its allowed targets in brackets.
 */
export const definitions: string = \`${types}
\`;
`;
}

/** Where the generated file of a version lives. */
export function generatedFile(version: FhirVersion): string {
  return fileURLToPath(new URL(`../src/fhir/schema/${sources[version].file}.generated.ts`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const version of Object.keys(sources) as FhirVersion[]) {
    writeFileSync(generatedFile(version), generateFhirSchema(version));
    console.log(`wrote ${generatedFile(version)}`);
  }
}
