import type { ModelMapping } from "../syntax/tree.js";
import { type DialectMark, dialectMarks } from "./dialect-marks.js";
import type { SemanticsChoice, SemanticsOverride } from "./semantics-setting.js";

/**
 * Chooses what the files of one context mean where dialects differ about the same words (fhirconnect-language 20.3). Per
 * context and not per file, because a run mixes models. The upload decides, else the configuration, else the files: any
 * construct of openFHIR makes the context openFHIR's, any other construct that openFHIR does not know makes it v1.0.0, and
 * what cannot be told apart is openFHIR's, on which today's files were tried. Never throws.
 * @param models the models of the context, extensions applied
 */
export function chooseSemantics(models: readonly ModelMapping[], override: SemanticsOverride = {}): SemanticsChoice {
  const { uploaded, configured = "auto" } = override;
  if (uploaded !== undefined && uploaded !== "auto") {
    return { name: uploaded, chosenBy: "upload", reason: `The context was uploaded with semantics=${uploaded}.` };
  }
  if (uploaded === undefined && configured !== "auto") {
    const reason = `The server is configured with CAUSEWAY_SEMANTICS=${configured}.`;
    return { name: configured, chosenBy: "configuration", reason };
  }
  let ofV1: DialectMark | undefined;
  for (const mark of dialectMarks(models)) {
    if (mark.dialect === "openfhir") return chosenByFiles(mark);
    ofV1 ??= mark;
  }
  if (ofV1 !== undefined) return chosenByFiles(ofV1);
  const reason = "Nothing in the files tells the dialects apart; they are read as openFHIR reads them.";
  return { name: "openfhir", chosenBy: "default", reason };
}

function chosenByFiles({ dialect, construct, ...evidence }: DialectMark): SemanticsChoice {
  const language = dialect === "openfhir" ? "openFHIR's dialect" : "FHIR Connect v1.0.0";
  return { name: dialect, chosenBy: "files", reason: `${construct} is only in ${language}.`, evidence };
}
