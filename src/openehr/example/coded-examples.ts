import { codedText, codePhrase } from "../building/coded-text.js";
import { codesOfCodeSet, terminologyOfCodeSet } from "../rm/openehr-code-sets.js";
import { codesOfGroup, groupOfAttribute } from "../rm/openehr-terminology.js";
import { rmClass } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { CODED_ATTRIBUTES, type CodeSource } from "../validation/coded-attributes.js";
import { codeSystemUrl } from "../validation/coded-text-constraint.js";
import type { ExampleChoices } from "./example-choices.js";

const EXAMPLE_CODE = "example";
const EXAMPLE_TEXT = "Example";
/** Codes that say little, where a whole code set is open. */
const USUAL_CODES = ["en", "GB", "UTF-8", "text/plain", "N", "SHA-256", "gzip"];

/** A DV_CODED_TEXT that the inputs of a node allow: of its list, else of the openEHR group of its attribute, else made up. */
export function codedTextExample(
  node: TemplateNode | undefined,
  owner: string,
  attribute: string,
  choices: ExampleChoices,
  turn = 0,
): RmObject {
  const inputs = node?.inputs ?? [];
  const input = inputs.find(({ type }) => type === "CODED_TEXT") ?? inputs.find(({ suffix }) => suffix === "code");
  const entry = choices.alternative(input?.list ?? [], turn);
  if (entry !== undefined) return codedText(terminologyOf(input), entry.value, entry.label ?? entry.value);
  const unlisted = choices.alternative(input?.unlistedCodes?.codes ?? [], turn);
  if (unlisted !== undefined) return codedText(terminologyOf(input), unlisted, unlisted);
  const source = codeSourceOf(owner, attribute);
  const group = source !== undefined && "group" in source ? source.group : groupOfAttribute(attribute);
  if (group !== undefined) {
    const found = choices.alternative([...codesOfGroup(group)], turn);
    if (found !== undefined) return codedText("openehr", found[0], found[1]);
  }
  return codedText(terminologyOf(input), EXAMPLE_CODE, EXAMPLE_TEXT);
}

function terminologyOf(input: TemplateInput | undefined): string {
  const terminology = input?.terminology;
  const system = inputSystem(terminology);
  return system ?? "local";
}

function inputSystem(terminology: string | undefined): string | undefined {
  if (terminology === undefined || !terminology.startsWith("//")) return terminology;
  return codeSystemUrl(terminology) ?? terminology;
}

/** A CODE_PHRASE for an attribute: of the template's list, else of the code set or group of the attribute. */
export function codePhraseExample(
  node: TemplateNode | undefined,
  owner: string,
  attribute: string,
  choices: ExampleChoices,
): RmObject {
  const input = node?.inputs.find(({ suffix }) => suffix === "code");
  const entry = choices.alternative(input?.list ?? [], 0);
  if (entry !== undefined) return codePhrase(terminologyOf(input), entry.value);
  const unlisted = choices.alternative(input?.unlistedCodes?.codes ?? [], 0);
  if (unlisted !== undefined) return codePhrase(terminologyOf(input), unlisted);
  const source = codeSourceOf(owner, attribute);
  return source === undefined ? codePhrase(terminologyOf(input), EXAMPLE_CODE) : codeFrom(source, choices);
}

/** A CODE_PHRASE of a group or code set. */
export function codeFrom(source: CodeSource, choices: ExampleChoices): RmObject {
  if ("group" in source) {
    const code = choices.alternative([...codesOfGroup(source.group).keys()], 0);
    return codePhrase("openehr", code ?? EXAMPLE_CODE);
  }
  const codes = codesOfCodeSet(source.codeSet);
  const usual = USUAL_CODES.find((each) => codes.has(each));
  const code = choices.extent === "random" ? choices.random.pick([...codes]) : (usual ?? [...codes][0]);
  return codePhrase(terminologyOfCodeSet(source.codeSet), code ?? EXAMPLE_CODE);
}

/** Where the codes of an attribute come from; undefined where the reference model leaves it open. */
function codeSourceOf(owner: string, attribute: string): CodeSource | undefined {
  const described = rmClass(owner);
  if (described === undefined) return undefined;
  for (const name of [described.name, ...described.ancestors]) {
    const coded = CODED_ATTRIBUTES.get(name)?.find((each) => each.attribute === attribute);
    if (coded !== undefined) return coded.codes;
  }
  return undefined;
}
