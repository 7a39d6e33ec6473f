import { type ShallowRef, shallowRef } from "vue";
import { type AlarmEvent, type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import type { PageClock } from "../kit/pageClock.ts";
import type { Preferences } from "../text/text.ts";

/** A sound that differs by priority. */
export interface Bell {
  /** Whether the browser lets sound out: it wants a click of the user first. */
  isReady(): boolean;
  /** To be called from a click. */
  unlock(): Promise<void>;
  ring(priority: AlarmPriority): void;
}

/** What the caller reaches outside the page. */
export interface AlarmCallerParts {
  readonly clock: PageClock;
  readonly preferences: Preferences;
  readonly bell: Bell;
  /** A notice of the operating system; `ask` asks the user for leave. */
  readonly notice: { ask(): Promise<void>; show(event: AlarmEvent, more: number): void };
  /** Whether this is the tab of the browser that calls. */
  readonly isCalling: () => boolean;
  /** The most urgent alarm that nobody has acknowledged. */
  readonly unacknowledged: () => AlarmPriority | null;
}

/** Calls the person at the page when an alarm is raised: by sound and by a notice, once he has switched it on. */
export interface AlarmCaller {
  readonly isOn: Readonly<ShallowRef<boolean>>;
  /** It is on, and the browser lets no sound out before the user has clicked somewhere. */
  readonly isBlocked: Readonly<ShallowRef<boolean>>;
  toggle(): Promise<void>;
  /** The user has clicked somewhere: what was blocked may sound now. */
  touched(): Promise<void>;
  hear(event: AlarmEvent): void;
  stop(): void;
}

const key = "alarmCall";
/** At most one call in so long, however many alarms there are. */
const restMs = 5_000;
/** What is urgent is called again until somebody acknowledges it. */
const againMs = 10_000;
const insisting: readonly AlarmPriority[] = ["critical", "high"];

/** Whether an event calls for attention: raised or shown again, now and not in data that came late. */
export const callsNow = ({ historical, status, transition }: AlarmEvent): boolean =>
  !historical &&
  status.state === "UNACK" &&
  ["raised", "unshelved", "unsuppressed", "inService"].some((one) => one === transition);

const rank = ({ status }: AlarmEvent): number => alarmPriorities.indexOf(status.priority);

export function createAlarmCaller(parts: AlarmCallerParts): AlarmCaller {
  const { clock, preferences, bell, notice, isCalling, unacknowledged } = parts;
  const isOn = shallowRef(preferences.read(key) === "on");
  const isBlocked = shallowRef(isOn.value && !bell.isReady());
  let waiting: AlarmEvent[] = [];
  let resting = false;

  const call = (): void => {
    const [first, ...more] = [...waiting].sort((a, b) => rank(a) - rank(b));
    if (resting || !first) return;
    waiting = [];
    resting = true;
    clock.after(restMs, () => {
      resting = false;
      call();
    });
    if (!isOn.value || !isCalling()) return;
    bell.ring(first.status.priority);
    notice.show(first, more.length);
  };
  const stopRepeating = clock.every(againMs, () => {
    const priority = unacknowledged();
    if (isOn.value && isCalling() && !resting && priority && insisting.includes(priority)) bell.ring(priority);
  });
  const stopLooking = clock.every(1_000, () => {
    isBlocked.value = isOn.value && !bell.isReady();
  });

  return {
    isOn,
    isBlocked,
    toggle: async () => {
      // A click while it is blocked is the one that lets the sound out.
      const wanted = isBlocked.value || !isOn.value;
      isOn.value = wanted;
      preferences.write(key, wanted ? "on" : "off");
      if (wanted) {
        await bell.unlock();
        await notice.ask();
        bell.ring("low");
      }
      isBlocked.value = wanted && !bell.isReady();
    },
    touched: async () => {
      if (!isOn.value || bell.isReady()) return;
      await bell.unlock();
      isBlocked.value = !bell.isReady();
    },
    hear: (event) => {
      if (!callsNow(event)) return;
      waiting.push(event);
      call();
    },
    stop: () => {
      stopRepeating();
      stopLooking();
    },
  };
}
