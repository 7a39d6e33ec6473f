import type { EquipmentState } from "#shared/model/equipment.ts";

/** Fill of a state as the state timeline has it: lightness and pattern, no colour but for what is abnormal. */
export const stateFill = (state: EquipmentState, prefix: string): string =>
  ({
    PRD: "var(--state-run)",
    ENG: `url(#${prefix}-eng)`,
    SBY: "var(--state-idle)",
    SDT: "var(--state-down)",
    UDT: `url(#${prefix}-udt)`,
    NST: `url(#${prefix}-nst)`,
    UNK: `url(#${prefix}-hatch)`,
  })[state];

const shades = ["var(--state-down)", "var(--edge)", "var(--bar-normal)", "var(--state-idle)", "var(--state-run)"];
const dearest = ["尖峰", "高峰", "平段", "低谷", "深谷"];
const rankOf = (band: string): number => {
  const known = dearest.findIndex((name) => band === name || band.startsWith(name.slice(0, 1)));
  return known < 0 ? dearest.length : known;
};

/** Bands from the dearest to the cheapest; those of other names behind, by name. */
export const bandsInOrder = (bands: readonly string[]): readonly string[] =>
  [...bands].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));

/** The dearest band is the darkest. */
export const bandFill = (band: string, all: readonly string[]): string => {
  const rank = rankOf(band);
  return shades[rank < shades.length ? rank : bandsInOrder(all).indexOf(band) % shades.length] ?? "var(--bar-normal)";
};
