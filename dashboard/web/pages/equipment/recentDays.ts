import type { EnergyPiece } from "#shared/model/operation.ts";

export type EnergyDay = Pick<EnergyPiece, "name" | "kwh" | "coverage">;

/** The newest `count` days up to `today` of months whose pieces are days, the newest first. */
export const recentDays = (
  months: readonly { readonly pieces: readonly EnergyDay[] }[],
  today: string,
  count: number,
): readonly EnergyDay[] =>
  months
    .flatMap(({ pieces }) => pieces)
    .filter(({ name }) => name <= today)
    .sort((a, b) => b.name.localeCompare(a.name))
    .slice(0, count);

/** The months that hold `today` and the `count - 1` days before it, the newest first. */
export const monthsOf = (today: string, count: number): readonly string[] => {
  const first = new Date(Date.parse(`${today}T00:00:00Z`) - (count - 1) * 86_400_000).toISOString();
  return [...new Set([today.slice(0, 7), first.slice(0, 7)])];
};
