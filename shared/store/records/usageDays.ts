import type { EpochMs } from "#shared/model/time.ts";
import type { UsageDay } from "#shared/model/usage.ts";
import { family, type Row } from "./family.ts";

/** A day as it was worked out, and what of the records it rests on. */
export interface KeptUsageDay extends UsageDay {
  readonly computedAt: EpochMs;
  /** Digest of the runs and bookings that went in. */
  readonly inputs: string;
}

/** Reading the use of equipment. */
export interface UsageReader {
  /** Days `from` to `to`, both `YYYY-MM-DD` and included, by day and line. */
  usageDays(from: string, to: string): readonly KeptUsageDay[];
  /** Digests by `<day>/<line>`. */
  usageInputs(from: string, to: string): ReadonlyMap<string, string>;
}

export interface UsageWriter {
  /** Derived from samples and records, so a day worked out anew takes the place of the one before. */
  saveUsageDay(day: KeptUsageDay): void;
}

const dayOf = (row: Row): KeptUsageDay => ({
  ...(JSON.parse(String(row.usage)) as UsageDay),
  computedAt: Number(row.computed_at) as EpochMs,
  inputs: String(row.inputs),
});

export const usageDays = family({
  sql: {
    usageDays: "SELECT * FROM usage_day WHERE day >= ? AND day <= ? ORDER BY day, line",
    usageInputs: "SELECT day, line, inputs FROM usage_day WHERE day >= ? AND day <= ?",
    saveUsageDay: `INSERT INTO usage_day (day, line, computed_at, inputs, usage) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (day, line) DO UPDATE
      SET computed_at = excluded.computed_at, inputs = excluded.inputs, usage = excluded.usage`,
  },
  reads: (rows): UsageReader => ({
    usageDays: (from, to) => rows((sql) => sql.usageDays.all(from, to)).map(dayOf),
    usageInputs: (from, to) =>
      new Map(
        rows((sql) => sql.usageInputs.all(from, to)).map((row) => [`${row.day}/${row.line}`, String(row.inputs)]),
      ),
  }),
  writes: (durably): UsageWriter => ({
    saveUsageDay: ({ computedAt, inputs, ...usage }) =>
      durably((sql) => {
        sql.saveUsageDay.run(usage.day, usage.line, computedAt, inputs, JSON.stringify(usage));
      }),
  }),
});
