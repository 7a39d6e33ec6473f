import { byteOrderMark } from "#shared/kit/csv.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { csvField } from "../history/csv.ts";

type Cell = string | number | null;

export const recordFamilies = ["runs", "bookings", "tenants", "declared"] as const;
export type RecordFamily = (typeof recordFamilies)[number];

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

interface Parts {
  readonly records: RecordsReader;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** ISO 8601 with offset, in the platform's zone. */
  readonly iso: (at: EpochMs) => string;
}

const tables: Readonly<Record<RecordFamily, (parts: Parts) => Table>> = {
  runs: ({ records, from, to, iso }) => ({
    columns: [
      ...["id", "line", "equipment", "project", "tenant", "kind", "batch", "recipe", "lot", "from", "to", "state"],
      ...["reason", "unit", "planned", "produced", "good", "source", "note"],
    ],
    rows: records.runs(from, to).map((run) => {
      const { unit = null, planned = null, produced = null, good = null } = run.quantities ?? {};
      return [
        ...[
          run.id,
          run.line,
          run.equipment.join("+"),
          run.project,
          run.tenant,
          run.kind,
          run.batch,
          run.recipe,
          run.lot,
        ],
        ...[iso(run.from), run.to === null ? null : iso(run.to), run.state, run.reason],
        ...[unit, planned, produced, good, run.source, run.note],
      ];
    }),
  }),
  bookings: ({ records, from, to, iso }) => ({
    columns: ["id", "line", "equipment", "from", "to", "tenant", "project", "state", "note"],
    rows: records
      .bookings(from, to)
      .map((one) => [
        ...[one.id, one.line, one.equipment, iso(one.from), iso(one.to)],
        ...[one.tenant, one.project, one.state, one.note],
      ]),
  }),
  tenants: ({ records }) => ({
    columns: ["id", "name", "relation", "creditCode", "contact", "active"],
    rows: records
      .tenants()
      .map(({ id, name, relation, creditCode, contact, active }) => [
        ...[id, name, relation, creditCode, contact],
        active ? "yes" : "no",
      ]),
  }),
  declared: ({ records }) => ({
    columns: [
      ...["id", "item", "period", "equipment", "value", "unit", "state", "declarer", "verifier"],
      ...["evidence", "sha256", "note"],
    ],
    rows: records
      .declaredItems()
      .map((one) => [
        ...[one.id, one.item, one.period, one.equipment, one.value, one.unit, one.state, one.declarer, one.verifier],
        ...[one.evidence?.fileName ?? null, one.evidence?.sha256 ?? null, one.note],
      ]),
  }),
};

/** One family of records as a file for a spreadsheet; a text that it would run as a formula is made harmless. */
export function recordCsv(family: RecordFamily, parts: Parts): string {
  const { columns, rows } = tables[family](parts);
  return byteOrderMark + [columns, ...rows].map((cells) => `${cells.map(csvField).join(",")}\r\n`).join("");
}
