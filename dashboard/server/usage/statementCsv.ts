import { byteOrderMark, csvField } from "#shared/kit/csv.ts";
import type { UsageStatement } from "#shared/model/statement.ts";

export interface StatementAbout {
  readonly platform: string;
  readonly createdBy: string;
  /** ISO 8601 in the platform's zone. */
  readonly createdAt: string;
  readonly nameOfTenant: (id: string) => string;
  readonly nameOfEquipment: (line: string, equipment: string) => string;
}

const columns = [
  ...["tenant", "tenant_name", "project", "line", "equipment", "equipment_name", "basis", "price_list", "runs"],
  ...["used_h", "held_h", "cny_per_h", "hours_cny", "band", "energy_kwh", "cny_per_kwh", "energy_cny"],
  ...["water_m3", "cny_per_m3", "water_cny", "alarms", "total_cny"],
];

/** Digits that no bill needs more of, without the tails of binary fractions. */
const amount = (value: number): number => Number(value.toFixed(6));

/** The statement as a file for a spreadsheet: a row per equipment and project, further bands of energy below it. */
export function statementCsv(statement: UsageStatement, about: StatementAbout): string {
  const head: readonly (readonly [string, string])[] = [
    ["platform", about.platform],
    ["period", statement.period],
    ["provisional", statement.isProvisional ? "yes" : "no"],
    ["state known, hours", `${amount(statement.coverage.knownH)} / ${amount(statement.coverage.elapsedH)}`],
    ["used hours, attributed", `${amount(statement.closure.usedH)} / ${amount(statement.closure.attributedH)}`],
    ["energy kWh, attributed", `${amount(statement.closure.energyKwh)} / ${amount(statement.closure.attributedKwh)}`],
    ["created", about.createdAt],
    ["created by", about.createdBy],
  ];
  const rows = statement.rows.flatMap((row) => {
    const name = row.tenant === null ? "" : about.nameOfTenant(row.tenant);
    const [first, ...more] = row.energy.length > 0 ? row.energy : [null];
    const who = [row.tenant ?? "UNATTRIBUTED", name, row.project, row.line, row.equipment];
    const what = [about.nameOfEquipment(row.line, row.equipment), row.basis, row.priceList];
    const energy = (one: (typeof row.energy)[number] | null | undefined) =>
      one ? [one.band, amount(one.kwh), one.perKwh, one.cny] : [null, null, null, null];
    return [
      [
        ...[...who, ...what, row.runs, amount(row.usedH), amount(row.heldH), row.perHour, row.hoursCny],
        ...[...energy(first), amount(row.waterM3), row.waterPerM3, row.waterCny, amount(row.alarms), row.cny],
      ],
      ...more.map((one) => [
        ...who,
        ...what,
        null,
        null,
        null,
        null,
        null,
        ...energy(one),
        null,
        null,
        null,
        null,
        null,
      ]),
    ];
  });
  const line = (cells: readonly (string | number | null)[]) => `${cells.map(csvField).join(",")}\r\n`;
  const about1 = head.map(([key, value]) => `# ${key},${csvField(value)}\r\n`);
  return byteOrderMark + [...about1, line(columns), ...rows.map(line)].join("");
}
