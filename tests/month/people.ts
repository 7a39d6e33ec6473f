// What the people of the demonstration platform do in a month: who uses it, books it, pays for it, and looks after alarms.
import { createHash } from "node:crypto";
import { calendar } from "#shared/model/calendar.ts";
import type { Evidence } from "#shared/model/declared.ts";
import { type EpochMs, hours, instant, minutes } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { Random } from "../../simulators/physics/random.ts";
import type { Operator } from "./operator.ts";

const tenants = [
  { id: "own", name: "示范中试平台（自用）", relation: "own", creditCode: null, contact: null },
  { id: "xinyuan", name: "新源电池材料有限公司", relation: "external", creditCode: null, contact: "周敏" },
  { id: "huasheng", name: "华盛生物技术有限公司", relation: "external", creditCode: null, contact: "陈立" },
  { id: "university", name: "东海大学化工学院", relation: "external", creditCode: null, contact: "郑教授" },
  { id: "group", name: "示范集团精细化工研究院", relation: "affiliate", creditCode: null, contact: "林工" },
] as const;
type TenantId = (typeof tenants)[number]["id"];

interface ProjectOf {
  readonly id: string;
  readonly name: string;
  readonly tenant: TenantId;
  readonly line: string;
}
const projects: readonly ProjectOf[] = [
  { id: "P-2601", name: "高镍正极浆料涂布窗口", tenant: "xinyuan", line: "coating" },
  { id: "P-2602", name: "无 NMP 工艺验证", tenant: "own", line: "coating" },
  { id: "P-2603", name: "重组蛋白补料分批放大", tenant: "huasheng", line: "fermentation" },
  { id: "P-2604", name: "聚羟基脂肪酸酯发酵", tenant: "university", line: "fermentation" },
  { id: "P-2605", name: "连续硝化替代工艺", tenant: "group", line: "fine-chemical" },
  { id: "P-2606", name: "医药中间体氢化放大", tenant: "university", line: "fine-chemical" },
];
/** What is booked of each line, and what its product is counted in. */
const placeOf: Readonly<Record<string, { equipment: string; unit: string; perRun: number }>> = {
  "fine-chemical": { equipment: "reactor", unit: "kg", perRun: 18 },
  fermentation: { equipment: "fermenter", unit: "L", perRun: 5 },
  coating: { equipment: "coater", unit: "m", perRun: 260 },
};
const reception = "wang";
const engineer = "li";
const chief = "zhao";

/** The platform's registers and its first bookings. */
export async function openHouse({ act }: Operator, day: string): Promise<void> {
  await act(chief, {
    kind: "saveTenants",
    why: null,
    tenants: tenants.map(({ id, ...tenant }) => ({ id, tenant: { ...tenant, active: true } })),
  });
  await act(chief, {
    kind: "saveProjects",
    why: null,
    projects: projects.map(({ id, name, tenant }) => ({ id, project: { name, tenant, active: true } })),
  });
  const perHour = Object.fromEntries(
    Object.entries(placeOf).map(([line, { equipment }], i) => [`${line}/${equipment}`, 180 + 60 * i]),
  );
  await act(chief, {
    kind: "savePriceLists",
    why: null,
    lists: [
      {
        id: "standard",
        prices: {
          validFrom: day,
          perHour,
          energy: { perKwh: 0.72, byBand: { 尖峰: 1.15, 高峰: 0.98, 平段: 0.66, 低谷: 0.33, 深谷: 0.21 } },
          waterPerM3: 4.6,
          source: "示范收费办法",
        },
      },
    ],
  });
}

/** Books the days of a week, each line for its projects in turn. */
export async function bookWeek({ act }: Operator, plant: Plant, from: EpochMs, random: Random): Promise<void> {
  const days = calendar(plant.platform.timeZone);
  for (const [l, [line, { equipment }]] of Object.entries(placeOf).entries()) {
    const own = projects.filter((project) => project.line === line);
    for (let day = days.periodAt("day", from), d = 0; d < 7; day = days.periodAt("day", day.to), d++) {
      const project = own[(d + l) % own.length];
      if (!project || random() < 0.2) continue;
      const begin = instant(Math.max(day.from + hours(7 + Math.floor(random() * 3)), from));
      const booking = {
        line,
        equipment,
        from: begin,
        to: instant(begin + hours(8 + Math.floor(random() * 6))),
        tenant: project.tenant,
        project: project.id,
        state: random() < 0.85 ? ("confirmed" as const) : ("requested" as const),
        note: null,
      };
      await act(reception, { kind: "book", booking });
    }
  }
}

/** Says of runs that a tag has ended whose they were and what they gave. */
export async function enterRuns({ act, records }: Operator, now: EpochMs, random: Random): Promise<void> {
  for (const run of records.runs(instant(now - hours(48)), now)) {
    const own = projects.filter(({ line }) => line === run.line);
    const project = own[Math.floor(random() * own.length)];
    const place = placeOf[run.line];
    if (run.state === "running" || run.project !== null || !project || !place) continue;
    const produced = Math.round(place.perRun * (0.85 + 0.2 * random()) * 10) / 10;
    const good = Math.round(produced * (0.9 + 0.1 * random()) * 10) / 10;
    await act(engineer, {
      kind: "correctRun",
      run: run.id,
      revision: run.revision.number,
      why: "补录项目与产量",
      change: {
        project: project.id,
        tenant: project.tenant,
        recipe: `${project.id} v${1 + Math.floor(random() * 3)}`,
        lot: `L${createHash("sha256").update(run.id).digest("hex").slice(0, 6).toUpperCase()}`,
        quantities: { unit: place.unit, planned: place.perRun, produced, good },
      },
    });
  }
}

/** Acknowledges what has stood for a while; one in twelve stays, as in life. */
export async function lookAfterAlarms({ ask, records }: Operator, now: EpochMs, random: Random): Promise<void> {
  for (const { alarm, state, since } of records.alarmStatuses()) {
    if (state !== "UNACK" && state !== "RTNUN") continue;
    if (since !== null && now - since < minutes(10)) continue;
    if (random() < 1 / 12) continue;
    const comment = random() < 0.25 ? "已到现场确认" : null;
    await ask(random() < 0.7 ? engineer : reception, { kind: "acknowledge", alarm, comment });
  }
}

/** Declares the month's further items, two of them verified by somebody else. */
export async function declareMonth(
  { act, records }: Operator,
  period: string,
  evidence: (item: string) => Promise<Evidence>,
): Promise<void> {
  const values = { "P-02": 86_000, "P-11": 6, "P-22": 240_000, "P-21": 1 } as const;
  for (const [item, value] of Object.entries(values)) {
    await act(reception, {
      kind: "declare",
      declaration: { item, period, equipment: null, value, evidence: await evidence(item), note: null },
    });
  }
  for (const item of records.declaredItems(period)) {
    const step = { declared: item.id, why: null } as const;
    await act(reception, { kind: "submitDeclared", ...step, revision: item.revision.number });
    if (item.item === "P-21") continue;
    await act(chief, { kind: "verifyDeclared", ...step, revision: item.revision.number + 1 });
  }
}

/** Makes the month official. */
export async function sealMonth({ act }: Operator, period: string): Promise<void> {
  await act(chief, { kind: "sealAssessment", period, vetoes: [] });
}
