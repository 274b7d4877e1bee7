/** What becomes of a context that cannot run yet because files it names are not stored. */
export const missingModelsPolicies = ["accept", "refuse"] as const;
export type MissingModelsPolicy = (typeof missingModelsPolicies)[number];
