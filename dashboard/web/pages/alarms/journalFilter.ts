import { type AlarmPriority, type AlarmTransition, alarmPriorities, alarmTransitions } from "#shared/model/alarm.ts";

export const journalRanges = ["24h", "7d", "30d", "365d", "all", "custom"] as const;
export type JournalRange = (typeof journalRanges)[number];
const hoursOf: Readonly<Partial<Record<JournalRange, number>>> = { "24h": 24, "7d": 168, "30d": 720, "365d": 8_760 };

/** What of the journal is shown; the address of the page holds it. Empty: all. */
export interface JournalFilter {
  readonly range: JournalRange;
  /** Wall time of the plant, of a custom range. */
  readonly from: string;
  readonly to: string;
  readonly line: string;
  readonly equipment: string;
  readonly alarm: string;
  readonly priority: AlarmPriority | "";
  readonly transition: AlarmTransition | "";
  readonly user: string;
  readonly text: string;
}

type Query = Readonly<Record<string, unknown>>;

/** The filter that an address asks for; what it does not know is as if it were not there. */
export function journalFilterOf(query: Query): JournalFilter {
  const textOf = (key: string): string => (typeof query[key] === "string" ? query[key] : "");
  return {
    range: journalRanges.find((range) => range === query.range) ?? "30d",
    from: textOf("from"),
    to: textOf("to"),
    line: textOf("line"),
    equipment: textOf("equipment"),
    alarm: textOf("alarm"),
    priority: alarmPriorities.find((priority) => priority === query.priority) ?? "",
    transition: alarmTransitions.find((transition) => transition === query.transition) ?? "",
    user: textOf("user"),
    text: textOf("text"),
  };
}

/** The address of a filter. */
export const journalQueryOf = ({ range, ...filter }: JournalFilter): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...filter, range: range === "30d" ? "" : range }).filter(([, part]) => part !== ""),
  );

/** What to ask the server for, and which ends of the range are no times. */
export function searchOf(
  { range, from, to, ...filter }: JournalFilter,
  now: number,
  instantOf: (wallTime: string) => number | undefined,
): { readonly query: Record<string, string>; readonly wrong: readonly ("from" | "to")[] } {
  const query: Record<string, string> = {};
  const wrong: ("from" | "to")[] = [];
  for (const [key, part] of Object.entries(filter)) if (part !== "") query[key] = part;
  const hours = hoursOf[range];
  if (hours !== undefined) query.from = String(Math.floor(now - hours * 3_600_000));
  if (range === "all") query.from = "0";
  if (range === "custom") {
    for (const [end, wall] of [
      ["from", from],
      ["to", to],
    ] as const) {
      if (wall === "") continue;
      const at = instantOf(wall);
      if (at === undefined) wrong.push(end);
      else query[end] = String(at);
    }
  }
  return { query, wrong };
}
