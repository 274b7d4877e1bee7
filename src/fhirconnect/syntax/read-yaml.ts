import { Composer, type Document, Lexer, LineCounter, type ParsedNode, Parser } from "yaml";
import type { SourcePosition } from "../../errors/source-position.js";
import type { Findings } from "./findings.js";
import { NodeLimitReached, nodeFromYaml } from "./node-from-yaml.js";
import type { YamlNode } from "./yaml-node.js";

/** What a mapping file may cost. Published files have at most 20 000 characters and nest 30 deep. */
export interface MappingLimits {
  /** Characters of the text. */
  readonly size: number;
  /** Collections inside collections. */
  readonly depth: number;
  /** Lexical tokens, blanks and line ends included: the parser keeps about a kilobyte for each. */
  readonly tokens: number;
  /** Nodes after aliases have been followed. */
  readonly nodes: number;
}

export const defaultMappingLimits: MappingLimits = { size: 2_000_000, depth: 200, tokens: 250_000, nodes: 100_000 };

type ParsedDocument = Document.Parsed<ParsedNode>;
type ConcreteSyntaxToken = Parser["stack"][number];

/**
 * Reads one YAML 1.2 document (fhirconnect-language 20.3, step 1) with positions; JSON text is YAML too. Limits are
 * checked while the text is read, so that a hostile one is refused before it costs anything. Duplicate keys, several
 * documents, aliases that grow without bound and broken YAML are error findings; never throws for content.
 */
export function readYaml(
  text: string,
  file: string | undefined,
  findings: Findings,
  limits: MappingLimits = defaultMappingLimits,
): YamlNode | undefined {
  const start: SourcePosition = file === undefined ? { line: 1, column: 1 } : { file, line: 1, column: 1 };
  if (text.length > limits.size) {
    findings.error("MAPPING_TOO_LARGE", `The file is longer than ${limits.size} characters. Split it.`, start);
    return undefined;
  }
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lines = new LineCounter();
  const positionAt = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(Math.min(Math.max(offset, 0), source.length));
    return { ...(file === undefined ? {} : { file }), line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tokens = readTokens(source, lines, positionAt, findings, limits);
  const document = tokens === undefined ? undefined : compose(tokens, source, positionAt, findings);
  if (document === undefined || findings.hasErrors) return undefined;
  if (document.contents === null) {
    findings.error("MAPPING_EMPTY", "The file holds no YAML document, only blanks or comments.", start);
    return undefined;
  }
  try {
    return nodeFromYaml(document.contents, positionAt, findings, limits);
  } catch (error) {
    if (!(error instanceof NodeLimitReached)) throw error;
    findings.error(error.code, error.message, error.position);
    return undefined;
  }
}

/** The concrete syntax tree of a single document, or undefined (with a finding) when a limit stops the reading. */
function readTokens(
  source: string,
  lines: LineCounter,
  positionAt: (offset: number) => SourcePosition,
  findings: Findings,
  limits: MappingLimits,
): ConcreteSyntaxToken[] | undefined {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: ConcreteSyntaxToken[] = [];
  let documents = 0;
  let lexemes = 0;
  const refuse = (code: string, message: string, offset: number): undefined => {
    findings.error(code, message, positionAt(offset));
    return undefined;
  };
  const lexer = new Lexer();
  for (const lexeme of lexer.lex(source)) {
    if (++lexemes > limits.tokens) {
      return refuse(
        "MAPPING_TOO_LARGE",
        `The file has more than ${limits.tokens} YAML tokens. Split it.`,
        parser.offset,
      );
    }
    for (const token of parser.next(lexeme)) {
      // One broken token is enough to refuse the file; a flood of them must not be gathered.
      if (token.type === "error") return refuse("MAPPING_NOT_YAML", `${token.message}.`, token.offset);
      if (token.type === "document" && ++documents > 1) return refuse(...severalDocuments, token.offset);
      tokens.push(token);
    }
    if (parser.stack.length > limits.depth) {
      const message = `The file nests deeper than ${limits.depth} levels. Flatten it.`;
      return refuse("MAPPING_TOO_DEEP", message, parser.offset);
    }
  }
  for (const token of parser.end()) {
    if (token.type === "document" && ++documents > 1) return refuse(...severalDocuments, token.offset);
    tokens.push(token);
  }
  return tokens;
}

const severalDocuments = [
  "MAPPING_SEVERAL_DOCUMENTS",
  "A second YAML document begins here. Put every mapping into a file of its own.",
] as const;

function compose(
  tokens: readonly ConcreteSyntaxToken[],
  source: string,
  positionAt: (offset: number) => SourcePosition,
  findings: Findings,
): ParsedDocument | undefined {
  // Keys are compared by node-from-yaml.ts: the library compares each with all others.
  const composer = new Composer<ParsedNode>({ uniqueKeys: false, resolveKnownTags: false, logLevel: "silent" });
  let document: ParsedDocument | undefined;
  for (const composed of composer.compose(tokens, true, source.length)) document ??= composed;
  if (document === undefined) return undefined;
  for (const error of document.errors) {
    if (isCommentWithoutBlank(error)) {
      const message = "A blank is missing in front of the comment; some YAML readers refuse the file. Write ` #`.";
      findings.warning("MAPPING_COMMENT_WITHOUT_BLANK", message, positionAt(error.pos[0]));
    } else {
      findings.error("MAPPING_NOT_YAML", `The text is not YAML: ${error.message}.`, positionAt(error.pos[0]));
    }
  }
  for (const warning of document.warnings) {
    findings.warning("MAPPING_YAML_WARNING", `${warning.message}.`, positionAt(warning.pos[0]));
  }
  return document;
}

/** `name: "status"#comment`: read by most parsers, among them openFHIR's, and present in published mappings. */
function isCommentWithoutBlank(error: { readonly code: string; readonly message: string }): boolean {
  return error.code === "MISSING_CHAR" && error.message.startsWith("Comments must be separated");
}
