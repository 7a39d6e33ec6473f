import { computed } from "vue";
import type { AlarmStatus } from "#shared/model/alarm.ts";
import { elapsed } from "#shared/model/time.ts";
import { type AlarmActKind, actsFor } from "../api/alarmActs.ts";
import { isUnacknowledged } from "../live/alarmBook.ts";
import { useServices } from "../services.ts";

/** An alarm as a list shows it. */
export interface AlarmRow {
  readonly alarm: AlarmStatus;
  readonly unacknowledged: boolean;
  readonly acts: readonly AlarmActKind[];
  /** What hides it: which way, until when, by whom, why. */
  readonly hiding: readonly string[];
  /** Whether it has a line with a page of its own; Pilotline's own alarms have none. */
  readonly isOfPlant: boolean;
  readonly line: string;
  readonly equipment: string;
  readonly at: string;
  readonly lasting: string;
}

/** Makes rows of alarms, in the user's language and with what he may do. */
export function useAlarmRows(): (alarm: AlarmStatus) => AlarmRow {
  const { live, plant, session, text } = useServices();
  const user = computed(() => (session.state.value.kind === "user" ? session.state.value.user : null));
  const hidingOf = (alarm: AlarmStatus): readonly string[] => {
    const { alarmState, alarm: words } = text.messages.value;
    return alarm.hiddenBy.map(({ state, user: who, reason, logic }) => {
      const until =
        state === "SHLVD" && alarm.shelvedUntil !== null
          ? words.until(text.formats.value.moment(alarm.shelvedUntil, live.now.value))
          : null;
      const parts = [alarmState[state], until, who, reason, logic ? text.name(logic) : null];
      return parts.filter((part) => part !== null).join(" · ");
    });
  };
  return (alarm) => {
    const placed = plant.tag(alarm.tag);
    const formats = text.formats.value;
    return {
      alarm,
      unacknowledged: isUnacknowledged(alarm),
      acts: user.value === null ? [] : actsFor(alarm, user.value),
      hiding: hidingOf(alarm),
      isOfPlant: plant.line(alarm.line) !== undefined,
      line: placed ? text.name(placed.line.name) : alarm.line,
      equipment: placed ? text.name(placed.equipment.name) : alarm.equipment,
      at: alarm.since === null ? "–" : formats.moment(alarm.since, live.now.value),
      lasting: alarm.since === null ? "" : formats.age(elapsed(alarm.since, live.now.value)),
    };
  };
}
