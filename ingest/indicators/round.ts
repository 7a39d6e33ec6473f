import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { isActive, isHidden } from "#shared/model/alarm.ts";
import type { IndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { instant, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import type { AlarmEngine } from "../alarms/enginePort.ts";
import type { LiveValues } from "../live/liveValues.ts";
import type { Publisher } from "../publisher.ts";
import { type AlarmsNow, activeAlarms } from "./activeAlarms.ts";
import type { FigureEngine } from "./computeFigures.ts";

export interface IndicatorRoundParts {
  readonly plant: Plant;
  readonly figures: Pick<FigureEngine, "of" | "calendar">;
  readonly alarms: Pick<AlarmEngine, "listed">;
  readonly live: Pick<LiveValues, "isGood">;
  readonly publisher: Pick<Publisher, "indicators">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface IndicatorRound {
  publish(): Promise<void>;
  hasFailed(): boolean;
}

/** Of the running day of each line, what moves while one looks. */
const shown: readonly IndicatorId[] = ["U-02", "G-01"];
/** After a round ingest does other things for so many times as long. */
const restShare = 9;

/** Today's figures of every line that pages show at a glance, from the same facts as all others, again and again. */
export function createIndicatorRound(parts: IndicatorRoundParts): IndicatorRound {
  const { plant, figures, alarms, live, publisher, clock, log } = parts;
  const rules = plantAlarms(plant);
  const scopes = plant.lines.map(({ id }) => `${plant.platform.id}/${id}`);
  let hasFailed = false;
  let restUntil = clock.monotonic();
  const alarmsNow = (line: string): AlarmsNow => {
    const own = rules.filter((rule) => rule.line.id === line);
    const active = alarms
      .listed()
      .filter((alarm) => alarm.line === line && !isHidden(alarm.state) && isActive(alarm)).length;
    return { rules: own.length, watched: own.filter(({ tag }) => live.isGood(tag.id)).length, active };
  };
  const today = async (): Promise<void> => {
    const now = clock.now();
    const day = figures.calendar.periodAt("day", now);
    const results = Map.groupBy(await figures.of(day, scopes, shown), ({ scope }) => scope);
    const about = { period: day.name, from: day.from, to: day.to, until: instant(now) };
    for (const { id } of plant.lines) {
      const scope = `${plant.platform.id}/${id}`;
      const own: readonly IndicatorResult[] = results.get(scope) ?? [];
      publisher.indicators(id, now, [...own, activeAlarms(alarmsNow(id), { scope, ...about })]);
    }
  };
  return {
    hasFailed: () => hasFailed,
    publish: async (): Promise<void> => {
      const began = clock.monotonic();
      if (began < restUntil) return;
      try {
        await today();
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) log.error({ error: messageOf(error) }, "Indicators cannot be computed; the last ones stand");
        hasFailed = true;
      }
      const ended = clock.monotonic();
      restUntil = millis(ended + restShare * (ended - began));
    },
  };
}
