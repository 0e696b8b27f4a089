/** Sections of a tenant's page, as the address names them. */
export const TENANT_TABS = [
  "overview",
  "database",
  "lines",
  "apps",
  "branding",
  "odoo",
  "users",
  "audit",
] as const;
export type TenantTab = (typeof TENANT_TABS)[number];
