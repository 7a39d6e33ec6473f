import type { EquipmentState } from "#shared/model/equipment.ts";
import { stateOf } from "#shared/model/equipmentState.ts";
import { heldReadings } from "#shared/model/heldReadings.ts";
import { type Interval, overlapMs } from "#shared/model/interval.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { EquipmentConfig } from "#shared/plant/schema.ts";
import type { PowerState } from "../equipment/powerStates.ts";
import type { StateOrigin } from "../figures.ts";
import type { Activity, HeldState, PowerChain } from "./chain.ts";

/** A stretch of a state timeline; stretches follow one another and fill the span. */
export interface Piece extends Interval {
  readonly state: EquipmentState;
  readonly origin: StateOrigin;
  readonly activity: Activity | null;
  /** Idle equipment: outside planned time, and without a run, it is not scheduled (NST). */
  readonly isIdle: boolean;
}

const unknown = { state: "UNK", origin: "none", activity: null, isIdle: false } as const;

/** States as they are reported: each holds to the next one, at most `holdMs` (catalogue 0.4). */
export function reportedPieces(
  held: HeldState | null,
  samples: readonly Sample[],
  span: Interval,
  holdMs: number,
  { map, activity }: NonNullable<EquipmentConfig["state"]>,
): { readonly pieces: readonly Piece[]; readonly held: HeldState | null } {
  const readings = samples.map(
    (sample): HeldState => ({
      at: sample.at,
      state: stateOf(map, sample),
      activity: activity?.[String(sample.value)] ?? null,
    }),
  );
  const pieces = heldReadings(held, readings, span, holdMs, ({ state }) => state !== "UNK").map(
    ({ from, to, reading }): Piece =>
      reading === null
        ? { from, to, ...unknown }
        : {
            from,
            to,
            origin: "reported",
            state: reading.state,
            activity: reading.activity,
            isIdle: reading.state === "SBY",
          },
  );
  return { pieces: coalesced(pieces), held: readings.at(-1) ?? held };
}

const ofPower = { RUN: "PRD", IDLE: "SBY", OFF: "SBY", UNK: "UNK" } as const;

/**
 * States as electric power tells them (catalogue U-TM, rule 6). A stretch shorter than the least dwell counts as the one
 * before it: whether it will be long enough is looked up in the samples behind the span, `ahead`.
 */
export function powerPieces(
  chain: PowerChain | null,
  samples: readonly Sample[],
  ahead: readonly Sample[],
  span: Interval,
  holdMs: number,
  toKw: number,
  { onKw, runKw, runOffKw, minDwellS }: NonNullable<EquipmentConfig["powerState"]>,
): { readonly pieces: readonly Piece[]; readonly chain: PowerChain | null } {
  interface Stretch {
    readonly state: PowerState | "UNK";
    readonly from: EpochMs;
  }
  let isRunning = chain?.isRunning ?? false;
  let newest = chain?.at ?? null;
  let last: Stretch = chain ? { state: chain.raw, from: chain.since } : { state: "UNK", from: span.from };
  let before = chain?.before ?? null;
  const dwellMs = minDwellS * 1_000;
  const done: (Stretch & { readonly to: EpochMs })[] = [];
  /** What a stretch counts as that ends at `to`. */
  const counted = (stretch: Stretch, to: EpochMs): PowerState | "UNK" =>
    stretch.state === "UNK" || before === null || before === "UNK" || to - stretch.from >= dwellMs
      ? stretch.state
      : before;
  const turn = (state: PowerState | "UNK", at: EpochMs): void => {
    if (state === last.state) return;
    const as = counted(last, at);
    if (at > last.from) {
      done.push({ state: as, from: last.from, to: at });
      before = as;
    }
    last = { state, from: at };
  };
  const take = (sample: Sample): void => {
    if (newest !== null && sample.at > newest + holdMs) turn("UNK", instant(newest + holdMs));
    if (typeof sample.value !== "number") {
      isRunning = false;
      turn("UNK", sample.at);
    } else {
      const kw = sample.value * toKw;
      isRunning = isRunning ? kw >= runOffKw : kw >= runKw;
      turn(isRunning ? "RUN" : kw >= onKw ? "IDLE" : "OFF", sample.at);
    }
    newest = sample.at;
  };
  for (const sample of samples) take(sample);
  const next: PowerChain | null =
    newest === null ? null : { at: newest, isRunning, raw: last.state, since: last.from, before };
  for (const sample of ahead) {
    if (last.from >= span.to || span.to - last.from >= dwellMs || sample.at > span.to + dwellMs) break;
    take(sample);
  }
  if (newest !== null && newest + holdMs < span.to) turn("UNK", instant(newest + holdMs));
  done.push({ state: counted(last, span.to), from: last.from, to: instant(Math.max(span.to, last.from)) });
  const pieces = done.flatMap(({ state, from, to }): Piece[] => {
    const part = { from: instant(Math.max(from, span.from)), to: instant(Math.min(to, span.to)) };
    if (part.to <= part.from) return [];
    if (state === "UNK") return [{ ...part, ...unknown }];
    return [{ ...part, state: ofPower[state], origin: "power", activity: null, isIdle: state === "OFF" }];
  });
  const filled = pieces.length > 0 ? pieces : [{ ...span, ...unknown }];
  const first = filled[0];
  const lead = first && first.from > span.from ? [{ from: span.from, to: first.from, ...unknown }] : [];
  return { pieces: coalesced([...lead, ...filled]), chain: next };
}

/** Where the reported state is unknown, power tells. */
export function withPower(reported: readonly Piece[], power: readonly Piece[]): readonly Piece[] {
  return coalesced(
    reported.flatMap((piece) => (piece.state !== "UNK" ? [piece] : power.flatMap((other) => within(other, piece)))),
  );
}

const within = (piece: Piece, span: Interval): Piece[] =>
  overlapMs(piece, span) > 0
    ? [{ ...piece, from: instant(Math.max(piece.from, span.from)), to: instant(Math.min(piece.to, span.to)) }]
    : [];

/** Idle time outside `scheduled` (planned time and runs) becomes NST. */
export function withCalendar(pieces: readonly Piece[], scheduled: readonly Interval[]): readonly Piece[] {
  return coalesced(
    pieces.flatMap((piece) => {
      if (!piece.isIdle) return [piece];
      const inside = scheduled.flatMap((part) => within(piece, part));
      return filledUp(inside, piece, (gap) => ({
        ...gap,
        state: "NST",
        origin: "calendar",
        activity: null,
        isIdle: false,
      }));
    }),
  );
}

/** What an operator corrected replaces what was there; of two corrections the later one holds. */
export function withCorrections(
  pieces: readonly Piece[],
  corrections: readonly (Interval & { readonly state: EquipmentState })[],
): readonly Piece[] {
  return coalesced(
    corrections.reduce<readonly Piece[]>((was, { from, to, state }) => {
      const corrected = was.flatMap((piece) => within(piece, { from, to }));
      if (corrected.length === 0) return was;
      return was.flatMap((piece) => [
        ...within(piece, { from: instant(Number.MIN_SAFE_INTEGER), to: from }),
        ...within({ ...piece, state, origin: "corrected", activity: null, isIdle: false }, { from, to }),
        ...within(piece, { from: to, to: instant(Number.MAX_SAFE_INTEGER) }),
      ]);
    }, pieces),
  );
}

/** Ascending parts of `span` with what lies between them. */
function filledUp(parts: readonly Piece[], span: Interval, make: (gap: Interval) => Piece): readonly Piece[] {
  const all: Piece[] = [];
  let from = span.from;
  for (const part of parts) {
    if (part.from > from) all.push(make({ from, to: part.from }));
    all.push(part);
    from = part.to;
  }
  return from < span.to ? [...all, make({ from, to: span.to })] : all;
}

function coalesced(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const isSame =
      last?.to === piece.from &&
      last.state === piece.state &&
      last.origin === piece.origin &&
      last.activity === piece.activity &&
      last.isIdle === piece.isIdle;
    if (last && isSame) joined[joined.length - 1] = { ...last, to: piece.to };
    else joined.push(piece);
  }
  return joined;
}
