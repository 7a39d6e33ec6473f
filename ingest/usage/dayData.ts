import type { EquipmentState } from "#shared/model/equipment.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import { conversionFactor } from "#shared/model/units.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { type Increment, incrementsOf, type RegisterRules } from "../indicators/green/increments.ts";

const pageSize = 50_000;
/** A register's first reading behind a day is looked for so far: the day's end lies between two readings. */
const behind = hours(2);

/** Samples of a span, with the one before it. */
async function samplesOf(reader: SampleReader, tag: TagId, { from, to }: Interval): Promise<readonly Sample[]> {
  const carried = (await reader.last([tag], from)).get(tag);
  const samples: Sample[] = carried ? [carried] : [];
  for (let start = from; ; ) {
    const page = await reader.range(tag, start, to, pageSize);
    samples.push(...page.samples);
    const last = page.samples.at(-1);
    if (!page.more || !last) return samples;
    start = instant(last.at + 1);
  }
}

export interface StatePiece extends Interval {
  readonly state: EquipmentState;
}

/** What a cumulative register gained around a span, in `unit`; cuts at the span's ends are the caller's. */
export async function increments(
  reader: SampleReader,
  tag: PlantTag,
  unit: string,
  rules: RegisterRules,
  multiplier: number,
  { from, to }: Interval,
): Promise<readonly Increment[]> {
  const samples = await samplesOf(reader, tag.id, { from, to });
  const next = (await reader.range(tag.id, to, instant(to + behind), 1)).samples;
  const readings = [...samples, ...next].flatMap(({ at, value }) => (typeof value === "number" ? [{ at, value }] : []));
  const factor = (conversionFactor(tag.config.unit, unit) ?? 1) * multiplier;
  return incrementsOf(readings, rules).increments.map((one) => ({ ...one, amount: one.amount * factor }));
}

export const within = (at: EpochMs, { from, to }: Interval): boolean => at >= from && at < to;
