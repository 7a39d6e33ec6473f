import type { AlarmEvent, AlarmPriority, AlarmState, AlarmStatus, AlarmTransition } from "#shared/model/alarm.ts";
import { tagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantYaml, testPlant } from "../ingest/plantFixture.ts";

/** The plant of ingest's tests with a `notification` of its own, given as YAML below that key; `more` stands beside it. */
export const plantWith = (notification: string, more = ""): Plant =>
  testPlant(`${more}\n${plantYaml}\nnotification:\n${notification.replaceAll(/^/gm, "  ")}`);

export interface Alarm {
  readonly name: string;
  readonly priority: AlarmPriority;
  readonly line?: string;
}

/** An alarm's status as the engine tells it. */
export function statusOf({ name, priority, line = "chem" }: Alarm, state: AlarmState, at: EpochMs): AlarmStatus {
  return {
    alarm: `demo/${line}/${name}`,
    line,
    equipment: "r101",
    tag: tagId({ platform: "demo", line, equipment: "r101", tag: "temp" }),
    name: { zh: name, en: name },
    kind: "high",
    guidance: { response: { zh: "停止加热", en: "Stop heating" }, timeToRespondMinutes: 5 },
    priority,
    state,
    limit: 80,
    unit: "Cel",
    value: 85.5,
    since: state === "NORM" ? null : at,
    hiddenBy: [],
    shelvedUntil: null,
    acknowledgedBy: state === "ACKED" ? "li" : null,
    acknowledgedAt: state === "ACKED" ? at : null,
  };
}

export const eventOf = (
  alarm: Alarm,
  transition: AlarmTransition,
  state: AlarmState,
  at: EpochMs,
  more: Partial<AlarmEvent> = {},
): Omit<AlarmEvent, "seq"> => ({
  transition,
  at,
  processedAt: at,
  user: null,
  comment: null,
  status: statusOf(alarm, state, at),
  ...more,
});
