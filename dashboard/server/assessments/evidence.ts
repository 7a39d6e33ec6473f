import { readCsv } from "#shared/kit/csv.ts";
import { readZip } from "#shared/kit/zip.ts";
import type { EvidenceAnswer, EvidenceTable, EvidenceUse } from "#shared/model/assessment.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** Rows of evidence in one answer. */
const mostRows = 2_000;

/** Whether a scope lies within another, or around it. */
const isWithin = (part: string, whole: string): boolean => part === whole || part.startsWith(`${whole}/`);

/** Readings of a tag lie in a file of its own; packs of before have one for all. */
const readingsFile = (tag: string): string => `evidence/readings/${tag.split("/").slice(1).join("/")}.csv`;
const oneReadingsFile = "evidence/readings.csv";

/** What one figure of a period rests on, from its pack and those of its months. */
export function evidenceIn(
  packs: readonly Uint8Array[],
  indicator: string,
  scope: string,
  madeAt: EpochMs,
): EvidenceAnswer {
  const parts = packs.map((pack) => partOf(pack, indicator, scope));
  const uses = parts.flatMap((part) => part.uses);
  const [states, readings, alarms] = [
    together(parts.map((part) => part.states)),
    together(parts.map((part) => part.readings)),
    together(parts.map((part) => part.alarms)),
  ];
  return {
    madeAt,
    isCut: uses.some((use) => use.isCut),
    ...(states ? { states } : {}),
    ...(readings ? { readings } : {}),
    ...(alarms ? { alarms } : {}),
    runs: [...new Set(uses.flatMap((use) => use.runs))],
    bookings: [...new Set(uses.flatMap((use) => use.bookings))],
  };
}

function partOf(pack: Uint8Array, indicator: string, scope: string) {
  const files = new Map(readZip(pack).files.map(({ name, bytes }) => [name, bytes]));
  const text = (name: string): string => Buffer.from(files.get(name) ?? []).toString("utf8");
  const all = JSON.parse(text("evidence/uses.json") || "[]") as EvidenceUse[];
  const uses = all.filter(
    (use) => use.indicator === indicator && (isWithin(use.scope, scope) || isWithin(scope, use.scope)),
  );
  const table = (name: string, key: string, wanted: ReadonlySet<string>): EvidenceTable | undefined => {
    if (wanted.size === 0) return undefined;
    const [columns = [], ...rows] = readCsv(text(name), ",").rows.map(({ cells }) => cells);
    const column = columns.indexOf(key);
    const found = rows.filter((cells) => {
      const value = cells[column] ?? "";
      return wanted.has(value) && (key === "alarm" || isWithin(value, scope));
    });
    return { columns, rows: found, total: found.length };
  };
  const tags = new Set<string>(uses.flatMap((use) => use.tags));
  const own = [...tags].filter((tag) => isWithin(tag, scope) && files.has(readingsFile(tag))).sort();
  return {
    uses,
    states: table("evidence/states.csv", "equipment", new Set(uses.flatMap((use) => use.equipment))),
    readings: files.has(oneReadingsFile)
      ? table(oneReadingsFile, "tag", tags)
      : together(own.map((tag) => table(readingsFile(tag), "tag", tags))),
    alarms: table("evidence/alarms.csv", "alarm", new Set(uses.flatMap((use) => use.alarms))),
  };
}

/** Tables one after another, as far as an answer has room. */
function together(tables: readonly (EvidenceTable | undefined)[]): EvidenceTable | undefined {
  const some = tables.filter((table) => table !== undefined);
  const [first] = some;
  return (
    first && {
      columns: first.columns,
      rows: some.flatMap(({ rows }) => rows.slice(0, mostRows)).slice(0, mostRows),
      total: some.reduce((sum, { total }) => sum + total, 0),
    }
  );
}
