import type { Clock } from "#shared/kit/clock.ts";
import type { Period } from "#shared/model/calendar.ts";
import type { IndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { FactLedger } from "./facts/ledger.ts";
import type { FigureRecords } from "./facts/recorded.ts";
import type { EquipmentSpec } from "./facts/spec.ts";
import type { Piece } from "./facts/timeline.ts";
import type { FigureInputs, Figures, StateStretch } from "./figures.ts";
import { figureDefinitions } from "./registry.ts";
import { wantedScopes } from "./wantedScopes.ts";

/** Readings of one page. */
const pageSize = 20_000;
/** A timeline that was made is given out again for so long. */
const timelineAgeMs = 60_000;

/** What figures rest on: timelines as facts see them, the tags whose readings they used, what the records say. */
export function createFigureInputs(
  plant: Plant,
  reader: SampleReader,
  records: FigureRecords,
  ledger: FactLedger,
  clock: Clock,
): Pick<Figures, "inputs" | "readings" | "states"> {
  /** Timelines that were just made: whoever gathers evidence asks for each of them once per indicator. */
  const timelines = new Map<string, { readonly at: EpochMs; readonly pieces: ReturnType<typeof ledger.pieces> }>();
  const timelineOf = (spec: EquipmentSpec, period: Period, now: EpochMs): ReturnType<typeof ledger.pieces> => {
    const key = `${spec.id} ${period.name}`;
    const known = timelines.get(key);
    if (known && now - known.at < timelineAgeMs && now >= known.at) return known.pieces;
    if (timelines.size > 200) timelines.clear();
    const pieces = ledger.pieces(spec, period, now);
    timelines.set(key, { at: now, pieces });
    pieces.catch(() => timelines.delete(key));
    return pieces;
  };

  const inputs = async (indicator: IndicatorId, scope: string, period: Period): Promise<FigureInputs> => {
    const now = clock.now();
    const sources = new Set(figureDefinitions.find(({ id }) => id === indicator)?.sources ?? []);
    const [wanted] = wantedScopes(plant, [scope]);
    const specs = ledger.specs.filter(({ id }) => wanted?.holds(id) && sources.has("facts"));
    const isHeld = (line: string, ids: readonly string[]) =>
      ids.some((id) => wanted?.holds(`${plant.platform.id}/${line}/${id}`));
    const states: StateStretch[] = [];
    for (const spec of isOfStates(indicator) ? specs : [])
      states.push(...stretches(spec, await timelineOf(spec, period, now)));
    const line = wanted?.level === "line" ? scope.split("/")[1] : undefined;
    return {
      states: states.toSorted((a, b) => a.from - b.from),
      tags: [...new Set(specs.flatMap((spec) => tagsOf(indicator, spec)))],
      alarms: sources.has("alarms")
        ? records.alarmSteps(period.from, period.to).filter((step) => line === undefined || step.line === line)
        : [],
      runs: sources.has("runs")
        ? records.runs(period.from, period.to).flatMap((run) => (isHeld(run.line, run.equipment) ? [run.id] : []))
        : [],
      bookings: sources.has("bookings")
        ? records.bookings(period.from, period.to).flatMap((one) => (isHeld(one.line, [one.equipment]) ? [one.id] : []))
        : [],
    };
  };

  return {
    inputs,
    states: async (equipment, period) => {
      const spec = ledger.specs.find(({ id }) => id === equipment);
      return spec ? stretches(spec, await ledger.pieces(spec, period, clock.now())) : [];
    },
    readings: async (tag, { from, to }, after) => {
      const end = instant(Math.min(to, clock.now()));
      const carried = after === null ? (await reader.last([tag], from)).get(tag) : undefined;
      const start = after === null ? from : instant(after + 1);
      const { samples, more } =
        start < end ? await reader.range(tag, start, end, pageSize) : { samples: [], more: false };
      return { samples: carried ? [carried, ...samples] : samples, after: more ? (samples.at(-1)?.at ?? null) : null };
    },
  };
}

const stretches = ({ id }: EquipmentSpec, pieces: readonly Piece[]): readonly StateStretch[] =>
  pieces.map(({ from, to, state, origin }) => ({ equipment: id, from, to, state, origin }));

const isOfStates = (indicator: IndicatorId): boolean => indicator.startsWith("U-") || indicator === "G-03";

/** The tags of an equipment that a figure of facts was made of. */
function tagsOf(indicator: IndicatorId, spec: EquipmentSpec): readonly TagId[] {
  const states = [spec.state, spec.power].flatMap((signal) => (signal ? [signal.tag] : []));
  const named = (names: readonly (string | undefined)[]) =>
    names.flatMap((name) => (name === undefined ? [] : (spec.named.get(name)?.tag ?? [])));
  const { exhaust = [], channels = [] } = spec.config;
  if (indicator === "U-02c") return [...states, ...named(channels)];
  if (indicator === "G-11")
    return named(exhaust.flatMap(({ concentration, flow, oxygen }) => [concentration, flow, oxygen]));
  const meters = indicator.startsWith("G-") || indicator === "D-05" ? spec.meters.map(({ tag }) => tag) : [];
  if (isOfStates(indicator) || meters.length > 0) return [...(isOfStates(indicator) ? states : []), ...meters];
  // Alarms are facts of the journal; of the samples they only use that there were some.
  return /^S-(0|10|11)/.test(indicator) ? [] : spec.signals.map(({ tag }) => tag);
}
