import { instant } from "#shared/model/time.ts";
import { conversionFactor } from "#shared/model/units.ts";
import { tariffOn } from "#shared/plant/figures/tariffOn.ts";
import type { Plant, PlantTag } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { RegisterRules } from "../indicators/green/increments.ts";
import type { Tariff } from "../indicators/green/tariff.ts";

export interface Register {
  readonly tag: PlantTag;
  readonly multiplier: number;
  readonly rules: RegisterRules;
}

/** The tags of one equipment that tell its use. */
export interface UsageSources {
  readonly equipment: string;
  readonly isShared: boolean;
  /** Whether its state is told, by a tag or by power. */
  readonly hasState: boolean;
  readonly energy: readonly Register[];
  readonly water: readonly Register[];
}

/** Largest power in kW that the equipment's own power tags can show. */
const maxPowerKw = (tags: readonly PlantTag[]): number =>
  Math.max(
    0,
    ...tags
      .filter(({ config }) => config.meaning === "power" && config.range)
      .map(({ config }) => (config.range?.[1] ?? 0) * (conversionFactor(config.unit, "kW") ?? 0)),
  );

/** By line, in the order of the plant. */
export function usageSources(plant: Plant): ReadonlyMap<string, readonly UsageSources[]> {
  const all = plantTags(plant);
  return new Map(
    plant.lines.map((line) => [
      line.id,
      line.equipment.map((equipment): UsageSources => {
        const tags = all.filter((tag) => tag.line.id === line.id && tag.equipment.id === equipment.id);
        const tagOf = (id: string | undefined) => tags.find(({ config }) => config.id === id);
        const maxKw = maxPowerKw(tags);
        const registers = (equipment.meters ?? [])
          .filter(({ flow, measures }) => flow === "import" && measures === "equipment")
          .flatMap((meter) => {
            const tag = tagOf(meter.tag);
            if (!tag) return [];
            const { carrier, multiplier, modulus, maxPerHour, jitter } = meter;
            const optional = { modulus, maxPerHour, jitter };
            const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
            const replacements = meter.replacements.map(({ at, ...readings }) => ({
              at: instant(Date.parse(at)),
              ...readings,
            }));
            const rules: RegisterRules = { maxGapMs: tag.info.gapAfterMs, ...given, replacements };
            return [{ carrier, register: { tag, multiplier, rules } }];
          });
        const of = (wanted: string) =>
          registers.filter(({ carrier }) => carrier === wanted).map(({ register }) => register);
        const meter = tagOf(equipment.energyMeter);
        const ownMeter = meter && {
          tag: meter,
          multiplier: 1,
          rules: {
            maxGapMs: meter.info.gapAfterMs,
            ...(maxKw > 0 ? { maxPerHour: maxKw / (conversionFactor(meter.config.unit, "kW.h") ?? 1) } : {}),
          },
        };
        return {
          equipment: equipment.id,
          isShared: equipment.shared === true,
          hasState: (tagOf(equipment.state?.tag) ?? tagOf(equipment.powerState?.tag)) !== undefined,
          energy: [...(ownMeter ? [ownMeter] : []), ...of("electricity")],
          water: of("water"),
        };
      }),
    ]),
  );
}

const secondsOf = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 3_600 + minute * 60;
};

/** The bands of the plant's tariff on a local day; null where it has none. */
export function bandsOn({ tariffs }: Plant, day: string): Tariff | null {
  const found = tariffOn(tariffs, day);
  if (!found) return null;
  return {
    default: found.default,
    bands: found.bands.map(({ band, from, to, months, weekdays }) => ({
      band,
      fromS: secondsOf(from),
      toS: secondsOf(to),
      ...(months ? { months } : {}),
      ...(weekdays ? { weekdays } : {}),
    })),
  };
}
