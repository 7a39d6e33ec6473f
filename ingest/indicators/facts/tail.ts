import type { Interval } from "#shared/model/interval.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { hourMs, readSamples } from "./day.ts";
import type { EquipmentSpec } from "./spec.ts";

/** Samples of the last hours of a day that runs: the next look reads only what came since. */
export interface Tail {
  readonly from: EpochMs;
  readonly byTag: ReadonlyMap<TagId, readonly Sample[]>;
}

/** Beyond so many samples of an equipment they are read again instead. */
const mostKept = 20_000;
const hoursKept = 2;

/** All samples of `span` up to `until`; of those that `tail` has, the ones before `stale` are still right. */
export async function readOn(
  reader: SampleReader,
  spec: EquipmentSpec,
  span: Interval,
  until: EpochMs,
  tail: Tail | undefined,
  stale: EpochMs,
): Promise<ReadonlyMap<TagId, readonly Sample[]>> {
  if (!tail || tail.from > span.from || stale <= span.from) return readSamples(reader, spec, span, until);
  const came = await readSamples(reader, spec, { from: stale, to: span.to }, until);
  const kept = (tag: TagId) => (tail.byTag.get(tag) ?? []).filter(({ at }) => at >= span.from && at < stale);
  return new Map([...came].map(([tag, samples]) => [tag, [...kept(tag), ...samples]]));
}

/** What is kept of samples that were read from `from` on. */
export function tailOf(byTag: Tail["byTag"], from: EpochMs, dayFrom: EpochMs, until: EpochMs): Tail | undefined {
  const hours = Math.floor((until - dayFrom) / hourMs) - hoursKept;
  const begin = instant(Math.max(from, dayFrom + hours * hourMs));
  let count = 0;
  for (const samples of byTag.values()) count += samples.length;
  if (count > mostKept) return undefined;
  return { from: begin, byTag: new Map([...byTag].map(([tag, all]) => [tag, all.filter(({ at }) => at >= begin)])) };
}
