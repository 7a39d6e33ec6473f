import type { AlarmStatus } from "#shared/model/alarm.ts";

/** The trend around an alarm: half the window before it, so that its cause is in view. */
export const trendOfAlarm = ({ line, tag, since }: AlarmStatus) => ({
  name: "trend",
  params: { line },
  query: {
    tags: tag,
    ...(since === null ? { live: "30m" } : { from: `${since - 900_000}`, to: `${since + 900_000}` }),
  },
});

/** The page of the equipment that an alarm is of. */
export const equipmentOfAlarm = ({ line, equipment }: AlarmStatus) => ({
  name: "equipment",
  params: { line, equipment },
});
