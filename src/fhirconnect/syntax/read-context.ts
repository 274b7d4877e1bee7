import type { Findings } from "./findings.js";
import { contextKeys, contextSpecKeys, profileKeys, templateKeys } from "./key-tables.js";
import { type KeyedNode, readKeys, textsOf } from "./keyed-node.js";
import { optionalMember } from "./optional-member.js";
import { readHeader } from "./read-header.js";
import type { ContextMapping } from "./tree.js";

/** A context file (fhirconnect-language 2.4): `profile`, `template.id`, `archetypes` and `start` are required. */
export function readContext(root: KeyedNode, findings: Findings): ContextMapping | undefined {
  const specNode = root.requiredNode("spec");
  const spec = specNode === undefined ? undefined : readKeys(specNode, contextSpecKeys, findings);
  const header = readHeader(root, spec, findings);
  const bodyNode = root.requiredNode("context");
  const body = bodyNode === undefined ? undefined : readKeys(bodyNode, contextKeys, findings);
  if (body === undefined) return undefined;
  const profileNode = body.requiredNode("profile");
  const profile = profileNode === undefined ? undefined : readKeys(profileNode, profileKeys, findings);
  const templateNode = body.requiredNode("template");
  const template = templateNode === undefined ? undefined : readKeys(templateNode, templateKeys, findings);
  const templateId = template?.requiredText("id");
  const archetypes = body.requiredNode("archetypes");
  const extensions = body.node("extensions");
  const start = body.requiredText("start");
  const context = {
    ...optionalMember("profileUrl", profile?.text("url")),
    ...optionalMember("profileVersion", profile?.text("version")),
    ...optionalMember("templateVersion", template?.text("sem_ver")),
    archetypes: archetypes === undefined ? [] : textsOf(archetypes, "`archetypes`", findings),
    extensions: extensions === undefined ? [] : textsOf(extensions, "`extensions`", findings),
  };
  if (header === undefined || templateId === undefined || start === undefined) return undefined;
  return { ...header, type: "context", ...context, templateId, start };
}
