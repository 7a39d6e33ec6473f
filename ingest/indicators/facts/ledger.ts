import { type Calendar, calendar as calendarOf, type Period } from "#shared/model/calendar.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { type DayFacts, packed, unpacked } from "#shared/store/facts/dayFacts.ts";
import type { FactFile, FactMark, FactRow } from "#shared/store/facts/factFile.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { type Chain, noChain } from "./chain.ts";
import { type DayFrame, dayFrame, hourMs, hoursOf, readingsAhead, readSamples } from "./day.ts";
import { digestOf } from "./digest.ts";
import type { HourResult } from "./hour.ts";
import {
  freshProgress,
  leaveToNext,
  nextBefore,
  type OpenDay,
  type Progress,
  readChain,
  resolveLate,
} from "./progress.ts";
import type { ReadRecorded } from "./recorded.ts";
import { recordedDigest } from "./recordedDigest.ts";
import { type EquipmentSpec, equipmentSpecs } from "./spec.ts";
import { readOn, tailOf } from "./tail.ts";

export interface FactLedger {
  readonly specs: readonly EquipmentSpec[];
  readonly calendar: Calendar;
  /** Takes samples that have just become durable. */
  stored(samples: readonly Sample[]): void;
  /** The days of `period` up to `until`, ascending; what has changed is made anew first. Rejects as the store does. */
  days(spec: EquipmentSpec, period: Period, until: EpochMs): Promise<readonly DayFacts[]>;
  /** Has every day of the period made anew from the store at its next use. */
  forget(period: Period): void;
  /** Timeline of a span, as facts see it. */
  pieces(spec: EquipmentSpec, period: Period, until: EpochMs): Promise<readonly HourResult["pieces"][number][]>;
}

/** Days that closed not longer ago are looked through for samples that came while ingest was going down. */
const daysToDistrust = 2;

/**
 * Keeps the facts of every equipment, day by day: closed days in the file, the open one in memory. Late samples, changed
 * records and a changed plant make the days that they touch anew, and those behind as long as the change carries on.
 */
export function createFactLedger(
  plant: Plant,
  reader: SampleReader,
  file: FactFile,
  recordedNow: () => ReadRecorded,
): FactLedger {
  const calendar = calendarOf(plant.platform.timeZone);
  const specs = equipmentSpecs(plant);
  const specOfTag = new Map(specs.flatMap((spec) => spec.signals.map(({ tag }) => [tag, spec] as const)));
  const progress = new Map(specs.map(({ id }) => [id, freshProgress()]));
  const frames = new Map<string, DayFrame>();
  let cachedDay: Period | null = null;

  const dayAt = (at: EpochMs): Period => {
    if (!cachedDay || at < cachedDay.from || at >= cachedDay.to) cachedDay = calendar.periodAt("day", at);
    return cachedDay;
  };
  /** For each equipment and day of a year the wall clock is too slow. */
  const behind = new Map<EpochMs, Period>();
  const dayBehind = ({ to }: Period): Period => {
    if (!behind.has(to)) behind.set(to, calendar.periodAt("day", to));
    return behind.get(to) as Period;
  };
  const frameOf = (day: Period): DayFrame => {
    const known = frames.get(day.name);
    if (known) return known;
    const frame = dayFrame(day, calendar, plant);
    if (frames.size > 800) frames.clear();
    frames.set(day.name, frame);
    return frame;
  };
  const progressOf = ({ id }: EquipmentSpec): Progress => progress.get(id) as Progress;

  const note = ({ tag, at }: Sample): void => {
    const spec = specOfTag.get(tag);
    if (!spec) return;
    const own = progressOf(spec);
    const newest = own.newest.get(tag);
    const last = newest?.at(-1);
    if (!newest || last === undefined) own.newest.set(tag, [at]);
    else if (at > last) {
      newest.push(at);
      if (newest.length > readingsAhead) newest.shift();
    } else own.late.set(tag, instant(Math.min(own.late.get(tag) ?? at, at)));
    // Its hour, and those before it whose last readings this one explains.
    const dwellMs = spec.power?.tag === tag ? (spec.config.powerState?.minDwellS ?? 0) * 1_000 : 0;
    const from = instant(Math.min(own.newest.get(tag)?.[0] ?? at, at - dwellMs));
    own.dirtyFrom = instant(Math.min(own.dirtyFrom ?? from, from));
    own.dirtyDays.add(dayAt(at).name);
    own.dirtyDays.add(dayAt(from).name);
  };

  const marksOf = (spec: EquipmentSpec, own: Progress, today: Period): Map<string, FactMark> => {
    if (own.marks) return own.marks;
    own.marks = new Map(file.marks(spec.id).map((mark) => [mark.day, mark]));
    for (let day = today, i = 0; i < daysToDistrust; i++) {
      day = calendar.periodAt("day", instant(day.from - 1));
      own.dirtyDays.add(day.name);
    }
    return own.marks;
  };

  const firstDay = async (spec: EquipmentSpec, own: Progress, until: EpochMs): Promise<Period | null> => {
    const known = own.marks?.keys().next().value;
    let first = own.first?.from ?? (known === undefined ? until : calendar.period(known).from);
    // Samples that are older than all before are late ones; a first look asks the store.
    if (!own.first || [...own.dirtyDays].some((day) => calendar.period(day).from < first)) {
      for (const { tag } of spec.signals) {
        const [oldest] = (await reader.range(tag, instant(0), first, 1)).samples;
        if (oldest) first = oldest.at;
      }
      own.first = first < until ? calendar.periodAt("day", first) : null;
    }
    return own.first;
  };

  /** Makes what is stale of the closed days before `end` anew, and says how things stand at its beginning. */
  const bringClosed = async (spec: EquipmentSpec, own: Progress, today: Period, until: EpochMs): Promise<Chain> => {
    const marks = marksOf(spec, own, today);
    const first = await firstDay(spec, own, until);
    if (!first || first.from >= today.from) return noChain;
    const read = recordedNow();
    const { settled } = own;
    if (settled?.today === today.name && settled.read === read && own.dirtyDays.size === 0) return settled.chain;
    const recorded = read(spec.id, first.from, today.from);
    const known = [...own.dirtyDays].filter((day) => marks.has(day));
    if (known.length > 0) file.markDirty(spec.id, known);
    let rows: FactRow[] = [];
    let chain: Chain | null = noChain;
    let before = digestOf(JSON.stringify(noChain));
    let beforeDay: string | null = null;
    const flush = (): void => {
      if (rows.length > 0) file.put(spec.id, rows);
      for (const row of rows) marks.set(row.day, { ...row, isDirty: false });
      rows = [];
    };
    for (let day = first; day.from < today.from; day = dayBehind(day)) {
      const mark = marks.get(day.name);
      // Before anything is awaited: what arrives meanwhile marks again.
      const isDirty = own.dirtyDays.delete(day.name);
      const recordedNow = recordedDigest(recorded, day);
      const isFresh =
        mark &&
        !mark.isDirty &&
        !isDirty &&
        mark.plant === spec.digest &&
        mark.recorded === recordedNow &&
        mark.before === before;
      if (isFresh) {
        chain = null;
        before = nextBefore(mark);
      } else {
        if (!chain) chain = beforeDay === null ? noChain : readChain(file.chain(spec.id, beforeDay));
        const samples = await readSamples(reader, spec, day, until);
        const hours = hoursOf(spec, frameOf(day), { from: day.from, until: day.to, chain }, samples, recorded);
        const { digest, ...kept } = packed(hours.map(({ facts }) => facts));
        chain = hours.at(-1)?.chain ?? chain;
        const chainText = JSON.stringify(chain);
        const row: FactRow = {
          day: day.name,
          plant: spec.digest,
          recorded: recordedNow,
          before,
          digest: `${digest}.${digestOf(chainText)}`,
          chain: chainText,
          ...kept,
        };
        rows.push(row);
        before = nextBefore(row);
        if (rows.length >= 60) flush();
      }
      beforeDay = day.name;
    }
    flush();
    const end = chain ?? (beforeDay === null ? noChain : readChain(file.chain(spec.id, beforeDay)));
    own.settled = { today: today.name, read, chain: end };
    return end;
  };

  const bringOpen = async (spec: EquipmentSpec, own: Progress, today: Period, until: EpochMs): Promise<OpenDay> => {
    const [dirtyFrom, wasDirty] = [own.dirtyFrom, new Set(own.dirtyDays)];
    await resolveLate(own, reader, dayAt);
    // What arrives while the store is being read marks again.
    const stale = instant(Math.min(own.dirtyFrom ?? until, dirtyFrom ?? until));
    own.dirtyFrom = null;
    leaveToNext(own, until);
    try {
      own.dirtyDays.delete(today.name);
      const before = await bringClosed(spec, own, today, until);
      const recorded = recordedNow()(spec.id, today.from, today.to);
      const digest = recordedDigest(recorded, today);
      const was = own.open;
      const keep =
        was?.frame.day.name === today.name &&
        was.recorded === digest &&
        (was.before === before || JSON.stringify(was.before) === JSON.stringify(before))
          ? Math.max(
              0,
              Math.min(Math.floor((stale - today.from) / hourMs), Math.floor((was.until - today.from) / hourMs)),
            )
          : 0;
      const hours = was && keep > 0 ? was.hours.slice(0, keep) : [];
      const from = instant(today.from + hours.length * hourMs);
      const chain = hours.at(-1)?.chain ?? before;
      const known = instant(Math.min(stale, was?.until ?? from));
      const samples = await readOn(reader, spec, { from, to: today.to }, until, was?.tail, known);
      hours.push(...hoursOf(spec, frameOf(today), { from, until, chain }, samples, recorded));
      const tail = tailOf(samples, from, today.from, until);
      own.open = { frame: frameOf(today), before, recorded: digest, hours, until, tail };
      return own.open;
    } catch (error) {
      own.dirtyFrom = instant(Math.min(own.dirtyFrom ?? stale, stale));
      for (const day of wasDirty) own.dirtyDays.add(day);
      throw error;
    }
  };

  /** Looks at one equipment wait for one another; a long one at another does not hold them up. */
  const inTurn = <Result>(spec: EquipmentSpec, body: (own: Progress) => Promise<Result>): Promise<Result> => {
    const own = progressOf(spec);
    const result = own.turn.then(() => body(own));
    own.turn = result.catch(() => undefined);
    return result;
  };

  /** A look that began before one which saw the next day sees what that one did: a day that closed stays closed. */
  const lookAt = ({ open }: Progress, until: EpochMs): EpochMs =>
    open && open.frame.day.from > dayAt(until).from ? open.until : until;

  return {
    specs,
    calendar,
    stored: (samples) => {
      for (const sample of samples) note(sample);
    },
    days: (spec, period, asked) =>
      inTurn(spec, async (own) => {
        const until = lookAt(own, asked);
        const today = dayAt(until);
        const open = await bringOpen(spec, own, today, until);
        const days: DayFacts[] = [];
        const [from, to] = [calendar.periodAt("day", period.from).name, today.name];
        const end = period.to <= today.from ? calendar.periodAt("day", period.to).name : to;
        for (const { day, body, digest, demand } of file.rows(spec.id, from, end))
          days.push({ day, ...unpacked(body, demand), digest: digest.split(".")[0] ?? digest });
        if (period.to > today.from && open.hours.length > 0 && own.first) {
          const { digest, ...kept } = packed(open.hours.map(({ facts }) => facts));
          file.noteOpen(spec.id, { day: today.name, until, ...kept });
          days.push({ day: today.name, ...unpacked(kept.body, kept.demand), digest });
        }
        return days;
      }),
    forget: (period) => {
      for (const own of progress.values()) {
        for (
          let day = calendar.periodAt("day", period.from);
          day.from < period.to;
          day = calendar.periodAt("day", day.to)
        )
          own.dirtyDays.add(day.name);
        own.open = null;
      }
    },
    pieces: (spec, period, asked) =>
      inTurn(spec, async (own) => {
        const until = lookAt(own, asked);
        await bringOpen(spec, own, dayAt(until), until);
        const pieces: HourResult["pieces"][number][] = [];
        const last = Math.min(period.to, until);
        const stateSignals = [spec.state, spec.power].filter((signal) => signal !== null);
        const ofStates: EquipmentSpec = { ...spec, signals: stateSignals, meters: [], safety: [], named: new Map() };
        for (let day = calendar.periodAt("day", period.from); day.from < last; day = calendar.periodAt("day", day.to)) {
          const before = calendar.periodAt("day", instant(day.from - 1)).name;
          const chain = own.marks?.has(before) ? readChain(file.chain(spec.id, before)) : noChain;
          const samples = await readSamples(reader, ofStates, day, until);
          const recorded = recordedNow()(spec.id, day.from, day.to);
          const hours = hoursOf(
            ofStates,
            frameOf(day),
            { from: day.from, until: instant(Math.min(day.to, until)), chain },
            samples,
            recorded,
          );
          pieces.push(...hours.flatMap((hour) => hour.pieces));
        }
        return pieces;
      }),
  };
}
