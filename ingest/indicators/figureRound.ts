import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { Publisher } from "../publisher.ts";
import type { FigureEngine } from "./computeFigures.ts";

/** The periods whose provisional figures are published. */
const kinds = ["day", "month"] as const;

export interface FigureRound {
  publish(): Promise<void>;
  hasFailed(): boolean;
}

/** Computes the figures of the day and the month that run, for the platform and each line, and publishes them. */
export function createFigureRound(parts: {
  readonly plant: Plant;
  readonly figures: FigureEngine;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
}): FigureRound {
  const { plant, figures, publisher, clock, log } = parts;
  const platform = plant.platform.id;
  const scopes = [platform, ...plant.lines.map(({ id }) => `${platform}/${id}`)];
  let hasFailed = false;
  return {
    hasFailed: () => hasFailed,
    publish: async () => {
      try {
        for (const kind of kinds) {
          const results = await figures.of(figures.calendar.periodAt(kind, clock.now()), scopes);
          for (const scope of scopes)
            publisher.figures(
              kind,
              scope,
              clock.now(),
              results.filter((result) => result.scope === scope),
            );
        }
        figures.saveOpenDay();
        if (hasFailed) log.info({}, "Figures of day and month are computed again");
        hasFailed = false;
      } catch (error) {
        if (!hasFailed)
          log.error({ error: messageOf(error) }, "Figures of day and month cannot be computed; the last ones stand");
        hasFailed = true;
      }
    },
  };
}
