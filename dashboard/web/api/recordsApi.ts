import type { Booking } from "#shared/model/booking.ts";
import type { Declared, Evidence } from "#shared/model/declared.ts";
import type { PriceList } from "#shared/model/priceList.ts";
import type { ImportResult, RecordKind } from "#shared/model/recordKind.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { UsageStatement } from "#shared/model/statement.ts";
import type { Project, Tenant } from "#shared/model/tenant.ts";
import type { Api } from "./api.ts";

export interface Registers {
  readonly tenants: readonly Recorded<Tenant>[];
  readonly projects: readonly Recorded<Project>[];
  readonly priceLists: readonly Recorded<PriceList>[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A declared figure beside what the records themselves say. */
export interface CrossCheck {
  readonly id: string;
  readonly declared: number;
  readonly recorded: number;
  /** Difference over the recorded figure; null where that is 0. */
  readonly deviation: number | null;
  readonly deviates: boolean;
}

/** Records as the pages use them; changes go by `Api.command`. */
export const recordsApi = ({ get, send }: Pick<Api, "get" | "send">) => ({
  runs: async ({ from, to }: Range, signal: AbortSignal) =>
    (await get<{ runs: readonly Recorded<Run>[] }>(`/api/runs?from=${from}&to=${to}`, signal)).runs,
  runHistory: async (id: string) =>
    (await get<{ revisions: readonly Recorded<Run>[] }>(`/api/runs/${id}/history`)).revisions,
  bookings: async ({ from, to }: Range, signal: AbortSignal) =>
    (await get<{ bookings: readonly Recorded<Booking>[] }>(`/api/bookings?from=${from}&to=${to}`, signal)).bookings,
  registers: (signal?: AbortSignal) => get<Registers>("/api/tenants", signal),
  usage: (period: string, tenant: string | null, signal: AbortSignal) =>
    get<UsageStatement>(`/api/usage?${usageQuery(period, tenant)}`, signal),
  declared: (signal: AbortSignal) =>
    get<{ items: readonly Recorded<Declared>[]; checks: readonly CrossCheck[] }>("/api/declared", signal),
  /** Tries or takes a table of records. */
  importTable: (kind: RecordKind, file: File, dryRun: boolean) =>
    send<ImportResult>(`/api/tables/${kind}.csv?dryRun=${dryRun}`, file, "text/csv"),
  keepEvidence: (file: File) =>
    send<Evidence>(`/api/evidence?name=${encodeURIComponent(file.name)}`, file, "application/octet-stream"),
});
export type RecordsApi = ReturnType<typeof recordsApi>;

export const usageQuery = (period: string, tenant: string | null): URLSearchParams =>
  new URLSearchParams({ period, ...(tenant === null ? {} : { tenant }) });
