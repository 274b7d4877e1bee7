import { rmObject } from "../datatypes/rm-values.js";
import { exactJson } from "../written-digits.js";
import type { ProgrammedMapping, ProgrammedMappingKind } from "./programmed-mapping.js";

/** The system that existing mappings leave unnamed; FEEDER_AUDIT_DETAILS cannot be without. */
const systemOfExistingMappings = "openFHIR";

/**
 * `feederAudit([system])`: keeps the FHIR element itself, as JSON, in `feeder_audit/original_content` of the archetype root
 * at or around the method's openEHR end. Nothing comes back from it: an audit says where content came from and is not
 * the content, which later corrections may have changed.
 */
export const feederAudit: ProgrammedMappingKind = {
  code: "feederAudit",
  arguments: { required: [], optional: ["system"] },
  create: ([system = systemOfExistingMappings]): ProgrammedMapping => ({
    code: "feederAudit",
    toOpenEhr: ({ value }, place) =>
      place.writeAttribute(
        "feeder_audit",
        rmObject("FEEDER_AUDIT", {
          originating_system_audit: rmObject("FEEDER_AUDIT_DETAILS", { system_id: system }),
          original_content: rmObject("DV_PARSABLE", {
            value: exactJson(value),
            formalism: "application/fhir+json",
          }),
        }),
      ),
    toFhir: () => undefined,
  }),
};
