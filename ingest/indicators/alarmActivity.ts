import { isActive } from "#shared/model/alarm.ts";
import type { Interval } from "#shared/model/interval.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { StaffingConfig } from "#shared/plant/figures/equipmentSchema.ts";
import type { AlarmStep } from "#shared/store/records/alarmActivity.ts";

/** An activation that called somebody, from its annunciation on. */
export interface Annunciation {
  readonly alarm: string;
  readonly tag: string;
  readonly equipment: string;
  readonly priority: string;
  readonly from: EpochMs;
  /** null while it is active. */
  readonly to: EpochMs | null;
  readonly acknowledgedAt: EpochMs | null;
}

/** A time in which a person hid an alarm. */
export interface HiddenTime extends Interval {
  readonly alarm: string;
  readonly equipment: string;
  readonly user: string | null;
  readonly isShelving: boolean;
}

/** How the alarms of one line behaved in a period. */
export interface AlarmActivity {
  readonly line: string;
  /** In the period, by time. */
  readonly annunciations: readonly Annunciation[];
  /** Activations that overlap the period, those that began before it too. */
  readonly active: readonly (Annunciation & { readonly wasAcknowledged: boolean })[];
  readonly hidden: readonly HiddenTime[];
  /** Annunciations per 10 minutes of the period up to now; null where nothing was monitored. */
  readonly windows: readonly (number | null)[];
  /** Of these windows, those that were monitored. */
  readonly monitoredWindows: number;
  readonly positions: number;
  /** Staffed and monitored time × positions, in h. */
  readonly positionHours: number;
  readonly digest: string;
}

interface Open {
  annunciation: Annunciation | null;
  state: AlarmStep["state"];
  isActive: boolean;
  hiddenFrom: { at: EpochMs; user: string | null; isShelving: boolean } | null;
}

const windowMs = 600_000;

/** Follows the journal of a line through a period; `before` is how each alarm stood at its beginning. */
export function alarmActivity(
  line: string,
  before: readonly AlarmStep[],
  steps: readonly AlarmStep[],
  period: Interval,
  until: EpochMs,
  monitored: (window: Interval) => boolean,
  staffing: { readonly config: StaffingConfig | undefined; readonly staffed: readonly Interval[] },
  digest: string,
): AlarmActivity {
  const open = new Map<string, Open>();
  const active: Annunciation[] = [];
  const hidden: HiddenTime[] = [];
  const follow = (step: AlarmStep, isBefore: boolean): void => {
    const was = open.get(step.alarm) ?? { annunciation: null, state: "NORM", isActive: false, hiddenFrom: null };
    const isNow = isActive({ state: step.state, since: step.since }) && !isHiddenState(step.state);
    const calls = step.state === "UNACK" && was.state !== "UNACK";
    let { annunciation, hiddenFrom } = was;
    if (annunciation && step.state === "ACKED" && annunciation.acknowledgedAt === null)
      annunciation = { ...annunciation, acknowledgedAt: step.at };
    if (annunciation && (!isNow || calls)) {
      active.push({ ...annunciation, to: step.at });
      annunciation = null;
    }
    if (isNow && !annunciation) {
      const { alarm, tag, equipment, priority } = step;
      annunciation = {
        alarm,
        tag,
        equipment,
        priority,
        from: isBefore ? (step.since ?? step.at) : step.at,
        to: null,
        acknowledgedAt: step.state === "ACKED" ? step.at : null,
      };
    }
    const isHidden = step.state === "SHLVD" || step.state === "OOSRV";
    if (isHidden && !hiddenFrom) hiddenFrom = { at: step.at, user: step.user, isShelving: step.state === "SHLVD" };
    if (!isHidden && hiddenFrom) {
      const { at, user, isShelving } = hiddenFrom;
      hidden.push({ alarm: step.alarm, equipment: step.equipment, user, isShelving, from: at, to: step.at });
      hiddenFrom = null;
    }
    open.set(step.alarm, { annunciation, state: step.state, isActive: isNow, hiddenFrom });
  };
  for (const step of before) follow(step, true);
  for (const step of steps) follow(step, false);
  const equipmentOf = new Map([...before, ...steps].map((step) => [step.alarm, step.equipment]));
  for (const [alarm, { annunciation, hiddenFrom }] of open) {
    if (annunciation) active.push(annunciation);
    if (hiddenFrom) {
      const { at, user, isShelving } = hiddenFrom;
      hidden.push({ alarm, equipment: equipmentOf.get(alarm) ?? "", user, isShelving, from: at, to: until });
    }
  }
  const ascending = active.toSorted((a, b) => a.from - b.from || (a.alarm < b.alarm ? -1 : 1));
  const annunciations = ascending.filter(({ from }) => from >= period.from && from < period.to);
  const positions = staffing.config?.positions ?? 1;
  const windows: (number | null)[] = [];
  let [monitoredMs, next] = [0, 0];
  for (let from = period.from; from < until && from < period.to; from = instant(from + windowMs)) {
    const window = { from, to: instant(Math.min(from + windowMs, until, period.to)) };
    let count = 0;
    for (; (annunciations[next]?.from ?? window.to) < window.to; next++) count++;
    const isMonitored = monitored(window) || count > 0;
    windows.push(isMonitored ? count : null);
    if (!isMonitored) continue;
    for (const time of staffing.staffed)
      monitoredMs += Math.max(0, Math.min(time.to, window.to) - Math.max(time.from, window.from));
  }
  return {
    line,
    annunciations,
    active: ascending.map((one) => ({ ...one, wasAcknowledged: one.acknowledgedAt !== null })),
    hidden,
    windows,
    monitoredWindows: windows.filter((count) => count !== null).length,
    positions,
    positionHours: (positions * monitoredMs) / 3_600_000,
    digest,
  };
}

const isHiddenState = (state: AlarmStep["state"]): boolean =>
  state === "SHLVD" || state === "DSUPR" || state === "OOSRV";
