import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { BookingSpan, RecordedSpans, RunSpan, UseRelation } from "./activity.ts";

/** What figures read of the records. */
export type FigureRecords = Pick<
  RecordsReader,
  | "runs"
  | "bookings"
  | "tenants"
  | "projects"
  | "stateCorrections"
  | "declaredItems"
  | "alarmSteps"
  | "alarmStepsAt"
  | "revisionMark"
>;

/** What people recorded of an equipment within a span; the newest revisions. */
export type ReadRecorded = (equipment: string, from: EpochMs, to: EpochMs) => RecordedSpans;

const farAhead = instant(Number.MAX_SAFE_INTEGER);
const nothing: RecordedSpans = { runs: [], bookings: [], corrections: [] };

/** As they stand; the same function for as long as nobody has recorded anything. */
export function createRecorded(plant: Plant, records: FigureRecords): () => ReadRecorded {
  let known: { readonly mark: string; readonly read: ReadRecorded } | null = null;
  return () => {
    const mark = records.revisionMark();
    if (known?.mark !== mark) known = { mark, read: readRecords(plant, records, instant(0)) };
    return known.read;
  };
}

/** Runs, confirmed bookings and corrections as they stand now, by equipment. */
function readRecords(plant: Plant, records: FigureRecords, from: EpochMs): ReadRecorded {
  const relations = new Map<string, UseRelation>(records.tenants().map(({ id, relation }) => [id, relation]));
  const tenantOfProject = new Map(records.projects().map(({ id, tenant }) => [id, tenant]));
  const byEquipment = new Map<
    string,
    { runs: RunSpan[]; bookings: BookingSpan[]; corrections: RecordedSpans["corrections"][number][] }
  >();
  const of = (line: string, equipment: string) => {
    const id = `${plant.platform.id}/${line}/${equipment}`;
    const known = byEquipment.get(id) ?? { runs: [], bookings: [], corrections: [] };
    byEquipment.set(id, known);
    return known;
  };
  const relationOf = (tenant: string | null): UseRelation =>
    tenant === null ? "unattributed" : (relations.get(tenant) ?? "unattributed");
  for (const { id, line, equipment, from: begin, to, project, tenant } of records.runs(from, farAhead)) {
    const who = tenant ?? (project === null ? null : (tenantOfProject.get(project) ?? null));
    for (const one of equipment)
      of(line, one).runs.push({ id, from: begin, to: to ?? farAhead, project, tenant: who, relation: relationOf(who) });
  }
  for (const { id, line, equipment, from: begin, to, tenant, state } of records.bookings(from, farAhead))
    if (state === "confirmed")
      of(line, equipment).bookings.push({ id, from: begin, to, tenant, relation: relationOf(tenant) });
  for (const { line, equipment, from: begin, to, state } of records.stateCorrections(from, farAhead))
    of(line, equipment).corrections.push({ from: begin, to, state });
  return (equipment, begin, end) => {
    const known = byEquipment.get(equipment) ?? nothing;
    const touches = (part: { readonly from: EpochMs; readonly to: EpochMs }) => part.from < end && part.to > begin;
    return {
      runs: known.runs.filter(touches),
      bookings: known.bookings.filter(touches),
      corrections: known.corrections.filter(touches),
    };
  };
}
