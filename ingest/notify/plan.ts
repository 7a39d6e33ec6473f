import { type AlarmEvent, type AlarmStatus, isHidden } from "#shared/model/alarm.ts";
import type { AlarmCall, Notice, NoticeKind } from "#shared/model/notification.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Route } from "#shared/plant/notification/schema.ts";
import type { Routing } from "./routing.ts";

/** What follows from an event, or from time alone. */
export interface Planned {
  readonly put: readonly AlarmCall[];
  readonly drop: readonly AlarmCall[];
  readonly notices: readonly Notice[];
  /** Calls that reached nobody: no roster of their route has anybody on duty. */
  readonly unheard: readonly AlarmCall[];
}

const nothing: Planned = { put: [], drop: [], notices: [], unheard: [] };

/** Transitions after which an alarm may ask for a response anew. */
const raising: readonly string[] = ["raised", "unshelved", "unsuppressed", "inService"];

/** Tells each person once, whichever routes lead there. */
function together(parts: readonly Planned[]): Planned {
  const notices = new Map<string, Notice>();
  for (const notice of parts.flatMap((part) => part.notices)) {
    const key = `${notice.person}/${notice.kind}`;
    if (!notices.has(key)) notices.set(key, notice);
  }
  return {
    put: parts.flatMap((part) => part.put),
    drop: parts.flatMap((part) => part.drop),
    notices: [...notices.values()],
    unheard: parts.flatMap((part) => part.unheard),
  };
}

const noticesTo = (people: readonly string[], kind: NoticeKind, call: AlarmCall, status: AlarmStatus, at: EpochMs) =>
  people.map((person): Notice => ({ person, kind, call: call.id, status, at }));

/**
 * Tells the next roster of a call, if it is due: the first one, or a step of escalation. Where nobody of it is on duty,
 * the one behind it is told at once. `status` is the alarm as it stands.
 */
export function tellNext(routing: Routing, call: AlarmCall, at: EpochMs): Planned {
  const route = routing.route(call.route);
  if (!route) return { ...nothing, drop: [call] };
  if (call.dueAt === null || call.dueAt > at) return nothing;
  const { priority } = call.status;
  for (let step = call.step; ; step += 1) {
    const roster = routing.rosterOf(route, step);
    if (roster === undefined) {
      const left = { ...call, step, dueAt: null };
      return { ...nothing, put: [left], unheard: call.told.length === 0 ? [left] : [] };
    }
    // A step without a time for this priority is none for it.
    if (routing.dueOf(route, priority, step, call.beginsAt) === null) continue;
    const present = routing.onDuty(roster, at);
    if (present.length === 0) continue;
    const people = present.filter((person) => routing.waysTo(person, priority).length > 0);
    const told = [...new Set([...call.told, ...people])];
    const next = { ...call, step: step + 1, dueAt: nextDue(routing, route, call, step + 1), told };
    return {
      ...nothing,
      put: [next],
      notices: noticesTo(people, step === 0 ? "raised" : "escalated", next, call.status, at),
    };
  }
}

/** When the next step with a time for the call's priority is due. */
function nextDue(routing: Routing, route: Route, { status, beginsAt }: AlarmCall, from: number): EpochMs | null {
  for (let step = from; routing.rosterOf(route, step) !== undefined; step += 1) {
    const due = routing.dueOf(route, status.priority, step, beginsAt);
    if (due !== null) return due;
  }
  return null;
}

/**
 * What an event of the journal asks for. `calls` are those of the same alarm. Historical events and those of hidden
 * alarms call nobody.
 */
export function planEvent(routing: Routing, calls: readonly AlarmCall[], event: AlarmEvent, at: EpochMs): Planned {
  if (event.historical) return nothing;
  const { status, transition } = event;
  const follow = calls.map((call) => planCall(routing, call, event, at));
  if (status.state !== "UNACK" || !raising.includes(transition)) return together(follow);
  const begun = routing
    .routesOf(status)
    .filter(({ id }) => !calls.some(({ route }) => route === id))
    .map((route) => {
      const beginsAt = routing.beginOf(route, status.priority, at);
      const call: AlarmCall = {
        id: `${event.seq}/${route.id}`,
        route: route.id,
        status,
        beginsAt,
        step: 0,
        dueAt: beginsAt,
        told: [],
        saidReturned: false,
      };
      return beginsAt > at ? { ...nothing, put: [call] } : tellNext(routing, call, at);
    });
  return together([...follow, ...begun]);
}

/** What an event means for a call that is open. */
function planCall(routing: Routing, call: AlarmCall, { status, transition }: AlarmEvent, at: EpochMs): Planned {
  const route = routing.route(call.route);
  if (!route || transition === "removed" || isHidden(status.state)) return { ...nothing, drop: [call] };
  const hasEnded = status.state !== "UNACK" && status.state !== "ACKED";
  const saysReturn = hasEnded && route.returns && !call.saidReturned && call.told.length > 0;
  const notices = saysReturn ? noticesTo(call.told, "returned", call, status, at) : [];
  const saidReturned = call.saidReturned || saysReturn;
  switch (status.state) {
    case "NORM":
      return { ...nothing, drop: [call], notices };
    case "ACKED":
      return route.returns ? put({ ...call, dueAt: null }) : { ...nothing, drop: [call] };
    case "LATAK":
      return { ...nothing, drop: [call], notices };
    case "RTNUN":
    case "LATUN": {
      const stops = route.stopOnReturn && status.state === "RTNUN";
      return put({ ...call, dueAt: stops ? null : call.dueAt, saidReturned }, notices);
    }
    case "UNACK":
      return transition === "raised" ? raisedAgain(routing, route, call, status, at) : nothing;
    default:
      return nothing;
  }
}

const put = (call: AlarmCall, notices: readonly Notice[] = []): Planned => ({ ...nothing, put: [call], notices });

/**
 * Raised again before anybody acknowledged it: escalation goes on, and whoever heard that it was over hears that it is
 * not; nobody else is told twice.
 */
function raisedAgain(routing: Routing, route: Route, call: AlarmCall, status: AlarmStatus, at: EpochMs): Planned {
  const again = { ...call, status, dueAt: call.dueAt ?? nextDue(routing, route, call, call.step) };
  if (!call.saidReturned) return put(again);
  return put({ ...again, saidReturned: false }, noticesTo(call.told, "raised", call, status, at));
}
