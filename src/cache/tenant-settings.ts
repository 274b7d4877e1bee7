/** What a tenant has decided for itself. Tenants are not stored yet: each has the settings of the server. */
export interface TenantSettings {
  readonly tenant: string;
}
