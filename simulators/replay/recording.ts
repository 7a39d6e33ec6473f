import { CodedError } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { LineFacts } from "../plants/plant.ts";
import { bad, good, type Reading, type Signal } from "../signal.ts";
import { type ColumnFacts, type ColumnMap, defaultTimeZone } from "./columnMap.ts";
import type { Table } from "./csv.ts";
import { timeReader } from "./localTime.ts";

export interface RecordedRow {
  readonly at: EpochMs;
  /** One per signal, same order. */
  readonly readings: readonly Reading[];
}

/** A recording with its meaning: what a face needs to serve it. */
export interface Recording {
  readonly timeZone: string;
  readonly facts: LineFacts;
  readonly signals: readonly Signal[];
  readonly rows: readonly [RecordedRow, ...RecordedRow[]];
}

/** One Modbus unit serves all columns as float32 input registers, column k at register 2k. */
const modbusUnit = 1;
export const modbusInstrument = "recording";

/** Joins table and map; throws `CONFIG` with file and line where a row makes no sense. */
export function recordingOf(table: Table, map: ColumnMap, file: string): Recording {
  const timeAt = map.time === undefined ? 0 : table.header.indexOf(map.time);
  if (timeAt < 0) throw new CodedError("CONFIG", `${file}:1: there is no time column \`${map.time}\`.`);
  const columns = [...map.columns].flatMap(([name, facts]) => {
    const at = table.header.indexOf(name);
    if (at < 0 && !facts.optional) {
      throw new CodedError(
        "CONFIG",
        `${file}:1: there is no column \`${name}\`; mark it \`optional: true\` in the map or name another.`,
      );
    }
    return at < 0 ? [] : [{ at, facts }];
  });
  const [first, ...rest] = rowsOf(table, timeAt, columns, timeReader(map.timeZone), file);
  if (!first) throw new CodedError("CONFIG", `${file}: there are no rows.`);
  return {
    timeZone: map.timeZone,
    facts: {
      ...map.line,
      equipment: map.equipment.filter(({ id }) => columns.some(({ facts }) => facts.equipment === id)),
      alarms: map.alarms,
      instruments: [],
    },
    signals: columns.map(({ facts }) => signalOf(facts, map.line.id)),
    rows: [first, ...rest],
  };
}

function rowsOf(
  table: Table,
  timeAt: number,
  columns: readonly { readonly at: number }[],
  readTime: (text: string) => EpochMs | undefined,
  file: string,
): readonly RecordedRow[] {
  let before: EpochMs | undefined;
  return table.rows.map(({ line, cells }) => {
    const text = cells[timeAt] ?? "";
    const at = readTime(text);
    if (at === undefined) {
      throw new CodedError("CONFIG", `${file}:${line}: \`${text}\` is no time; write it like 2020-02-08 13:30:47.`);
    }
    if (before !== undefined && at <= before) {
      throw new CodedError(
        "CONFIG",
        `${file}:${line}: ${text} is not later than the row before; sort the rows, one per time.`,
      );
    }
    before = at;
    return { at, readings: columns.map((column) => readingOf(cells[column.at] ?? "", line, file)) };
  });
}

/** An empty cell or NaN is a bad reading; text where a number belongs is a mistake. */
function readingOf(cell: string, line: number, file: string): Reading {
  const text = cell.trim();
  if (text === "" || text.toLowerCase() === "nan") return bad;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new CodedError("CONFIG", `${file}:${line}: \`${text}\` is no number.`);
  return good(value);
}

const signalOf = (facts: ColumnFacts, line: string): Signal => ({
  line,
  equipment: facts.equipment,
  id: facts.tag,
  name: facts.name,
  type: facts.type,
  unit: facts.unit,
  ...(facts.range ? { range: facts.range } : {}),
  ...(facts.normal ? { normal: facts.normal } : {}),
  decimals: facts.decimals,
  deadband: 0,
  meaning: facts.meaning,
  key: facts.key,
  access: { face: "opcua" },
});

/** The same signals as float32 input registers of one unit. */
export const onModbus = (signals: readonly Signal[]): readonly Signal[] =>
  signals.map((signal, index) => ({
    ...signal,
    access: {
      face: "modbus",
      instrument: modbusInstrument,
      unit: modbusUnit,
      table: "input",
      register: 2 * index,
      format: "float32",
    },
  }));

/** A map for a table that nobody has described: every column with numbers is served under its own name. */
export function plainMap(table: Table): ColumnMap {
  const numeric = table.header.slice(1).filter((_, index) =>
    table.rows.every(({ cells }) => {
      const text = (cells[index + 1] ?? "").trim();
      return text === "" || Number.isFinite(Number(text)) || text.toLowerCase() === "nan";
    }),
  );
  if (numeric.length === 0) throw new CodedError("CONFIG", "The recording has no column of numbers.");
  const taken = new Set<string>();
  return {
    timeZone: defaultTimeZone,
    time: undefined,
    line: { id: "recording", name: { zh: "录制数据", en: "Recording" } },
    equipment: [{ id: "all", name: { zh: "全部列", en: "All columns" }, kind: "recorder", class: "general" }],
    columns: new Map(
      numeric.map((name) => [name, plainColumn(name, tagFrom(name, table.header.indexOf(name) + 1, taken))]),
    ),
    alarms: [],
  };
}

const plainColumn = (name: string, tag: string): ColumnFacts => ({
  equipment: "all",
  tag,
  name: { zh: name, en: name },
  type: "float",
  unit: "1",
  range: undefined,
  normal: undefined,
  decimals: 3,
  meaning: "process",
  key: false,
  optional: false,
});

/** A tag id out of a column's name; its place in the file where that leaves nothing or something taken. */
function tagFrom(name: string, place: number, taken: Set<string>): string {
  const tidy = name
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, 60);
  const tag = tidy === "" || taken.has(tidy) ? `column-${place}` : tidy;
  taken.add(tag);
  return tag;
}
