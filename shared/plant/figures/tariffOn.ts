import type { TariffConfig } from "./platformSchema.ts";

/** The tariff in force on a local day, of several the one that began last; undefined where there is none. */
export function tariffOn(tariffs: readonly TariffConfig[] | undefined, day: string): TariffConfig | undefined {
  return (tariffs ?? [])
    .filter(({ validFrom, validTo }) => validFrom <= day && (validTo === undefined || day < validTo))
    .toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0];
}
