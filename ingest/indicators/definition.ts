import { type IndicatorId, indicatorCatalogue } from "#shared/model/catalogue/catalogue.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { LocalDay } from "#shared/model/localDay.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { PlantTag } from "#shared/plant/plant.ts";

/** The figure itself, without what it is about. */
export type Figure = Omit<
  IndicatorResult,
  "indicator" | "definitionVersion" | "scope" | "period" | "from" | "to" | "until" | "unit"
>;

/** Adds up the facts of one tag over one day; samples come in ascending time, the first may be a carry-in. */
export interface Accumulator<Facts> {
  add(sample: Sample): void;
  upTo(until: EpochMs): Facts;
}

/** A tag that an indicator rests on, and how its samples become additive facts (D9). */
export interface FactSource<Facts> {
  readonly tag: TagId;
  start(day: LocalDay): Accumulator<Facts>;
}

/** How the alarms of a line stand now. */
export interface LineAlarms {
  /** Alarm rules of the line. */
  readonly rules: number;
  /** Rules whose tag delivers good values now. */
  readonly watched: number;
  /** Alarms in UNACK or ACKED. */
  readonly active: number;
}

export interface FigureSpan {
  readonly day: LocalDay;
  readonly until: EpochMs;
  readonly alarms: LineAlarms;
}

export interface IndicatorDefinition<Facts> {
  /** Version and unit are those of the catalogue. */
  readonly id: IndicatorId;
  /** What it needs of the tags of one line. */
  sources(tags: readonly PlantTag[]): readonly FactSource<Facts>[];
  /** Pure: from the facts of all sources to the figure. */
  figure(facts: readonly Facts[], span: FigureSpan): Figure;
}

/** One indicator of one line over one day, its facts hidden. */
export interface OpenDay {
  /** Begins the tag's day again from the stored samples, the carry-in first. */
  restart(tag: TagId, samples: readonly Sample[]): void;
  add(sample: Sample): void;
  figure(span: FigureSpan): Figure;
}

/** An indicator bound to the tags of one line. */
export interface LineIndicator {
  readonly id: IndicatorId;
  readonly version: string;
  /** UCUM */
  readonly unit: string;
  readonly tags: readonly TagId[];
  open(day: LocalDay): OpenDay;
}

export function bindIndicator<Facts>(definition: IndicatorDefinition<Facts>, tags: readonly PlantTag[]): LineIndicator {
  const { id } = definition;
  const { version, unit } = indicatorCatalogue[id];
  const sources = definition.sources(tags);
  return {
    id,
    version,
    unit,
    tags: sources.map(({ tag }) => tag),
    open: (day) => {
      const byTag = new Map(sources.map((source) => [source.tag, { source, facts: source.start(day) }]));
      return {
        restart: (tag, samples) => {
          const entry = byTag.get(tag);
          if (!entry) return;
          entry.facts = entry.source.start(day);
          for (const sample of samples) entry.facts.add(sample);
        },
        add: (sample) => byTag.get(sample.tag)?.facts.add(sample),
        figure: (span) =>
          definition.figure(
            [...byTag.values()].map(({ facts }) => facts.upTo(span.until)),
            span,
          ),
      };
    },
  };
}

/** A figure that cannot be given, with its reason. */
export const noFigure = (reason: string): Figure => ({
  value: null,
  numerator: null,
  denominator: null,
  lower: null,
  upper: null,
  coverage: 0,
  status: "insufficient",
  reason,
  flags: [],
  parts: {},
  factorIds: [],
  inputDigest: null,
  origin: "measured",
});
