import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { type DurationMs, type EpochMs, instant, millis, seconds } from "#shared/model/time.ts";
import type { Face } from "../faces/face.ts";
import type { Subscribers } from "../faces/opcua/subscribers.ts";
import { bad } from "../signal.ts";
import type { RecordedRow } from "./recording.ts";

/** none: the file's own times. now: the first row is now. past: the last row is now. */
export const shifts = ["none", "now", "past"] as const;
export type Shift = (typeof shifts)[number];

export interface ReplayPace {
  /** Recorded seconds per second of the clock; 0 is as fast as the subscribers take it. */
  readonly speed: number;
  readonly shift: Shift;
}

export interface ReplayEnd {
  readonly rows: number;
  readonly first: EpochMs;
  readonly last: EpochMs;
}

export interface ReplayEnv {
  readonly faces: readonly Face[];
  readonly subscribers: Subscribers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nobody subscribes any more when the number of items has stood still this long. */
const settle: DurationMs = seconds(1);
const look: DurationMs = millis(10);

/**
 * Shows every row once, each with its own source time, to subscribers that take every change. The first row waits for
 * the first subscriber, and no row overtakes a subscriber's full queue. What the recording has not is not invented:
 * missing seconds stay missing. Resolves at the end, or when `signal` aborts with null.
 */
export async function replay(
  rows: readonly [RecordedRow, ...RecordedRow[]],
  pace: ReplayPace,
  env: ReplayEnv,
  signal: AbortSignal,
): Promise<ReplayEnd | null> {
  const { clock, faces, subscribers, log } = env;
  const show = (row: RecordedRow, offsetMs: number) => {
    for (const face of faces) face.show(row.readings, instant(row.at + offsetMs));
  };
  const [first, ...others] = rows;
  // Unshifted, the first row simply stands there: whoever subscribes gets it as initial value. Shifted, its time is
  // not known before somebody listens, and there is nothing to show.
  if (pace.shift === "none") show(first, 0);
  else
    for (const face of faces)
      face.show(
        first.readings.map(() => bad),
        clock.now(),
      );
  await someoneListens(subscribers, clock, signal);
  if (signal.aborted) return null;

  const last = rows.at(-1) ?? first;
  const offsetMs = { none: 0, now: clock.now() - first.at, past: clock.now() - last.at }[pace.shift];
  const start = clock.monotonic();
  log.info({ rows: rows.length, items: subscribers.items(), speed: pace.speed }, "Replay begins");
  for (const row of pace.shift === "none" ? others : rows) {
    const due = pace.speed === 0 ? start : millis(start + (row.at - first.at) / pace.speed);
    await taken(subscribers, clock, due, signal);
    if (signal.aborted) return null;
    show(row, offsetMs);
  }
  await drained(subscribers, clock, signal);
  return { rows: rows.length, first: instant(first.at + offsetMs), last: instant(last.at + offsetMs) };
}

async function someoneListens(subscribers: Subscribers, clock: Clock, signal: AbortSignal): Promise<void> {
  let items = 0;
  let since = clock.monotonic();
  while (!signal.aborted && (items === 0 || clock.monotonic() - since < settle)) {
    await clock.sleep(millis(50), signal);
    if (subscribers.items() === items) continue;
    items = subscribers.items();
    since = clock.monotonic();
  }
}

/** Waits until the row is due, every queue has room for it, and timer-driven items have seen the row before. */
async function taken(subscribers: Subscribers, clock: Clock, due: DurationMs, signal: AbortSignal): Promise<void> {
  // Twice the interval: a sampling timer may be late by one.
  const held = clock.monotonic() + 2 * subscribers.samplingMs();
  const wait = millis(Math.max(due, held) - clock.monotonic());
  // Even without a wait the faces' own work gets its turn.
  if (wait > 0) await clock.sleep(wait, signal);
  else await new Promise((resolve) => setImmediate(resolve));
  while (!signal.aborted && subscribers.room() < 1) await clock.sleep(look, signal);
}

/** Waits until the subscribers have fetched what was shown, or nobody is left who would. */
async function drained(subscribers: Subscribers, clock: Clock, signal: AbortSignal): Promise<void> {
  const patience = clock.monotonic() + seconds(10);
  while (!signal.aborted && subscribers.waiting() > 0 && clock.monotonic() < patience) await clock.sleep(look, signal);
}
