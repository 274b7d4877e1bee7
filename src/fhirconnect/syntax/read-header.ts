import type { Findings } from "./findings.js";
import { metadataKeys } from "./key-tables.js";
import { choiceOf, type KeyedNode, readKeys } from "./keyed-node.js";
import { quoted } from "./nearest-name.js";
import type { MappingHeader } from "./tree.js";
import { fhirConnectVersions } from "./versions.js";

const grammarPattern = /^FHIRConnect\/v\d+\.\d+\.\d+$/;

/**
 * The header all kinds of file share (fhirconnect-language 2.2, rest-api 10 step 2). Undefined, with error findings,
 * when a required key is missing or has a value outside its set.
 */
export function readHeader(
  root: KeyedNode,
  spec: KeyedNode | undefined,
  findings: Findings,
): MappingHeader | undefined {
  const metadataNode = root.requiredNode("metadata");
  const metadata = metadataNode === undefined ? undefined : readKeys(metadataNode, metadataKeys, findings);
  const name = metadata?.requiredText("name");
  const version = metadata?.requiredText("version");
  const grammar = root.requiredText("grammar");
  if (grammar !== undefined && !grammarPattern.test(grammar.value)) {
    const message = `${quoted(grammar.value)} is not a value of \`grammar\`. Write \`FHIRConnect/v1.0.0\` or another version.`;
    findings.error("MAPPING_UNKNOWN_VALUE", message, grammar.position);
  }
  const specSystem = choiceOf(spec?.requiredText("system"), ["FHIR"], "`spec.system`", findings);
  const specVersion = choiceOf(spec?.requiredText("version"), fhirConnectVersions, "`spec.version`", findings);
  if (
    name === undefined ||
    version === undefined ||
    grammar === undefined ||
    specSystem === undefined ||
    specVersion === undefined
  ) {
    return undefined;
  }
  return { grammar, name, version, specSystem, specVersion, position: root.position };
}
