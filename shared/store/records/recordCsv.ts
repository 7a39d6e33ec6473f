import { byteOrderMark, csvField } from "#shared/kit/csv.ts";
import { createLocalIso } from "#shared/model/localIso.ts";
import type { RecordKind } from "#shared/model/recordKind.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsReader } from "./port.ts";

type Cell = string | number | null;

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

const tables: Readonly<Record<RecordKind, (parts: Parts) => Table>> = {
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
  projects: ({ records }) => ({
    columns: ["id", "name", "tenant", "active"],
    rows: records.projects().map(({ id, name, tenant, active }) => [id, name, tenant, active ? "yes" : "no"]),
  }),
  prices: ({ records }) => ({
    columns: ["id", "validFrom", "item", "of", "cny", "source"],
    rows: records.priceLists().flatMap(({ id, validFrom, perHour, energy, waterPerM3, source }) => {
      const row = (item: string, of: string | null, cny: number): Cell[] => [id, validFrom, item, of, cny, source];
      return [
        ...Object.entries(perHour).map(([place, cny]) => row("hour", place, cny)),
        row("kWh", null, energy.perKwh),
        ...Object.entries(energy.byBand).map(([band, cny]) => row("kWh", band, cny)),
        row("m3", null, waterPerM3),
      ];
    }),
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

export interface RecordCsvRequest {
  readonly records: RecordsReader;
  /** Of what has a time, only what lies there in part. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly timeZone: string;
}

/** Records of one kind, by their newest revisions, as a file for a spreadsheet and for an import. */
export function recordCsv(kind: RecordKind, { timeZone, ...parts }: RecordCsvRequest): string {
  const { columns, rows } = tables[kind]({ ...parts, iso: createLocalIso(timeZone) });
  return byteOrderMark + [columns, ...rows].map((cells) => `${cells.map(csvField).join(",")}\r\n`).join("");
}
