import type { Clock } from "#shared/kit/clock.ts";
import type { Period } from "#shared/model/calendar.ts";
import type { IndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { FactFile } from "#shared/store/facts/factFile.ts";
import { Tally } from "#shared/store/facts/tally.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { type Arrival, createArrivals, noArrival, together } from "./arrivals.ts";
import { scopeDemand } from "./defined/demand.ts";
import { digestOf } from "./facts/digest.ts";
import { createFactLedger } from "./facts/ledger.ts";
import { createRecorded, type FigureRecords } from "./facts/recorded.ts";
import type { EquipmentSpec } from "./facts/spec.ts";
import { createFigureInputs } from "./figureInputs.ts";
import type { Figures } from "./figures.ts";
import { lineAlarms } from "./lineAlarms.ts";
import { figureDefinitions } from "./registry.ts";
import { digestsOf, figuresOf, plantKeys, resultsOf } from "./results.ts";
import type { EndedRun, EquipmentTotals, FigureSource, ScopeFacts } from "./scope.ts";
import { wantedScopes } from "./wantedScopes.ts";

export interface FiguresParts {
  readonly plant: Plant;
  readonly reader: SampleReader;
  readonly records: FigureRecords;
  readonly file: FactFile;
  readonly clock: Clock;
}

export interface FigureEngine extends Figures {
  /** Takes samples that have just become durable. */
  stored(samples: readonly Sample[]): void;
  /** Keeps what only those know who saw it: how samples arrived. At a clean stop nothing of it is lost. */
  flush(): void;
  /** As `of`, every fact of the period made anew from store and records first. */
  recomputed(period: Period, scopes?: readonly string[]): Promise<readonly IndicatorResult[]>;
  /** Keeps the facts of the day that runs for the pages; of every equipment that was computed since. */
  saveOpenDay(): void;
  /** The period of that name, and the one of a kind that holds an instant, in the platform's zone. */
  readonly calendar: ReturnType<typeof createFactLedger>["calendar"];
}

/** What a run that goes on does not know yet. */
const stillRunning = { state: "running", quantities: null, reason: null, note: null } as const;

/** Every figure of the plant from facts and records. */
export function createFigures({ plant, reader, records, file, clock }: FiguresParts): FigureEngine {
  const ledger = createFactLedger(plant, reader, file, createRecorded(plant, records));
  const arrivals = createArrivals(file, (at) => ledger.calendar.periodAt("day", at));
  const plantDigest = digestOf(JSON.stringify([ledger.specs.map(({ digest }) => digest), plantKeys(plant)]));

  const serviceOf = ({ config }: EquipmentSpec, span: Interval): number => {
    const from = config.service?.from === undefined ? span.from : ledger.calendar.period(config.service.from).from;
    const to = config.service?.to === undefined ? span.to : ledger.calendar.period(config.service.to).to;
    return Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
  };

  const arrivalOf = (id: string, period: Period, until: EpochMs): Arrival => {
    const [from, to] = [ledger.calendar.periodAt("day", period.from).name, dayBehind(period, until)];
    const parts = file.arrivals(id, from, to).map(({ body }) => JSON.parse(body) as Arrival);
    return parts.length === 0 ? noArrival : together(parts);
  };
  const dayBehind = (period: Period, until: EpochMs): string => {
    const end = instant(Math.min(period.to, Math.max(until, period.from + 1)));
    return ledger.calendar.periodAt("day", ledger.calendar.periodAt("day", instant(end - 1)).to).name;
  };

  /** Totals of one equipment, with what its runs and bookings that end in the period had before it. */
  const totalsOf = async (
    spec: EquipmentSpec,
    period: Period,
    now: EpochMs,
    ending: readonly { readonly id: string; readonly from: EpochMs }[],
  ): Promise<Omit<EquipmentTotals, "arrival">> => {
    const days = await ledger.days(spec, period, now);
    const tally = new Tally();
    for (const { facts } of days) tally.addFacts(facts);
    const early = ending.filter(({ from }) => from < period.from);
    if (early.length > 0) {
      const from = instant(Math.min(...early.map((one) => one.from)));
      const before = await ledger.days(spec, { ...period, from, to: period.from }, now);
      for (const { facts } of before)
        for (const key in facts.sums)
          if (early.some(({ id }) => key.startsWith(`run.${id}.`) || key.startsWith(`book.${id}.`)))
            tally.add(key, facts.sums[key] ?? 0);
    }
    const expectedMs = serviceOf(spec, {
      from: period.from,
      to: instant(Math.max(period.from, Math.min(period.to, now))),
    });
    return { spec, days, facts: tally.facts(), expectedMs };
  };

  const compute = async (
    period: Period,
    scopes?: readonly string[],
    indicators?: readonly IndicatorId[],
  ): Promise<readonly IndicatorResult[]> => {
    const definitions = indicators ? figureDefinitions.filter(({ id }) => indicators.includes(id)) : figureDefinitions;
    const sources = new Set(definitions.flatMap((definition) => definition.sources));
    /** What no figure rests on is not read. */
    const ifUsed = <Value>(source: FigureSource, read: () => readonly Value[]) => (sources.has(source) ? read() : []);
    const now = clock.now();
    const until = instant(Math.max(period.from, Math.min(period.to, now)));
    if (sources.has("arrivals")) arrivals.flush();
    const inPeriod = (at: EpochMs | null) => at !== null && at >= period.from && at < period.to && at <= until;
    // A run that goes on beyond the period runs still, whatever became of it later: a closed period stays as it was.
    const runs = ifUsed("runs", () => records.runs(period.from, period.to)).map((run) =>
      run.to !== null && run.to > until ? { ...run, to: null, ...stillRunning } : run,
    );
    const ended = ifUsed("runs", () => records.runs(instant(period.from - 1), period.to)).filter(
      ({ to, state }) => inPeriod(to) && (state === "completed" || state === "aborted"),
    );
    const bookings = ifUsed("bookings", () => records.bookings(instant(period.from - 1), period.to)).filter(
      ({ state, to }) => state === "confirmed" && inPeriod(to),
    );
    const wanted = wantedScopes(plant, scopes);
    const needed = ledger.specs.filter(({ id }) => wanted.some(({ holds }) => holds(id)));
    const totals: EquipmentTotals[] = [];
    for (const spec of needed) {
      const [, line, equipment] = spec.id.split("/");
      const own = [
        ...ended.filter((run) => run.line === line && run.equipment.includes(equipment ?? "")),
        ...bookings.filter((booking) => booking.line === line && booking.equipment === equipment),
      ];
      const arrival = sources.has("arrivals") ? arrivalOf(spec.id, period, now) : noArrival;
      totals.push({ ...(await totalsOf(spec, period, now, own)), arrival });
    }
    const alarms = ifUsed("alarms", () => lineAlarms(plant, records, ledger.calendar, period, until, totals));
    const declared = ifUsed("declared", () => records.declaredItems(period.name)).filter(
      ({ state }) => state === "verified",
    );
    const results = wanted.flatMap(({ scope, level, holds }): readonly IndicatorResult[] => {
      const equipment = totals.filter(({ spec }) => holds(spec.id));
      const isOfScope = (line: string, ids: readonly string[]) =>
        ids.some((id) => holds(`${plant.platform.id}/${line}/${id}`));
      const endedRuns = ended
        .filter((run) => isOfScope(run.line, run.equipment))
        .map((run): EndedRun => ({ run, parts: partsOf(run, equipment) }));
      const facts: ScopeFacts = {
        scope,
        level,
        period,
        until,
        plant,
        calendar: ledger.calendar,
        equipment,
        demand: once(() => scopeDemand({ level, equipment, calendar: ledger.calendar, period })),
        endedRuns,
        runs: runs.filter((run) => isOfScope(run.line, run.equipment)),
        endedBookings: bookings.filter((booking) => isOfScope(booking.line, [booking.equipment])),
        alarms:
          level === "equipment" ? [] : alarms.filter(({ line }) => level === "platform" || scope.endsWith(`/${line}`)),
        declared,
      };
      return indicators
        ? figuresOf(facts, definitions, digestsOf(facts, plantDigest))
        : resultsOf(facts, digestsOf(facts, plantDigest));
    });
    return results;
  };

  return {
    calendar: ledger.calendar,
    stored: (samples) => {
      ledger.stored(samples);
      arrivals.stored(samples, clock.now());
    },
    flush: arrivals.flush,
    of: compute,
    recomputed: (period, scopes) => {
      ledger.forget(period);
      return compute(period, scopes);
    },
    saveOpenDay: file.saveOpen,
    ...createFigureInputs(plant, reader, records, ledger, clock),
  };
}

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** What a run took, per equipment. */
const partsOf = ({ id, line, equipment }: EndedRun["run"], totals: readonly EquipmentTotals[]): EndedRun["parts"] =>
  totals
    .filter(({ spec }) => spec.line.id === line && equipment.includes(spec.config.id))
    .map(({ spec, facts }) => ({
      equipment: spec.id,
      prdMs: facts.sums[`run.${id}.prd`] ?? 0,
      kwh: facts.sums[`run.${id}.kwh`] ?? 0,
    }));
