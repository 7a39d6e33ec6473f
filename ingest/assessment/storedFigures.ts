import type { Clock } from "#shared/kit/clock.ts";
import type { AssessedFigure } from "#shared/model/assessment.ts";
import type { Period } from "#shared/model/calendar.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { sha256 } from "#shared/store/records/sealCheck.ts";
import type { LineIndicator } from "../indicators/definition.ts";
import type { FigureInputs, Figures, StateStretch } from "../indicators/figures.ts";
import { lineIndicators } from "../indicators/registry.ts";
import { stateOf } from "../live/equipmentState.ts";
import { combineScopes } from "./fromMonths.ts";

const pageSize = 50_000;
const mostReadings = 100_000;

async function samplesOf(reader: SampleReader, tag: TagId, { from, to }: Period): Promise<readonly Sample[]> {
  const carried = (await reader.last([tag], from)).get(tag);
  const samples: Sample[] = carried ? [carried] : [];
  for (let start = from; ; ) {
    const page = await reader.range(tag, start, to, pageSize);
    samples.push(...page.samples);
    const last = page.samples.at(-1);
    if (!page.more || !last) return samples;
    start = instant(last.at + 1);
  }
}

const digestOf = (samples: readonly Sample[]): string =>
  sha256(samples.map(({ tag, at, value, quality }) => `${tag},${at},${JSON.stringify(value)},${quality}\n`).join(""));

/** Figures of any period by the live indicators of each line, out of stored samples. */
export function createStoredFigures(plant: Plant, reader: SampleReader, clock: Clock): Figures {
  const platform = plant.platform.id;
  const tags = plantTags(plant);
  const lines = plant.lines.map(({ id }) => ({
    scope: `${platform}/${id}`,
    // A momentary figure has no period.
    indicators: lineIndicators(tags.filter(({ line }) => line.id === id)).filter(({ tags: used }) => used.length > 0),
  }));

  const figure = async (indicator: LineIndicator, scope: string, period: Period): Promise<AssessedFigure> => {
    const { id, version, unit } = indicator;
    const until = instant(Math.max(period.from, Math.min(period.to, clock.now())));
    const day = { period: period.name, from: period.from, to: period.to };
    const open = indicator.open(day);
    const digests: string[] = [];
    for (const tag of indicator.tags) {
      const samples = await samplesOf(reader, tag, period);
      digests.push(digestOf(samples));
      open.restart(tag, samples);
    }
    const given = open.figure({ day, until, alarms: { rules: 0, watched: 0, active: 0 } });
    const about = { indicator: id, definitionVersion: version, scope, period: period.name, from: period.from };
    return { ...about, to: period.to, until, unit, ...given, inputDigest: sha256(digests.join("\n")) };
  };

  const stretches = (tag: TagId, samples: readonly Sample[], period: Period): readonly StateStretch[] => {
    const found = tags.find(({ id }) => id === tag);
    if (found?.equipment.state?.tag !== found?.config.id || !found?.equipment.state) return [];
    const { map } = found.equipment.state;
    const equipment = `${platform}/${found.line.id}/${found.equipment.id}`;
    const end = Math.min(period.to, clock.now());
    return samples.flatMap((sample, i) => {
      const from = instant(Math.max(period.from, sample.at));
      const to = instant(Math.min(end, samples[i + 1]?.at ?? end, sample.at + found.info.gapAfterMs));
      return to > from ? [{ equipment, state: stateOf(map, sample), origin: "reported" as const, from, to }] : [];
    });
  };

  return {
    of: async (period, scopes) => {
      const results: AssessedFigure[] = [];
      for (const { scope, indicators } of lines) {
        for (const indicator of indicators) results.push(await figure(indicator, scope, period));
      }
      const all = [...combineScopes(platform, results), ...results];
      return scopes ? all.filter(({ scope }) => scopes.includes(scope)) : all;
    },
    inputs: async (id, scope, period): Promise<FigureInputs> => {
      const line = lines.find((one) => one.scope === scope);
      const used = line?.indicators.find((indicator) => indicator.id === id)?.tags ?? [];
      const states: StateStretch[] = [];
      const readings: Sample[] = [];
      for (const tag of used) {
        const samples = await samplesOf(reader, tag, period);
        states.push(...stretches(tag, samples, period));
        readings.push(...samples);
      }
      const isCut = readings.length > mostReadings;
      return { states, readings: readings.slice(0, mostReadings), alarms: [], runs: [], bookings: [], isCut };
    },
  };
}
