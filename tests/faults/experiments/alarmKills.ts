// F06: ingest dies again and again while alarms come, go, and are answered; its journal must not show it.
import { systemClock } from "#shared/kit/clock.ts";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import { hours, instant } from "#shared/model/time.ts";
import { type Conditions, type Outcome, type Run, wait } from "../experiment.ts";
import { type Beside, playAlarms } from "../rig/alarmPlayer.ts";
import { scenario } from "../rig/alarmScenario.ts";
import type { Program } from "../rig/processes.ts";

/** Steps take about so long: a blow falls before the input has come, while it is worked at, or just behind it. */
const [valuesMs, actMs] = [300, 60];
/** Within it a starting ingest restores its alarms. */
const startMs = 1_500;

/** Kills ingest after so many ms; `again`: then in the midst of its start, once more. */
interface Blow {
  readonly afterMs: number;
  readonly againMs: number | null;
}

async function strike(ingest: Program, { afterMs, againMs }: Blow): Promise<void> {
  await wait(afterMs);
  await ingest.kill();
  if (againMs === null) return;
  const start = ingest.start().catch(() => {});
  await wait(againMs);
  await ingest.kill();
  await start;
}

/** What of an event does not depend on when ingest came to see it. */
const lineOf = ({ transition, at, user, comment, historical, status }: AlarmEvent): string => {
  const { state, value, since, hiddenBy, shelvedUntil, acknowledgedBy, acknowledgedAt } = status;
  return JSON.stringify([
    ...[status.alarm, transition, at, value, user, comment, historical ?? false],
    ...[state, since, hiddenBy, shelvedUntil, acknowledgedBy, acknowledgedAt],
  ]);
};

/** Alarms are independent of each other; within one the order counts. */
function transitionsByAlarm(events: readonly AlarmEvent[]): ReadonlyMap<string, readonly string[]> {
  const byAlarm = Map.groupBy(events, ({ status }) => status.alarm);
  return new Map([...byAlarm].map(([alarm, own]) => [alarm, own.map(lineOf)]));
}

/** How often each line is in `these` beyond how often it is in `those`. */
function beyond(these: readonly string[], those: readonly string[]): readonly string[] {
  const left = [...those];
  return these.filter((line) => {
    const place = left.indexOf(line);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

async function killed({ size, random, say }: Conditions): Promise<Outcome> {
  const [kills, cycles] = size === "full" ? [50, 8] : [4, 2];
  const now = systemClock.now();
  const steps = scenario(cycles, instant(now - hours(2)), instant(now + hours(1)));
  const blows = new Map<number, Blow[]>();
  for (let left = kills; left > 0; ) {
    const number = Math.floor(random() * steps.length);
    const step = steps[number];
    const stepMs = step && "values" in step ? valuesMs : actMs;
    const againMs = left > 1 && random() < 0.2 ? random() * startMs : null;
    blows.set(number, [...(blows.get(number) ?? []), { afterMs: random() * stepMs, againMs }]);
    left -= againMs === null ? 1 : 2;
  }
  const recoveryMs: number[] = [];
  const storm: Beside = async (step, ingest, done) => {
    for (const blow of blows.get(step) ?? []) {
      await strike(ingest, blow);
      const over = performance.now();
      await ingest.start();
      await done;
      recoveryMs.push(performance.now() - over);
    }
  };
  const shaken = transitionsByAlarm(await playAlarms(steps, storm));
  const calm = transitionsByAlarm(await playAlarms(steps, async () => {}));
  const outcome = { accepted: 0, lost: 0, duplicated: 0, wrong: 0 };
  for (const alarm of new Set([...calm.keys(), ...shaken.keys()])) {
    const [right, found] = [calm.get(alarm) ?? [], shaken.get(alarm) ?? []];
    const [missing, more] = [beyond(right, found), beyond(found, right)];
    for (const line of [...missing.map((one) => `missing ${one}`), ...more.map((one) => `beyond ${one}`)]) say(line);
    outcome.accepted += right.length;
    outcome.lost += missing.length;
    outcome.duplicated += more.length;
    if (missing.length + more.length === 0 && right.join() !== found.join()) outcome.wrong += 1;
  }
  const note = `${outcome.accepted} transitions of alarms, which the counts are of, over ${steps.length} steps`;
  return { ...outcome, runs: kills, undeclared: outcome.lost, recoveryMs, note };
}

export const F06: Run = {
  title:
    "kill -9 of ingest at random moments, and while it starts, as alarms come and go, wait for delays, are acknowledged, shelved and reset: the journal is that of an undisturbed run",
  notCovered:
    "suppression by design and rules over several tags; a delay that would end by the clock while ingest is down, and is disappointed by samples that come later",
  tier: 1,
  run: killed,
};
