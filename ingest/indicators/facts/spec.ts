import { createHash } from "node:crypto";
import { type Carrier, carrierUnits } from "#shared/model/carrier.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { conversionFactor } from "#shared/model/units.ts";
import type { MeterConfig } from "#shared/plant/figures/equipmentSchema.ts";
import { type AnyMeter, equipmentMeters } from "#shared/plant/figures/meterLevels.ts";
import type { Plant, PlantTag } from "#shared/plant/plant.ts";
import type { EquipmentConfig, LineConfig } from "#shared/plant/schema.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { RegisterRules } from "../green/increments.ts";

/** Facts made by another version are made anew. */
const factsVersion = 1;

/** A tag whose samples become facts. */
export interface SignalSpec {
  readonly tag: TagId;
  /** A value holds for so long. */
  readonly holdMs: number;
}

export interface MeterSpec extends SignalSpec {
  /** The tag's own id: names the meter within its equipment. */
  readonly name: string;
  readonly carrier: Carrier;
  readonly flow: MeterConfig["flow"];
  readonly measures: MeterConfig["measures"];
  readonly purchased: boolean;
  readonly coefficient: string | null;
  /** From the register's unit to the carrier's. */
  readonly toBase: number;
  readonly rules: RegisterRules;
}

/** What facts of one equipment are made of. */
export interface EquipmentSpec {
  /** `<platform>/<line>/<equipment>` */
  readonly id: string;
  readonly line: LineConfig;
  readonly config: EquipmentConfig;
  readonly state: SignalSpec | null;
  readonly power: (SignalSpec & { readonly toKw: number }) | null;
  readonly meters: readonly MeterSpec[];
  /** Tags that are safety-tagged. */
  readonly safety: readonly SignalSpec[];
  /** Further tags that are named by detectors, limits, outlets and channels, by the tag's own id. */
  readonly named: ReadonlyMap<string, SignalSpec>;
  /** All of them, each once. */
  readonly signals: readonly SignalSpec[];
  /** Of everything in the plant that facts depend on. */
  readonly digest: string;
}

export function equipmentSpecs(plant: Plant): readonly EquipmentSpec[] {
  const tags = Map.groupBy(plantTags(plant), ({ line, equipment }) => `${line.id}/${equipment.id}`);
  const common = JSON.stringify([
    factsVersion,
    plant.platform.timeZone,
    plant.calendar,
    // What energy costs changes nothing in how much it was.
    plant.tariffs?.map(({ prices: _prices, ...bands }) => bands),
    plant.affiliates,
  ]);
  return plant.lines.flatMap((line) =>
    line.equipment.map((config) => {
      const own = tags.get(`${line.id}/${config.id}`) ?? [];
      return specOf(`${plant.platform.id}/${line.id}/${config.id}`, line, config, own, common);
    }),
  );
}

function specOf(
  id: string,
  line: LineConfig,
  config: EquipmentConfig,
  tags: readonly PlantTag[],
  common: string,
): EquipmentSpec {
  const byName = new Map(tags.map((tag) => [tag.config.id, tag]));
  const signal = (name: string): SignalSpec | null => {
    const tag = byName.get(name);
    return tag ? { tag: tag.id, holdMs: tag.info.gapAfterMs } : null;
  };
  const meters = equipmentMeters(config).flatMap((meter) => meterOf(meter, byName.get(meter.tag), tags));
  const state = config.state ? signal(config.state.tag) : null;
  const power = config.powerState ? signal(config.powerState.tag) : null;
  const powerUnit = byName.get(config.powerState?.tag ?? "")?.config.unit ?? "kW";
  const safety = tags.filter((tag) => tag.config.meaning === "safety").map((tag) => signal(tag.config.id));
  const names = [
    ...(config.detectors ?? []).map(({ tag }) => tag),
    ...(config.operatingLimits ?? []).map(({ tag }) => tag),
    ...(config.exhaust ?? []).flatMap(({ concentration, flow, oxygen }) => [concentration, flow, oxygen]),
    ...(config.channels ?? []),
  ].filter((name) => name !== undefined);
  const named = new Map(names.flatMap((name) => pairOf(name, signal(name))));
  const all = [state, power, ...meters, ...safety, ...named.values()].filter((one) => one !== null);
  const { tags: _tags, name: _name, ...keys } = config;
  const infos = all.map(({ tag, holdMs }) => [tag, holdMs, byName.get(tag.slice(id.length + 1))?.config.unit]);
  return {
    id,
    line,
    config,
    state,
    power: power ? { ...power, toKw: conversionFactor(powerUnit, "kW") ?? 1 } : null,
    meters,
    safety: safety.filter((one) => one !== null),
    named,
    signals: [...new Map(all.map((one) => [one.tag, { tag: one.tag, holdMs: one.holdMs }])).values()],
    digest: createHash("sha256")
      .update(JSON.stringify([common, keys, infos]))
      .digest("hex"),
  };
}

const pairOf = (name: string, one: SignalSpec | null): [string, SignalSpec][] => (one ? [[name, one]] : []);

function meterOf(meter: AnyMeter, tag: PlantTag | undefined, tags: readonly PlantTag[]): MeterSpec[] {
  if (!tag) return [];
  const toUnit = conversionFactor(tag.config.unit, carrierUnits[meter.carrier]) ?? 1;
  const maxPerHour = meter.maxPerHour ?? largestPerHour(meter, tag, tags, toUnit * meter.multiplier);
  return [
    {
      name: meter.tag,
      tag: tag.id,
      holdMs: tag.info.gapAfterMs,
      carrier: meter.carrier,
      flow: meter.flow,
      measures: meter.measures,
      purchased: meter.purchased,
      coefficient: meter.coefficient ?? null,
      toBase: toUnit * meter.multiplier,
      rules: {
        maxGapMs: tag.info.gapAfterMs,
        ...(maxPerHour === undefined ? {} : { maxPerHour }),
        ...(meter.modulus === undefined ? {} : { modulus: meter.modulus }),
        ...(meter.jitter === undefined ? {} : { jitter: meter.jitter }),
        replacements: meter.replacements.map(({ at, final, initial }) => ({
          at: instant(Date.parse(at)),
          final,
          initial,
        })),
      },
    },
  ];
}

/** The largest power that the equipment's own power tag can show; tells a plausible increment from a spike. */
function largestPerHour(
  { carrier, measures }: Pick<MeterConfig, "carrier" | "measures">,
  meter: PlantTag,
  tags: readonly PlantTag[],
  toBase: number,
): number | undefined {
  if (carrier !== "electricity" || measures !== "equipment") return undefined;
  const limits = tags.flatMap(({ config, equipment }) =>
    equipment.id === meter.equipment.id && config.meaning === "power" && config.range
      ? [(config.range[1] ?? 0) * (conversionFactor(config.unit, "kW") ?? Number.NaN)]
      : [],
  );
  const kw = Math.max(...limits.filter(Number.isFinite));
  return Number.isFinite(kw) ? kw / toBase : undefined;
}
