/**
 * Tenant and user of every caller as long as callers do not identify themselves (rest-api 2, "Tenant and user in open
 * source"). Rows carry the tenant from the first day, so that later tenants need no change of the data.
 */
export const defaultTenant = "default";
export const defaultUser = "default";
