import type { Clock } from "#shared/kit/clock.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { type LocalDay, localDays } from "#shared/model/localDay.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { LineAlarms, LineIndicator, OpenDay } from "./definition.ts";
import { lineIndicators } from "./registry.ts";

export interface IndicatorEngine {
  /** Takes samples that have just become durable. */
  stored(samples: readonly Sample[]): void;
  /**
   * Today's results per line id. Reads from the store only what cannot be added up: the start, a new day, late data.
   * Rejects as the reader does; a later call tries again.
   */
  results(
    clock: Pick<Clock, "now">,
    alarms: (line: string) => LineAlarms,
  ): Promise<ReadonlyMap<string, readonly IndicatorResult[]>>;
}

/** Samples further in the future are not used before their time comes (catalogue D-04). */
const futureToleranceMs = 5_000;
const pageSize = 50_000;

/** Where the facts of one tag stand. */
interface TagProgress {
  /** Source time of the newest sample used, or of the carry-in. */
  newestAt: EpochMs | null;
  /** Nothing older than this matters for the day. */
  carryAt: EpochMs | null;
  /** The facts must be added up again from the store. */
  isDirty: boolean;
}

interface LineState {
  readonly id: string;
  readonly indicators: readonly LineIndicator[];
  readonly tags: ReadonlyMap<TagId, TagProgress>;
  open: readonly OpenDay[];
}

const freshProgress = (): TagProgress => ({ newestAt: null, carryAt: null, isDirty: true });

async function dayOf(reader: SampleReader, tag: TagId, { from, to }: LocalDay, now: EpochMs): Promise<Sample[]> {
  const end = instant(Math.min(to, now + futureToleranceMs + 1));
  const carried = (await reader.last([tag], from)).get(tag);
  const samples: Sample[] = carried ? [carried] : [];
  for (let start = from; ; ) {
    const page = await reader.range(tag, start, end, pageSize);
    samples.push(...page.samples);
    const last = page.samples.at(-1);
    if (!page.more || !last) return samples;
    start = instant(last.at + 1);
  }
}

/** The indicators of today for every line: added up sample by sample, and equal to a recomputation from the store. */
export function createIndicatorEngine(plant: Plant, reader: SampleReader): IndicatorEngine {
  const platform = plant.platform.id;
  const dayAt = localDays(plant.platform.timeZone);
  const tags = plantTags(plant);
  const lines = plant.lines.map((line): LineState => {
    const indicators = lineIndicators(tags.filter((tag) => tag.line.id === line.id));
    const followed = new Set(indicators.flatMap((indicator) => indicator.tags));
    return { id: line.id, indicators, tags: new Map([...followed].map((tag) => [tag, freshProgress()])), open: [] };
  });
  const lineOfTag = new Map(lines.flatMap((line) => [...line.tags.keys()].map((tag) => [tag, line] as const)));
  let day: LocalDay | null = null;
  /** Wall time of the newest call of `results`; samples far behind it wait. */
  let seenNow = instant(0);

  const add = (sample: Sample): void => {
    const line = lineOfTag.get(sample.tag);
    const progress = line?.tags.get(sample.tag);
    if (!day || !line || !progress || progress.isDirty) return;
    if (progress.carryAt !== null && sample.at < progress.carryAt) return;
    const isNext = progress.newestAt === null || sample.at > progress.newestAt;
    if (!isNext || sample.at < day.from || sample.at >= day.to) progress.isDirty = true;
    else {
      for (const open of line.open) open.add(sample);
      progress.newestAt = sample.at;
    }
  };

  const rebuild = async (line: LineState, tag: TagId, progress: TagProgress, today: LocalDay): Promise<void> => {
    // What arrives while the store is being read marks the tag again.
    Object.assign(progress, { isDirty: false, newestAt: instant(Number.MAX_SAFE_INTEGER), carryAt: null });
    try {
      const samples = await dayOf(reader, tag, today, seenNow);
      for (const open of line.open) open.restart(tag, samples);
      const first = samples[0];
      progress.carryAt = first && first.at < today.from ? first.at : null;
      progress.newestAt = samples.at(-1)?.at ?? null;
    } catch (error) {
      progress.isDirty = true;
      throw error;
    }
  };

  return {
    stored: (samples) => {
      for (const sample of samples) add(sample);
    },
    results: async (clock, alarms) => {
      seenNow = clock.now();
      const today = dayAt(seenNow);
      if (day?.period !== today.period) {
        day = today;
        for (const line of lines) {
          line.open = line.indicators.map((indicator) => indicator.open(today));
          for (const progress of line.tags.values()) Object.assign(progress, freshProgress());
        }
      }
      for (const line of lines) {
        for (const [tag, progress] of line.tags) if (progress.isDirty) await rebuild(line, tag, progress, today);
      }
      // Reading may have taken its time, and samples of that time are added up already.
      const now = clock.now();
      return new Map(lines.map((line) => [line.id, resultsOf(platform, line, today, now, alarms(line.id))]));
    },
  };
}

function resultsOf(
  platform: string,
  line: LineState,
  day: LocalDay,
  now: EpochMs,
  alarms: LineAlarms,
): readonly IndicatorResult[] {
  const newest = Math.max(now, ...[...line.tags.values()].map(({ newestAt }) => newestAt ?? now));
  const until = instant(Math.min(day.to, newest, now + futureToleranceMs));
  return line.indicators.flatMap((indicator, i) => {
    const open = line.open[i];
    if (!open) return [];
    return [
      {
        indicator: indicator.id,
        definitionVersion: indicator.version,
        scope: `${platform}/${line.id}`,
        period: day.period,
        from: day.from,
        to: day.to,
        until,
        unit: indicator.unit,
        ...open.figure({ day, until, alarms }),
      },
    ];
  });
}
