/** What a meter counts, and the UCUM unit in which figures add it up. */
export const carrierUnits = {
  electricity: "kW.h",
  /** Reactive energy, inductive and capacitive alike. */
  reactive: "kW.h",
  heat: "MJ",
  natural_gas: "m3",
  steam: "kg",
  water: "m3",
  reused_water: "m3",
  compressed_air: "m3",
  nitrogen: "m3",
  oxygen: "m3",
  carbon_dioxide: "m3",
  diesel: "kg",
  petrol: "kg",
} as const;

export type Carrier = keyof typeof carrierUnits;
export const carriers = Object.keys(carrierUnits) as readonly Carrier[];
