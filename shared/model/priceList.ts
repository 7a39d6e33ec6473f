/** A band of a price of electricity: times of the local day `HH:MM`, the end may lie on the next day. */
export interface PriceBand {
  readonly band: string;
  readonly from: string;
  readonly to: string;
  /** 1 to 12; every month where absent. */
  readonly months?: readonly number[];
  /** CNY per kWh */
  readonly perKwh: number;
}

/** What a tenant pays, in CNY. The newest list that has begun holds. */
export interface PriceList {
  /** First local day on which it holds, `YYYY-MM-DD`. */
  readonly validFrom: string;
  /** By `<line>/<equipment>`, CNY per hour used; what is not listed costs nothing. */
  readonly perHour: Readonly<Record<string, number>>;
  readonly energy: {
    /** CNY per kWh outside of all bands. */
    readonly perKwh: number;
    readonly bands: readonly PriceBand[];
  };
  /** CNY per m³ */
  readonly waterPerM3: number;
  /** Where it was decided or published. */
  readonly source: string;
}
