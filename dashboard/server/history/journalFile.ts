import { byteOrderMark, csvField } from "#shared/kit/csv.ts";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { PlantView } from "#shared/model/live.ts";
import { createLocalIso } from "#shared/model/localIso.ts";
import type { TagValue } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { AlarmJournalReader, AlarmQuery } from "#shared/store/records/alarmJournal.ts";

/** Events read and sent at once. */
const pageSize = 1_000;

/** What a search of the journal finds, to be written as a file. */
export interface JournalFile {
  readonly query: Omit<AlarmQuery, "limit">;
  readonly records: Pick<AlarmJournalReader, "alarmEvents">;
  readonly platform: PlantView["platform"];
  readonly createdBy: string;
  readonly createdAt: EpochMs;
}

/** The events page by page, the newest first; reads on only as the client takes. */
async function* pagesOf({ query, records }: JournalFile): AsyncGenerator<readonly AlarmEvent[]> {
  let before = query.before;
  for (;;) {
    const events = records.alarmEvents({ ...query, ...(before ? { before } : {}), limit: pageSize });
    if (events.length > 0) yield events;
    const last = events.at(-1);
    if (events.length < pageSize || !last) return;
    before = { at: last.at, seq: last.seq };
    // Other requests have their turn between two pages.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

const columns = (iso: (at: EpochMs) => string): Readonly<Record<string, (event: AlarmEvent) => TagValue | null>> => ({
  seq: ({ seq }) => seq,
  time: ({ at }) => iso(at),
  epoch_ms: ({ at }) => at,
  processed: ({ processedAt }) => iso(processedAt),
  transition: ({ transition }) => transition,
  late: ({ historical }) => historical === true,
  alarm: ({ status }) => status.alarm,
  name_zh: ({ status }) => status.name.zh,
  name_en: ({ status }) => status.name.en ?? "",
  line: ({ status }) => status.line,
  equipment: ({ status }) => status.equipment,
  tag: ({ status }) => status.tag,
  kind: ({ status }) => status.kind,
  priority: ({ status }) => status.priority,
  state: ({ status }) => status.state,
  value: ({ status }) => status.value,
  limit: ({ status }) => status.limit,
  unit: ({ status }) => status.unit,
  user: ({ user }) => user,
  comment: ({ comment }) => comment,
});

/** UTF-8 with byte order mark: what it is, then one row per event. */
export async function* journalCsv(file: JournalFile): AsyncGenerator<string> {
  const { query, platform, createdBy, createdAt } = file;
  const iso = createLocalIso(platform.timeZone);
  const { from, to, ...filter } = query;
  const about: readonly (readonly [string, string])[] = [
    ["from", iso(from)],
    ["to", iso(to)],
    ["filter", Object.keys(filter).length === 0 ? "" : JSON.stringify(filter)],
    ["time zone", platform.timeZone],
    ["created", iso(createdAt)],
    ["created by", createdBy],
  ];
  yield byteOrderMark + about.map(([key, value]) => `# ${key},${csvField(value)}\r\n`).join("");
  const cells = Object.entries(columns(iso));
  yield `${cells.map(([name]) => name).join(",")}\r\n`;
  for await (const events of pagesOf(file)) {
    yield events.map((event) => `${cells.map(([, cell]) => csvField(cell(event))).join(",")}\r\n`).join("");
  }
}

/** One object: what it is, and `events` as `GET /api/alarms/journal` gives them. */
export async function* journalJson(file: JournalFile): AsyncGenerator<string> {
  const { query, platform, createdBy, createdAt } = file;
  const about = JSON.stringify({ platform: platform.id, query, createdBy, createdAt });
  yield `${about.slice(0, -1)},"events":[`;
  let separator = "\n";
  for await (const events of pagesOf(file)) {
    yield separator + events.map((event) => JSON.stringify(event)).join(",\n");
    separator = ",\n";
  }
  yield "\n]}\n";
}
