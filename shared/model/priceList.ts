/** What a tenant pays, in CNY. The newest list that has begun holds. */
export interface PriceList {
  /** First local day on which it holds, `YYYY-MM-DD`. */
  readonly validFrom: string;
  /** By `<line>/<equipment>`, CNY per hour used; what is not listed costs nothing. */
  readonly perHour: Readonly<Record<string, number>>;
  readonly energy: {
    /** CNY per kWh, in bands of the plant's tariff that have no price of their own. */
    readonly perKwh: number;
    /** By the band's name in the plant's tariff. */
    readonly byBand: Readonly<Record<string, number>>;
  };
  /** CNY per m³ */
  readonly waterPerM3: number;
  /** Where it was decided or published. */
  readonly source: string;
}
