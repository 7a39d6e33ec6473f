import { createHash } from "node:crypto";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Booking } from "#shared/model/booking.ts";
import { calendar, type Period } from "#shared/model/calendar.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type Interval, overlapMs } from "#shared/model/interval.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { Sample } from "#shared/model/sample.ts";
import type { StateCorrection } from "#shared/model/stateCorrection.ts";
import { type EpochMs, hours, instant, millis, minutes } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { Figures } from "../indicators/figures.ts";
import { equipmentUsage, sharedUsage } from "./day.ts";
import { increments } from "./dayData.ts";
import { bandsOn, type Register, type UsageSources, usageSources } from "./sources.ts";

export interface UsageRound {
  /** Late samples that have just become durable change earlier days. */
  stored(samples: readonly Sample[]): void;
  /** Works out today, and a few of the days whose inputs have changed, the newest first. */
  follow(): Promise<void>;
}

interface UsageParts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly reader: SampleReader;
  readonly figures: Pick<Figures, "states">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Corrections of runs and bookings are looked for so far back. */
const reach = hours(24 * 400);
/** Days without a run or a booking are worked out so far back, for what nobody is named for. */
const silentReach = hours(24 * 31);
/** Days worked out in one turn: a turn must not last long. */
const perTurn = 3;
/** Rests so many times as long as it worked: the thread belongs to samples and alarms. */
const restShare = 20;
/** Registers are read at least so often around the end of a day. */
const edge = minutes(15);
const mostAlarms = 100_000;

interface Records {
  readonly runs: readonly Recorded<Run>[];
  readonly bookings: readonly Recorded<Booking>[];
  /** Absent where there are none. */
  readonly corrections?: readonly Recorded<StateCorrection>[];
}

const digestOf = (records: Records): string =>
  createHash("sha256").update(JSON.stringify(records)).digest("hex").slice(0, 32);

/** Works out day by day who used what, and keeps it for statements: made anew whenever something that it rests on changes. */
export function createUsageRound({ plant, records, reader, figures, clock, log }: UsageParts): UsageRound {
  const days = calendar(plant.platform.timeZone);
  const sources = usageSources(plant);
  const lines = [...sources.keys()];
  const lineOf = new Map(plantTags(plant).map(({ id, line }) => [id, line.id]));
  /** `<day>/<line>` of which late samples came; a restart may have come between them and their day. */
  const late = new Set(
    [0, 24].flatMap((back) =>
      lines.map((line) => `${days.periodAt("day", instant(clock.now() - hours(back))).name}/${line}`),
    ),
  );
  let hasFailed = false;
  let today = days.periodAt("day", clock.now());
  /** Days that are just over. */
  let edges = new Set<string>();
  let restUntil = clock.monotonic();

  const within = (line: string, span: Interval, { runs, bookings, corrections = [] }: Records): Records => {
    const corrected = corrections.filter((one) => one.line === line && overlapMs(one, span) > 0);
    return {
      runs: runs.filter((run) => run.line === line && overlapMs({ from: run.from, to: run.to ?? span.to }, span) > 0),
      bookings: bookings.filter((booking) => booking.line === line && overlapMs(booking, span) > 0),
      ...(corrected.length > 0 ? { corrections: corrected } : {}),
    };
  };

  /** Every day that a record touches, and the last weeks. */
  const daysToLookAt = (now: number, { runs, bookings, corrections = [] }: Records): ReadonlyMap<string, Period> => {
    const found = new Map<string, Period>();
    const add = (from: number, to: number): void => {
      for (let day = days.periodAt("day", instant(from)); day.from < to; day = days.periodAt("day", day.to))
        found.set(day.name, day);
    };
    add(now - silentReach, now + 1);
    for (const { from, to } of runs) add(Math.max(from, now - reach), Math.min(to ?? now, now));
    for (const { from, to } of [...bookings, ...corrections]) add(Math.max(from, now - reach), Math.min(to, now));
    return found;
  };

  const workOut = async (line: string, day: Period, own: Records): Promise<void> => {
    const now = clock.now();
    const span = { from: day.from, to: instant(Math.min(day.to, now)) };
    if (span.to <= span.from) return;
    const usage = await lineUsage(line, day, span, own);
    records.saveUsageDay({ day: day.name, line, equipment: usage, computedAt: now, inputs: digestOf(own) });
  };

  /** The timeline that figures count; null where nothing tells states, and nobody has said one. */
  const statesOf = async (line: string, { equipment, hasState }: UsageSources, day: Period, own: Records) =>
    hasState || own.corrections?.some((one) => one.equipment === equipment)
      ? (await figures.states(`${plant.platform.id}/${line}/${equipment}`, day)).filter(({ state }) => state !== "UNK")
      : null;

  const lineUsage = async (line: string, day: Period, span: Interval, own: Records) => {
    const tariff = bandsOn(plant, day.name);
    const events = records.alarmEvents({ ...span, line, limit: mostAlarms });
    const raised = events.filter(({ transition, historical }) => transition === "raised" && !historical);
    const dataOf = async (of: UsageSources) => ({
      equipment: of.equipment,
      claims: {
        runs: own.runs.filter(({ equipment }) => equipment.includes(of.equipment)),
        bookings: own.bookings.filter(({ equipment }) => equipment === of.equipment),
        tenantOfProject: (project: string) => records.project(project)?.tenant ?? null,
      },
      states: await statesOf(line, of, day, own),
      energy: await gained(of.energy, "kW.h", span),
      water: await gained(of.water, "m3", span),
      alarms: raised.filter(({ status }) => status.equipment === of.equipment),
    });
    const all = [];
    for (const of of sources.get(line) ?? []) all.push({ of, data: await dataOf(of) });
    const used = all.filter(({ of }) => !of.isShared).map(({ data }) => equipmentUsage(data, span, tariff, days));
    const byId = new Map(used.map((usage) => [usage.equipment, usage]));
    return all.map(({ of, data }) => byId.get(of.equipment) ?? sharedUsage(data, used, span, tariff, days));
  };

  const gained = async (registers: readonly Register[], unit: string, span: Interval) => {
    if (registers.length === 0) return null;
    const each = [];
    for (const { tag, rules, multiplier } of registers)
      each.push(...(await increments(reader, tag, unit, rules, multiplier, span)));
    return each.toSorted((a, b) => a.from - b.from);
  };

  /** When a day is over, its last hour is not stored yet, nor the readings behind it. */
  const turnDay = (now: EpochMs): void => {
    const before = today;
    today = days.periodAt("day", now);
    if (before.name !== today.name) edges = new Set([before.name]);
    if (now - today.from < edge) return;
    for (const day of edges) for (const line of lines) late.add(`${day}/${line}`);
    edges.clear();
  };

  const followOnce = async (): Promise<void> => {
    const now = clock.now();
    turnDay(now);
    const recorded = {
      runs: records.runs(instant(now - reach), now),
      bookings: records.bookings(instant(now - reach), now),
      corrections: records.stateCorrections(instant(now - reach), now),
    };
    const candidates = [...daysToLookAt(now, recorded).values()].toSorted((a, b) => b.from - a.from);
    const known = records.usageInputs(candidates.at(-1)?.name ?? today.name, today.name);
    let left = perTurn;
    for (const day of candidates) {
      for (const line of lines) {
        const place = `${day.name}/${line}`;
        const own = within(line, day, recorded);
        const isDue = day.name === today.name || late.has(place) || known.get(place) !== digestOf(own);
        if (!isDue) continue;
        if (day.name !== today.name && left === 0) return;
        if (day.name !== today.name) left -= 1;
        // What comes late while the day is worked out marks it again.
        late.delete(place);
        try {
          await workOut(line, day, own);
        } catch (error) {
          late.add(place);
          throw error;
        }
      }
    }
  };

  return {
    stored: (samples) => {
      /** By line, the time whose day is marked: of a backlog, hundreds of thousands of samples lie in one. */
      const marked = new Map<string, Interval>();
      for (const { tag, at } of samples) {
        const line = at < today.from ? lineOf.get(tag) : undefined;
        if (line === undefined) continue;
        const known = marked.get(line);
        if (known && known.from <= at && at < known.to) continue;
        const [day, before] = [days.periodAt("day", at), days.periodAt("day", instant(at - edge))];
        late.add(`${day.name}/${line}`);
        late.add(`${before.name}/${line}`);
        if (day.name === before.name) marked.set(line, { from: instant(day.from + edge), to: day.to });
      }
    },
    follow: async () => {
      const startedAt = clock.monotonic();
      if (startedAt < restUntil) return;
      try {
        await followOnce();
        restUntil = millis(clock.monotonic() + restShare * (clock.monotonic() - startedAt));
        hasFailed = false;
      } catch (error) {
        if (!hasFailed)
          log.error({ error: messageOf(error) }, "Use of equipment cannot be worked out; it is tried again");
        hasFailed = true;
      }
    },
  };
}
