import { type Interval, overlapMs } from "#shared/model/interval.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { Tally } from "#shared/store/facts/tally.ts";
import { createIncrementReader, type Increment, type IncrementState, type Reading } from "../green/increments.ts";
import { partIn } from "../green/register.ts";
import { overlapping, type RunSpan } from "./activity.ts";
import type { MeterSpec } from "./spec.ts";
import type { Piece } from "./timeline.ts";

/** Bands of a tariff within a span; ascending, without overlap. */
export type BandTimes = readonly (Interval & { readonly band: string })[];

const demandMs = 15 * 60_000;
const readingOf = ({ at, value }: Sample): readonly Reading[] => (typeof value === "number" ? [{ at, value }] : []);

/** Increments that touch a span, and where the reader stands at its end. */
export function incrementsIn(
  { rules }: Pick<MeterSpec, "rules">,
  from: IncrementState | undefined,
  samples: readonly Sample[],
  ahead: readonly Sample[],
  span: Interval,
): { readonly increments: readonly Increment[]; readonly flags: readonly string[]; readonly state: IncrementState } {
  let reader = createIncrementReader(rules, from);
  const increments: Increment[] = [];
  const flags = new Set<string>();
  const take = (reading: Reading): void => {
    try {
      increments.push(...reader.add(reading));
    } catch {
      // A replacement whose readings do not fit: what lies between is unknown, and the register begins anew behind it.
      flags.add("replacement_inconsistent");
      reader = createIncrementReader(rules, { reference: reading, dropped: null });
    }
  };
  for (const sample of samples) for (const reading of readingOf(sample)) take(reading);
  for (const flag of reader.flags()) flags.add(flag);
  const state = reader.state();
  for (const reading of ahead.flatMap(readingOf)) {
    if ((reader.state().reference?.at ?? Number.POSITIVE_INFINITY) >= span.to) break;
    take(reading);
  }
  return {
    increments: increments.filter((increment) => increment.from < span.to && increment.to > span.from),
    flags: [...flags].sort(),
    state,
  };
}

/** Energy of a meter: in all, by state, by band, by run and by 15-minute window. */
export function tallyMeter(
  tally: Tally,
  meter: MeterSpec,
  increments: readonly Increment[],
  span: Interval,
  parts: { readonly pieces: readonly Piece[]; readonly bands: BandTimes; readonly runs: readonly RunSpan[] },
): void {
  const key = `meter.${meter.name}`;
  const isOwnElectricity = meter.carrier === "electricity" && meter.measures === "equipment" && meter.flow === "import";
  const windows = Array.from({ length: Math.ceil((span.to - span.from) / demandMs) }, () => [0, 0] as [number, number]);
  const runs = overlapping(parts.runs, span);
  let [piece, band] = [0, 0];
  for (const increment of increments) {
    const amount = partIn(increment, span) * meter.toBase;
    tally.add(`${key}.total`, amount);
    if (increment.isEstimated) tally.add(`${key}.estimated`, amount);
    else tally.add(`${key}.covered`, overlapMs(increment, span));
    if (meter.carrier !== "electricity") continue;
    while ((parts.pieces[piece]?.to ?? Number.POSITIVE_INFINITY) <= increment.from) piece++;
    for (let i = piece; ; i++) {
      const part = parts.pieces[i];
      if (!part || part.from >= increment.to) break;
      tally.add(`${key}.state.${part.state}`, partIn(increment, part) * meter.toBase);
    }
    while ((parts.bands[band]?.to ?? Number.POSITIVE_INFINITY) <= increment.from) band++;
    for (let i = band; ; i++) {
      const part = parts.bands[i];
      if (!part || part.from >= increment.to) break;
      tally.add(`${key}.band.${part.band}`, partIn(increment, part) * meter.toBase);
    }
    if (isOwnElectricity)
      for (const run of runs) {
        const inside = { from: instant(Math.max(run.from, span.from)), to: instant(Math.min(run.to, span.to)) };
        tally.add(`run.${run.id}.kwh`, partIn(increment, inside) * meter.toBase);
      }
    const first = Math.max(0, Math.floor((increment.from - span.from) / demandMs));
    for (let i = first; i < windows.length; i++) {
      const window = windowAt(span, i);
      if (window.from >= increment.to) break;
      const cell = windows[i];
      if (!cell) break;
      cell[0] += partIn(increment, window) * meter.toBase;
      if (!increment.isEstimated) cell[1] += overlapMs(increment, window) / 60_000;
    }
  }
  if (meter.carrier === "electricity") tally.demand(meter.name, windows);
}

const windowAt = (span: Interval, i: number): Interval => ({
  from: instant(span.from + i * demandMs),
  to: instant(Math.min(span.to, span.from + (i + 1) * demandMs)),
});
