import type { Findings } from "./findings.js";
import { terminologyFhirKeys, terminologyKeys, terminologyOpenehrKeys, terminologyPairKeys } from "./key-tables.js";
import { type KeyedNode, listOf, readKeys } from "./keyed-node.js";
import { optionalMember } from "./optional-member.js";
import type { Located, TerminologyBlock, TerminologyPair } from "./tree.js";
import type { YamlNode } from "./yaml-node.js";

/** What a method or a file says about the translation of its codes (fhirconnect-language 12.1, 12.2). */
export interface Translation {
  readonly conceptmap?: Located<string>;
  readonly terminology?: TerminologyBlock;
}

/**
 * Reads `terminology` and `conceptmap`. A `terminology.conceptmap` is also given as `conceptmap`, since both mean the
 * same; the block keeps it beside `type` and `server`. Where the two differ, `conceptmap` counts.
 */
export function readTranslation(
  terminologyNode: YamlNode | undefined,
  written: Located<string> | undefined,
  findings: Findings,
): Translation {
  const terminology = terminologyNode === undefined ? undefined : readBlock(terminologyNode, findings);
  const inBlock = terminology?.conceptmap;
  if (inBlock !== undefined && written !== undefined && inBlock.value !== written.value) {
    const message = "`conceptmap` and `terminology.conceptmap` name different maps; `conceptmap` is used. Keep one.";
    findings.warning("MAPPING_KEY_WITHOUT_EFFECT", message, inBlock.position);
  } else if (inBlock !== undefined && written === undefined) {
    findings.note("MAPPING_REWRITTEN", "`terminology.conceptmap` is read as `conceptmap`.", inBlock.position);
  }
  const conceptmap = written ?? inBlock;
  return { ...(conceptmap === undefined ? {} : { conceptmap }), ...(terminology === undefined ? {} : { terminology }) };
}

function readBlock(node: YamlNode, findings: Findings): TerminologyBlock | undefined {
  const keys = readKeys(node, terminologyKeys, findings);
  if (keys === undefined) return undefined;
  const pairs = keys.node("mappings");
  return {
    position: keys.position,
    ...optionalMember("type", keys.text("type")),
    ...optionalMember("server", keys.text("server")),
    ...optionalMember("conceptmap", keys.text("conceptmap")),
    mappings:
      pairs === undefined
        ? []
        : listOf(pairs, "`terminology.mappings`", findings).flatMap((pair) => readPair(pair, findings) ?? []),
  };
}

function readPair(node: YamlNode, findings: Findings): TerminologyPair | undefined {
  const keys = readKeys(node, terminologyPairKeys, findings);
  if (keys === undefined) return undefined;
  const openehr = codeSide(keys, "openehr", terminologyOpenehrKeys, findings);
  const fhir = codeSide(keys, "fhir", terminologyFhirKeys, findings);
  return {
    ...optionalMember("openehrCode", openehr.code),
    ...optionalMember("fhirSystem", fhir.keys?.text("system")),
    ...optionalMember("fhirCode", fhir.code),
    ...optionalMember("fhirDisplay", fhir.keys?.text("display")),
    ...optionalMember("fhirOrdinal", fhir.keys?.text("ordinal")),
  };
}

/** A side is a mapping with a `code`, or the code alone. */
function codeSide(
  pair: KeyedNode,
  side: "openehr" | "fhir",
  table: typeof terminologyFhirKeys,
  findings: Findings,
): { readonly code?: Located<string>; readonly keys?: KeyedNode } {
  const node = pair.requiredNode(side);
  if (node === undefined) return {};
  if (node.kind === "scalar") return { code: { value: node.text, position: node.position } };
  const keys = readKeys(node, table, findings);
  const code = keys?.requiredText("code");
  return { ...(code === undefined ? {} : { code }), ...(keys === undefined ? {} : { keys }) };
}
