import { finite } from "#shared/model/checks.ts";

/** A value that holds from a minute on; null where it is unknown. */
export interface MinuteValue {
  readonly minute: number;
  readonly value: number | null;
}

/** S-16: time strictly above a safe operating limit. Unknown time is apart, and ends an excursion. */
export interface Excursions {
  readonly excursions: number;
  readonly minutes: number;
  /** ∫(value − limit) dt in unit·min. */
  readonly area: number;
  readonly maxExcess: number;
  readonly unknownMinutes: number;
}

/** From the first sample to `endMinute`; samples in any order, values hold to the next one. */
export function excursionsAbove(samples: readonly MinuteValue[], limit: number, endMinute: number): Excursions {
  finite(limit, "limit");
  finite(endMinute, "end in min");
  const sorted = samples.toSorted(
    (a, b) => finite(a.minute, "minute of a sample") - finite(b.minute, "minute of a sample"),
  );
  const total = { excursions: 0, minutes: 0, area: 0, maxExcess: 0, unknownMinutes: 0 };
  let wasAbove = false;
  sorted.forEach(({ minute, value }, i) => {
    const minutes = Math.min(endMinute, sorted[i + 1]?.minute ?? endMinute) - minute;
    if (minutes <= 0) return;
    const excess = value === null ? 0 : finite(value, `value at minute ${minute}`) - limit;
    if (value === null) total.unknownMinutes += minutes;
    if (excess > 0) {
      if (!wasAbove) total.excursions++;
      total.minutes += minutes;
      total.area += excess * minutes;
      total.maxExcess = Math.max(total.maxExcess, excess);
    }
    wasAbove = excess > 0;
  });
  return total;
}
