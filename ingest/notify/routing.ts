import type { AlarmPriority, AlarmStatus } from "#shared/model/alarm.ts";
import { type EpochMs, instant, later, minutes } from "#shared/model/time.ts";
import { type WallClock, wallClock } from "#shared/model/wallClock.ts";
import { isWithin, noSpecialDays, onDuty, type SpecialDays, wallMsOf } from "#shared/plant/notification/duty.ts";
import type { NotificationConfig, Person, Reach, Roster, Route } from "#shared/plant/notification/schema.ts";

const dayMs = 86_400_000;

/** The plant's notification with its names resolved; all of it is pure, time comes in. */
export interface Routing {
  readonly config: NotificationConfig;
  routesOf(status: AlarmStatus): readonly Route[];
  route(id: string): Route | undefined;
  person(id: string): Person | undefined;
  /** The ways that lead to a person for alarms of a priority; none where the person wants none of them. */
  waysTo(person: string, priority: AlarmPriority): readonly Reach[];
  /** People of a roster who are on duty. */
  onDuty(roster: string, at: EpochMs): readonly string[];
  /** When a route's first roster is told of an alarm that is raised at `at`: then, or when its quiet time is over. */
  beginOf(route: Route, priority: AlarmPriority, at: EpochMs): EpochMs;
  /** When the roster behind `step` rosters is told; null where none is any more. */
  dueOf(route: Route, priority: AlarmPriority, step: number, beginsAt: EpochMs): EpochMs | null;
  /** The roster that is told as number `step`, from 0. */
  rosterOf(route: Route, step: number): string | undefined;
  /** Local day and the instant of a time of that day. */
  today(at: EpochMs, time: string): { readonly day: string; readonly at: EpochMs };
}

export function createRouting(
  config: NotificationConfig,
  timeZone: string,
  special: SpecialDays = noSpecialDays,
): Routing {
  const { wall, instantOf }: WallClock = wallClock(timeZone);
  const people = new Map(config.people.map((person): [string, Person] => [person.id, person]));
  const rosters = new Map(config.rosters.map((roster): [string, Roster] => [roster.id, roster]));
  const routes = new Map(config.routes.map((route): [string, Route] => [route.id, route]));

  return {
    config,
    routesOf: ({ line, priority, kind }) =>
      config.routes.filter(
        ({ lines, priorities, kinds }) =>
          (lines?.includes(line) ?? true) &&
          (priorities?.includes(priority) ?? true) &&
          (kinds?.some((one) => one === kind) ?? true),
      ),
    route: (id) => routes.get(id),
    person: (id) => people.get(id),
    waysTo: (id, priority) =>
      people.get(id)?.reach.filter(({ priorities }) => priorities?.includes(priority) ?? true) ?? [],
    onDuty: (id, at) => {
      const roster = rosters.get(id);
      return roster ? onDuty(roster, wall(at), special) : [];
    },
    beginOf: ({ quiet }, priority, at) => {
      const now = wall(at);
      if (!quiet?.priorities.includes(priority) || !isWithin(quiet, now)) return at;
      const end = Math.floor(now / dayMs) * dayMs + wallMsOf(quiet.to);
      return instantOf(end > now ? end : end + dayMs);
    },
    dueOf: ({ escalation }, priority, step, beginsAt) => {
      if (step === 0) return beginsAt;
      const after = escalation[step - 1]?.afterMinutes[priority];
      return after === undefined ? null : later(beginsAt, minutes(after));
    },
    rosterOf: (route, step) => (step === 0 ? route.roster : route.escalation[step - 1]?.roster),
    today: (at, time) => {
      const midnight = Math.floor(wall(at) / dayMs) * dayMs;
      return { day: new Date(midnight).toISOString().slice(0, 10), at: instant(instantOf(midnight + wallMsOf(time))) };
    },
  };
}
