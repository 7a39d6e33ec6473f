import type { Recorded } from "#shared/model/revision.ts";
import type { Tenant } from "#shared/model/tenant.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading tenants. */
export interface TenantReader {
  /** By their ids. */
  tenants(): readonly Recorded<Tenant>[];
  tenant(id: string): Recorded<Tenant> | undefined;
  /** Every revision, the first one first. */
  tenantHistory(id: string): readonly Recorded<Tenant>[];
  /** The revision that a command caused. */
  tenantCausedBy(origin: string): Recorded<Tenant> | undefined;
}

export interface TenantWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addTenants(revisions: readonly NewRevision<Tenant>[]): void;
}

export const tenants = family({
  sql: revisionSql("tenant_revision"),
  reads: (rows): TenantReader => {
    const { all, newest, history, causedBy } = revisionReads<Tenant>(rows);
    return { tenants: all, tenant: newest, tenantHistory: history, tenantCausedBy: causedBy };
  },
  writes: (durably): TenantWriter => ({ addTenants: revisionWrites<Tenant>(durably, () => null) }),
});
