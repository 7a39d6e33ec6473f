import { type Interval, union } from "#shared/model/interval.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { type Facts, Tally } from "#shared/store/facts/tally.ts";
import { overlapping, type RecordedSpans, tallyActivity, tallyFailures } from "./activity.ts";
import type { Chain } from "./chain.ts";
import { type BandTimes, incrementsIn, tallyMeter } from "./registers.ts";
import { tallyDetector, tallyExhaust, tallyLimit, type ValuePiece, validMs, valuePieces } from "./signals.ts";
import type { EquipmentSpec, SignalSpec } from "./spec.ts";
import { type Piece, powerPieces, reportedPieces, withCalendar, withCorrections, withPower } from "./timeline.ts";

/** The samples of an hour, and the next few behind it, which tell what the hour's last ones are worth. */
export interface TagSamples {
  readonly inside: readonly Sample[];
  readonly ahead: readonly Sample[];
}

export interface HourInput {
  readonly spec: EquipmentSpec;
  /** An hour, or its part up to now. */
  readonly span: Interval;
  /** Local day. */
  readonly day: string;
  readonly chain: Chain;
  readonly samples: (tag: TagId) => TagSamples;
  readonly recorded: RecordedSpans;
  readonly planned: readonly Interval[];
  readonly bands: BandTimes;
}

export interface HourResult {
  readonly facts: Facts;
  /** Where things stand at the end of the span. */
  readonly chain: Chain;
  readonly pieces: readonly Piece[];
}

const windowMs = 10 * 60_000;
const slotMs = 60_000;

/** The facts of one equipment over an hour, from its samples, what people recorded, and what was before. Pure. */
export function hourFacts({ spec, span, day, chain, samples, recorded, planned, bands }: HourInput): HourResult {
  const tally = new Tally();
  const inside: RecordedSpans = {
    runs: overlapping(recorded.runs, span),
    bookings: overlapping(recorded.bookings, span),
    corrections: overlapping(recorded.corrections, span),
  };
  const { pieces, state, power } = timelineOf(spec, span, chain, samples, inside, overlapping(planned, span));
  tallyActivity(tally, pieces, inside, overlapping(planned, span));
  const downMs = tallyFailures(tally, pieces, chain.downMs);

  const registers: Record<string, Chain["registers"][string]> = {};
  for (const meter of spec.meters) {
    const own = samples(meter.tag);
    const read = incrementsIn(meter, chain.registers[meter.name], own.inside, own.ahead, span);
    registers[meter.name] = read.state;
    for (const flag of read.flags) tally.flag(flag);
    tallyMeter(tally, meter, read.increments, span, {
      pieces,
      bands: overlapping(bands, span),
      runs: inside.runs,
    });
  }

  const values: Record<string, Chain["values"][string]> = {};
  const above = { ...chain.above };
  const piecesOf = new Map<TagId, readonly ValuePiece[]>();
  const valuesOf = ({ tag, holdMs }: SignalSpec): readonly ValuePiece[] => {
    const known = piecesOf.get(tag);
    if (known) return known;
    const { pieces: own, held } = valuePieces(chain.values[tag] ?? null, samples(tag).inside, span, holdMs);
    if (held) values[tag] = held;
    piecesOf.set(tag, own);
    return own;
  };
  for (const signal of spec.safety) tally.add("safe.valid", validMs(valuesOf(signal)));
  tallyNamed(tally, spec, span, day, valuesOf, above);
  for (const signal of spec.signals) tally.add("cover.valid", validMs(valuesOf(signal)));
  tallySlots(tally, spec, span, samples);
  return { facts: tally.facts(), chain: { state, power, registers, values, above, downMs }, pieces };
}

function timelineOf(
  { state: stateSignal, power: powerSignal, config }: EquipmentSpec,
  span: Interval,
  chain: Chain,
  samples: HourInput["samples"],
  { runs, corrections }: RecordedSpans,
  planned: readonly Interval[],
) {
  const none: Piece = { ...span, state: "UNK", origin: "none", activity: null, isIdle: false };
  const reported =
    stateSignal && config.state
      ? reportedPieces(chain.state, samples(stateSignal.tag).inside, span, stateSignal.holdMs, config.state)
      : { pieces: [none], held: null };
  let pieces: readonly Piece[] = reported.pieces;
  let power = chain.power;
  if (powerSignal && config.powerState) {
    const { inside, ahead } = samples(powerSignal.tag);
    const told = powerPieces(power, inside, ahead, span, powerSignal.holdMs, powerSignal.toKw, config.powerState);
    power = told.chain;
    pieces = withPower(pieces, told.pieces);
  }
  pieces = withCalendar(pieces, union([...planned, ...runs]));
  return { pieces: withCorrections(pieces, corrections), state: reported.held, power };
}

/** Detectors, limits, outlets and channels. */
function tallyNamed(
  tally: Tally,
  { config, named }: EquipmentSpec,
  span: Interval,
  day: string,
  valuesOf: (signal: SignalSpec) => readonly ValuePiece[],
  above: Record<string, boolean>,
): void {
  const of = (name: string | undefined): readonly ValuePiece[] | undefined => {
    const signal = name === undefined ? undefined : named.get(name);
    return signal && valuesOf(signal);
  };
  for (const detector of config.detectors ?? []) tallyDetector(tally, detector, of(detector.tag) ?? [], above);
  for (const [i, { tag, above: limit }] of (config.operatingLimits ?? []).entries())
    tallyLimit(tally, `limit.${i}`, limit, of(tag) ?? [], above);
  for (const outlet of config.exhaust ?? []) {
    const [flow, oxygen] = [of(outlet.flow), of(outlet.oxygen)];
    const given = { c: of(outlet.concentration) ?? [], ...(flow ? { flow } : {}), ...(oxygen ? { oxygen } : {}) };
    tallyExhaust(tally, outlet, given, span, day);
  }
  for (const name of config.channels ?? [])
    for (const { from, to, value } of of(name) ?? []) if (value === true) tally.add("channel.ms", to - from);
}

/** One-minute slots with any sample and with a good one (D-01, D-03), and 10-minute windows with any sample. */
function tallySlots(tally: Tally, { signals }: EquipmentSpec, span: Interval, samples: HourInput["samples"]): void {
  const windows = new Set<number>();
  for (const { tag } of signals) {
    const received = new Set<number>();
    const valid = new Set<number>();
    for (const { at, quality } of samples(tag).inside) {
      const slot = Math.floor((at - span.from) / slotMs);
      received.add(slot);
      if (quality !== "bad") valid.add(slot);
      windows.add(Math.floor((at - span.from) / windowMs));
    }
    tally.add("slot.received", received.size);
    tally.add("slot.valid", valid.size);
  }
  for (let i = 0; instant(span.from + i * windowMs) < span.to; i++) tally.window(windows.has(i));
}
