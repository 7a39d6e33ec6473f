import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { isActive, isHidden } from "#shared/model/alarm.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import type { AlarmEngine } from "../alarms/enginePort.ts";
import type { LiveValues } from "../live/liveValues.ts";
import type { Publisher } from "../publisher.ts";
import type { LineAlarms } from "./definition.ts";
import type { IndicatorEngine } from "./engine.ts";

export interface IndicatorRoundParts {
  readonly plant: Plant;
  readonly indicators: IndicatorEngine;
  readonly alarms: AlarmEngine;
  readonly live: LiveValues;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
}

export interface IndicatorRound {
  publish(): Promise<void>;
  hasFailed(): boolean;
}

/** Computes and publishes the indicators of every line, again and again. */
export function createIndicatorRound(parts: IndicatorRoundParts): IndicatorRound {
  const { plant, indicators, alarms, live, publisher, clock, log } = parts;
  const rules = plantAlarms(plant);
  let hasFailed = false;
  const lineAlarms = (line: string): LineAlarms => {
    const own = rules.filter((rule) => rule.line.id === line);
    const active = alarms
      .listed()
      .filter((alarm) => alarm.line === line && !isHidden(alarm.state) && isActive(alarm)).length;
    return { rules: own.length, watched: own.filter(({ tag }) => live.isGood(tag.id)).length, active };
  };
  return {
    hasFailed: () => hasFailed,
    publish: async (): Promise<void> => {
      try {
        const results = await indicators.results(clock, lineAlarms);
        for (const [line, own] of results) publisher.indicators(line, clock.now(), own);
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) log.error({ error: messageOf(error) }, "Indicators cannot be computed; the last ones stand");
        hasFailed = true;
      }
    },
  };
}
