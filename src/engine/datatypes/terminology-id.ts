/** A FHIR code system with its version, as openEHR keeps it in one TERMINOLOGY_ID (fhirconnect-language 12.3). */
export interface CodeSystem {
  readonly system?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * Splits `http://snomed.info/sct (20230731)` or `id(version)` into system and version. What stands in the last parentheses
 * is a version, whatever wrote it, and what stands behind them is dropped (engine-behaviour 8.2).
 */
export function readTerminologyId(terminologyId: string | undefined): CodeSystem {
  if (terminologyId === undefined || terminologyId === "") return {};
  if (terminologyId.indexOf("(") < 0) return { system: terminologyId };
  const open = terminologyId.lastIndexOf("(");
  const close = terminologyId.indexOf(")", open);
  if (close < 0) return { system: terminologyId };
  const system = terminologyId.slice(0, open).trim();
  const version = terminologyId.slice(open + 1, close);
  if (version === "") return system === "" ? {} : { system };
  return system === "" ? { version } : { system, version };
}

/**
 * Joins system and version in the form today's stores hold: `system (version)`. A SNOMED CT edition URI is shortened to
 * its date. Undefined when there is no system, since a version alone identifies nothing.
 */
export function writeTerminologyId({ system, version }: CodeSystem): string | undefined {
  if (system === undefined || system === "") return undefined;
  if (version === undefined || version === "") return system;
  const edition = version.includes("http://snomed.info/sct") ? version.indexOf("/version/") : -1;
  return `${system} (${edition < 0 ? version : version.slice(edition + "/version/".length)})`;
}
