import { csvField } from "#shared/kit/csv.ts";
import { calendar } from "#shared/model/calendar.ts";
import { createLocalIso } from "#shared/model/localIso.ts";
import type { RecordKind } from "#shared/model/recordKind.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import type { LineFacts } from "../plants/plant.ts";

type Row = readonly (string | number | null)[];
const table = (columns: readonly string[], rows: readonly Row[]): string =>
  [columns, ...rows].map((cells) => `${cells.map(csvField).join(",")}\n`).join("");

/** Who uses the simulated platform; each name says that it is made up. */
const tenants: readonly Row[] = [
  ["pilot-centre", "示范中试平台（模拟）", "own", "simulated"],
  ["group-lab", "集团研究院（模拟）", "affiliate", "simulated"],
  ["qingyuan", "青源新材料有限公司（模拟）", "external", "simulated"],
  ["haiyue", "海岳生物科技有限公司（模拟）", "external", "simulated"],
];
const projects: readonly Row[] = [
  ["amination", "胺化工艺放大（模拟）", "qingyuan"],
  ["protein", "重组蛋白发酵（模拟）", "haiyue"],
  ["membrane", "隔膜涂布试制（模拟）", "group-lab"],
];
/** What is booked of each line, and for whom. */
const booked: Readonly<
  Record<string, { readonly machine: string; readonly project: string; readonly tenant: string }>
> = {
  "fine-chemical": { machine: "reactor", project: "amination", tenant: "qingyuan" },
  fermentation: { machine: "fermenter", project: "protein", tenant: "haiyue" },
  coating: { machine: "coater", project: "membrane", tenant: "group-lab" },
};

const source = "模拟价目 | simulated price list";
const pricePerHour = { special: 320, general: 60 } as const;
const isInstrument = ({ kind }: LineFacts["equipment"][number]): boolean => kind !== "detector" && kind !== "meter";

/** A shift of eight hours a day from yesterday on, by turns confirmed and asked for. */
function bookings(lines: readonly LineFacts[], now: EpochMs, timeZone: string): readonly Row[] {
  const iso = createLocalIso(timeZone);
  const { periodAt } = calendar(timeZone);
  return lines.flatMap((line): Row[] => {
    const plan = booked[line.id];
    if (!plan) return [];
    return [-1, 0, 1, 2, 4, 6].map((days, i): Row => {
      const { from } = periodAt("day", instant(now + hours(24 * days)));
      const [start, end] = [instant(from + hours(8)), instant(from + hours(16))];
      const state = i < 4 ? "confirmed" : "requested";
      return [line.id, plan.machine, iso(start), iso(end), plan.tenant, plan.project, state, "simulated"];
    });
  });
}

/**
 * Records that the demo begins with, as tables for `records import`, in the order in which one names the next: so a new
 * user sees the pages about use and assessment with something on them, and what such a table looks like.
 */
export function demoRecords(
  lines: readonly LineFacts[],
  now: EpochMs,
  timeZone: string,
): readonly { readonly kind: RecordKind; readonly csv: string }[] {
  const { periodAt } = calendar(timeZone);
  const year = periodAt("year", now).name;
  const price = (item: string, of: string | null, cny: number): Row => [
    "simulated",
    `${year}-01-01`,
    item,
    of,
    cny,
    source,
  ];
  const perHour = lines.flatMap((line) =>
    line.equipment.filter(isInstrument).map((one) => price("hour", `${line.id}/${one.id}`, pricePerHour[one.class])),
  );
  const declared: readonly Row[] = [
    ["P-01", year, 2, "simulated"],
    ["P-02", year, 186_000, "simulated"],
    ["P-11", year, 3, "simulated"],
    ["P-13", year, 4, "simulated"],
    ["P-21", year, 1, "simulated"],
  ];
  return [
    { kind: "tenants", csv: table(["id", "name", "relation", "contact"], tenants) },
    { kind: "projects", csv: table(["id", "name", "tenant"], projects) },
    {
      kind: "prices",
      csv: table(
        ["id", "validFrom", "item", "of", "cny", "source"],
        [...perHour, price("kWh", null, 0.72), price("m3", null, 4.3)],
      ),
    },
    {
      kind: "bookings",
      csv: table(
        ["line", "equipment", "from", "to", "tenant", "project", "state", "note"],
        bookings(lines, now, timeZone),
      ),
    },
    { kind: "declared", csv: table(["item", "period", "value", "note"], declared) },
  ];
}
