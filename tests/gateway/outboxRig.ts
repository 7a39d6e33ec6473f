// An outbox in a folder of its own, and samples to put into it.
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { createMetrics, type Metrics } from "#shared/kit/metrics.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { hours, instant, millis } from "#shared/model/time.ts";
import type { LostData } from "#shared/wire/lostData.ts";
import { realDisk } from "../../gateway/outbox/disk.ts";
import { type OutboxOptions, openOutbox } from "../../gateway/outbox/outbox.ts";
import type { Outbox, Outgoing } from "../../gateway/outbox/port.ts";
import { isGap } from "../../gateway/outbox/record.ts";

export interface OpenBox {
  readonly outbox: Outbox;
  readonly metrics: Metrics;
  /** Resolves when everything pushed so far is durable. */
  durable(): Promise<void>;
}

/** Small segments, so that few batches make many files. */
export async function openBox(
  folder: string,
  queueId: string,
  options: Partial<OutboxOptions> = {},
  log: Log = silentLog,
): Promise<OpenBox> {
  const metrics = createMetrics();
  let wake = () => {};
  const outbox = await openOutbox({
    folder: join(folder, "outbox"),
    quotaBytes: 1 << 30,
    maxAge: hours(24 * 90),
    keepFor: hours(72),
    disk: realDisk,
    segmentBytes: 300,
    groupWait: millis(0),
    queueId,
    clock: systemClock,
    random: () => 0.5,
    log,
    metrics,
    ...options,
    onDurable: () => {
      wake();
      options.onDurable?.();
    },
  });
  return {
    outbox,
    metrics,
    durable: async () => {
      while (outbox.durableNumber() < outbox.lastNumber()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

export const tag = "p/l/e/t" as TagId;

/** Samples whose values say which batch they are of. */
export const samplesOf = (seed: number, count = 3): readonly Sample[] =>
  Array.from(
    { length: count },
    (_, i): Sample => ({ tag, at: instant(seed * 1_000 + i), quality: "good", value: seed + i / 10 }),
  );

export const nameOf = (out: Outgoing | undefined): string => (out ? `${out.name.queueId}:${out.name.number}` : "");

export const isHistorical = (out: Outgoing | undefined): boolean => !!out && !isGap(out) && out.historical === true;
export const samplesIn = (out: Outgoing): readonly Sample[] => (isGap(out) ? [] : out.samples);
/** What was given up, of the records of gaps among `all`. */
export const lostIn = (all: readonly Outgoing[]): readonly LostData[] =>
  all.flatMap((out) => (isGap(out) ? [out.lost] : []));
export const numbersOf = (ranges: Ranges): readonly number[] =>
  ranges.flatMap(([first, end]) => Array.from({ length: end - first + 1 }, (_, i) => first + i));

/** Everything that the outbox gives for sending, live first. */
export async function drain(outbox: Outbox): Promise<readonly Outgoing[]> {
  const all: Outgoing[] = [];
  for (let next = outbox.takeLive(); next; next = outbox.takeLive()) all.push(next.out);
  for (let out = await outbox.takeBacklog(); out; out = await outbox.takeBacklog()) all.push(out);
  return all;
}
