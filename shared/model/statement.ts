/** Energy of one band at one price. */
export interface EnergyCharge {
  readonly band: string;
  readonly kwh: number;
  /** CNY per kWh */
  readonly perKwh: number;
  /** Rounded to whole fen, as every amount; totals add up the rounded ones. */
  readonly cny: number;
}

/** What one project of a tenant used of one equipment at one price list. */
export interface StatementRow {
  /** Null in what nothing attributes. */
  readonly tenant: string | null;
  readonly project: string | null;
  readonly line: string;
  readonly equipment: string;
  readonly basis: "states" | "runs" | "shared";
  readonly priceList: string | null;
  readonly runs: number;
  readonly usedH: number;
  readonly heldH: number;
  readonly perHour: number;
  readonly hoursCny: number;
  readonly energy: readonly EnergyCharge[];
  readonly waterM3: number;
  readonly waterPerM3: number;
  readonly waterCny: number;
  readonly alarms: number;
  readonly cny: number;
}

export interface StatementTotals {
  readonly usedH: number;
  readonly heldH: number;
  readonly energyKwh: number;
  readonly waterM3: number;
  readonly alarms: number;
  readonly cny: number;
}

/** Use of the platform in a local period, by tenant; a platform can bill from it. */
export interface UsageStatement {
  readonly period: string;
  readonly from: number;
  readonly to: number;
  /** The period is not over, or a day of it has not been worked out. */
  readonly isProvisional: boolean;
  readonly rows: readonly StatementRow[];
  readonly totals: StatementTotals;
  /** By tenant; the empty text stands for what nothing attributes. */
  readonly byTenant: Readonly<Record<string, StatementTotals>>;
  /** Of all equipment, whoever was asked for: the parts add up to the whole. */
  readonly closure: {
    readonly usedH: number;
    readonly attributedH: number;
    readonly energyKwh: number;
    readonly attributedKwh: number;
  };
  /** Hours whose state is known, of all hours so far. */
  readonly coverage: { readonly knownH: number; readonly elapsedH: number };
  readonly estimatedKwh: number;
}
