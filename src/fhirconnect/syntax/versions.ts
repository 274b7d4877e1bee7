/** FHIR releases a mapping file may name in `spec.version` (fhirconnect-language 2.2). */
export const fhirConnectVersions = ["STU3", "R4", "R4B", "R5"] as const;
export type FhirConnectVersion = (typeof fhirConnectVersions)[number];
