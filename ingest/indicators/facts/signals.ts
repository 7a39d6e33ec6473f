import { type Interval, overlapMs } from "#shared/model/interval.ts";
import type { Sample } from "#shared/model/sample.ts";
import { inForce } from "#shared/model/standard.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { DetectorConfig, ExhaustConfig } from "#shared/plant/figures/equipmentSchema.ts";
import type { Tally } from "#shared/store/facts/tally.ts";
import { atReferenceOxygen, emittedKg, exhaustValidity } from "../green/exhaust.ts";
import type { HeldValue } from "./chain.ts";

/** A value that holds for a while; null where it is bad or too old. */
export interface ValuePiece extends Interval {
  readonly value: number | boolean | string | null;
}

/** Values by sample and hold: each holds to the next one, at most `holdMs`; the pieces fill the span. */
export function valuePieces(
  held: HeldValue | null,
  samples: readonly Sample[],
  span: Interval,
  holdMs: number,
): { readonly pieces: readonly ValuePiece[]; readonly held: HeldValue | null } {
  const pieces: ValuePiece[] = [];
  let now = held;
  let from: EpochMs = span.from;
  const push = (to: number, value: ValuePiece["value"]): void => {
    if (to <= from) return;
    const last = pieces.at(-1);
    if (last && last.value === value) pieces[pieces.length - 1] = { ...last, to: instant(to) };
    else pieces.push({ from, to: instant(to), value });
    from = instant(to);
  };
  const upTo = (to: EpochMs): void => {
    if (now && now.value !== null) push(Math.min(to, now.at + holdMs), now.value);
    push(to, null);
  };
  for (const { at, value, quality } of samples) {
    upTo(at);
    now = { at, value: quality === "bad" ? null : value };
  }
  upTo(span.to);
  return { pieces, held: now };
}

export const validMs = (pieces: readonly ValuePiece[]): number =>
  pieces.reduce((ms, { from, to, value }) => (value === null ? ms : ms + (to - from)), 0);

/**
 * S-13: activations and active time of both levels of a detector. What is invalid says nothing: the last good value holds
 * (fail-safe), and the time counts as invalid. `above` says which levels were in alarm before, and after.
 */
export function tallyDetector(
  tally: Tally,
  { tag, kind, level1, level2, deadband }: DetectorConfig,
  pieces: readonly ValuePiece[],
  above: Record<string, boolean>,
): void {
  for (const [level, setpoint] of [level1, level2].entries()) {
    if (setpoint === undefined || kind === "oxygen") continue;
    const key = `gas.${tag}.${level + 1}`;
    for (const { from, to, value } of pieces) {
      const was = above[key] ?? false;
      const is = typeof value === "number" ? value >= (was ? setpoint - deadband : setpoint) : was;
      if (is && !was) tally.add(`${key}.events`, 1);
      if (is) tally.add(`${key}.ms`, to - from);
      above[key] = is;
    }
  }
  for (const { value } of pieces) if (typeof value === "number") tally.peak(`gas.${tag}`, value);
}

/** S-16: time strictly above a safe operating limit. Unknown time is apart, and ends an excursion. */
export function tallyLimit(
  tally: Tally,
  key: string,
  limit: number,
  pieces: readonly ValuePiece[],
  above: Record<string, boolean>,
): void {
  for (const { from, to, value } of pieces) {
    const excess = typeof value === "number" ? value - limit : 0;
    if (value === null) tally.add(`${key}.unknownMs`, to - from);
    if (excess > 0) {
      if (!above[key]) tally.add(`${key}.count`, 1);
      tally.add(`${key}.ms`, to - from);
      tally.add(`${key}.areaMs`, excess * (to - from));
      tally.peak(key, excess);
    }
    above[key] = excess > 0;
  }
}

/** G-11 of one clock hour of an outlet: valid or not, above the limit or not, and the mass. */
export function tallyExhaust(
  tally: Tally,
  { concentration, limitMgPerM3, referenceO2 }: ExhaustConfig,
  values: {
    readonly c: readonly ValuePiece[];
    readonly flow?: readonly ValuePiece[];
    readonly oxygen?: readonly ValuePiece[];
  },
  span: Interval,
  day: string,
): void {
  const key = `exhaust.${concentration}`;
  const mean = meanOf(values.c);
  if (mean === null) return;
  const { hourMinutes } = inForce(exhaustValidity, day).values;
  const oxygen = values.oxygen ? meanOf(values.oxygen) : null;
  const judged =
    referenceO2 === undefined || oxygen === null
      ? mean
      : (atReferenceOxygen(Math.max(0, mean), oxygen, referenceO2) ?? mean);
  if (validMs(values.c) >= hourMinutes * 60_000) {
    tally.add(`${key}.valid`, 1);
    if (judged > limitMgPerM3) tally.add(`${key}.exceed`, 1);
    tally.peak(key, judged);
  }
  // Both hold stepwise: the product is summed over the time in which both are known.
  for (const c of values.c) {
    if (typeof c.value !== "number") continue;
    for (const q of values.flow ?? []) {
      const ms = overlapMs(c, q);
      if (ms <= 0 || typeof q.value !== "number" || q.from >= span.to) continue;
      tally.add(`${key}.kg`, emittedKg(Math.max(0, c.value), Math.max(0, q.value), ms / 3_600_000));
    }
  }
}

function meanOf(pieces: readonly ValuePiece[]): number | null {
  let [sum, ms] = [0, 0];
  for (const { from, to, value } of pieces) {
    if (typeof value !== "number") continue;
    sum += value * (to - from);
    ms += to - from;
  }
  return ms > 0 ? sum / ms : null;
}
