import { type Keep, keepForGood, type Retention } from "#shared/model/retention.ts";
import type { TagMeaning } from "#shared/model/tag.ts";
import type { Plant } from "./plant.ts";
import type { RetentionConfig } from "./retentionSchema.ts";
import { plantTags } from "./select.ts";

/** What holds for tags of a meaning, or for all that have none of their own rule. */
export function keepOf(config: RetentionConfig | undefined, meaning?: TagMeaning): Keep {
  if (!config) return keepForGood;
  const {
    rawDays = null,
    minuteDays = null,
    rollUpDays = null,
  } = {
    ...config,
    ...(meaning ? config.byMeaning?.[meaning] : {}),
  };
  return { rawDays, minuteDays, rollUpDays };
}

/** For how long each tag of the plant is kept, by its meaning. */
export function retentionOf(plant: Plant): Retention {
  const tags = plantTags(plant).map(({ id, config }) => [id, keepOf(plant.retention, config.meaning)] as const);
  return { byTag: new Map(tags), others: keepOf(plant.retention) };
}
