import type { PriceList } from "#shared/model/priceList.ts";
import type { LineProblem } from "#shared/model/recordKind.ts";
import { suggest } from "./nearest.ts";
import { type KnownNames, placesOf, type RecordProblem } from "./recordChecks.ts";
import { type Cells, type ReadTable, readTable } from "./recordTable.ts";

/** What one line of a file of prices is about; the lines of one id are a list. */
const items = ["hour", "kWh", "m3"] as const;

interface PriceRow {
  readonly id: string;
  readonly validFrom: string;
  readonly item: (typeof items)[number];
  /** Equipment of an hour, band of a kWh; null for the price of every other kWh, and for water. */
  readonly of: string | null;
  readonly cny: number;
  readonly source: string;
}

const readRow = (cells: Cells): PriceRow => {
  const [id, validFrom, source] = [cells.text("id"), cells.text("validFrom"), cells.text("source")];
  const item = cells.oneOf("item", items);
  cells.text("cny");
  return { id, validFrom, item, of: cells.optional("of"), cny: cells.amount("cny") ?? 0, source };
};

function rowProblems({ id, validFrom, item, of }: PriceRow, places: readonly string[]): readonly RecordProblem[] {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(validFrom) && !Number.isNaN(Date.parse(validFrom));
  const isPlace = of !== null && places.includes(of);
  return [
    ...idProblems(id),
    ...(isDay ? [] : [{ key: "validFrom", what: `\`${validFrom}\` is no day; write 2026-01-01` }]),
    ...(item === "hour" && !isPlace
      ? [{ key: "of", what: `there is no equipment \`${of ?? ""}\`: ${suggest(of ?? "", places, "equipment")}` }]
      : []),
    ...(item === "m3" && of !== null ? [{ key: "of", what: "water has one price: leave the cell empty" }] : []),
  ];
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** Of an id of the registers. */
export const idProblems = (id: string): readonly RecordProblem[] =>
  idPattern.test(id) ? [] : [{ key: "id", what: `\`${id}\` is no id: letters, digits, _ and -` }];

/** What is wrong with a line beside the lines of its list before it. */
function besideOthers(row: PriceRow, before: readonly PriceRow[]): readonly RecordProblem[] {
  const differs = (["validFrom", "source"] as const).filter((key) => before[0] && before[0][key] !== row[key]);
  const isTwice = before.some(({ item, of }) => item === row.item && of === row.of);
  return [
    ...differs.map((key) => ({ key, what: `list \`${row.id}\` says \`${before[0]?.[key]}\` further up` })),
    ...(isTwice ? [{ key: "item", what: "the price is there further up" }] : []),
  ];
}

function listOf(rows: readonly PriceRow[]): PriceList {
  const { validFrom = "", source = "" } = rows[0] ?? {};
  const of = (item: PriceRow["item"]) => rows.filter((row) => row.item === item);
  const named = (item: PriceRow["item"]) =>
    Object.fromEntries(of(item).flatMap((row): [string, number][] => (row.of === null ? [] : [[row.of, row.cny]])));
  const plain = (item: PriceRow["item"]): number => of(item).find((row) => row.of === null)?.cny ?? 0;
  return {
    validFrom,
    perHour: named("hour"),
    energy: { perKwh: plain("kWh"), byBand: named("kWh") },
    waterPerM3: plain("m3"),
    source,
  };
}

/** Price lists of a file as it is exported: a line per price. What is not priced costs nothing. */
export function readPrices(
  text: string,
  known: Pick<KnownNames, "lines">,
): ReadTable<{ readonly id: string; readonly prices: PriceList }> {
  const places = placesOf(known.lines);
  const columns = ["id", "validFrom", "item", "cny", "source"];
  const read = readTable(text, columns, readRow, (row) => rowProblems(row, places));
  const lists = new Map<string, { readonly line: number; readonly rows: PriceRow[] }>();
  const problems: LineProblem[] = [...read.problems];
  for (const { line, row } of read.rows) {
    const list = lists.get(row.id) ?? { line, rows: [] };
    problems.push(...besideOthers(row, list.rows).map((problem) => ({ line, ...problem })));
    list.rows.push(row);
    lists.set(row.id, list);
  }
  const rows = [...lists].map(([id, list]) => ({ line: list.line, row: { id, prices: listOf(list.rows) } }));
  return { rows, problems };
}
