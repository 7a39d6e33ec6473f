import type { AlarmStatus } from "#shared/model/alarm.ts";
import { isUnacknowledged } from "../live/alarmBook.ts";
import { mayAcknowledge, mayHoldPermits } from "./rights.ts";
import type { SessionUser } from "./session.ts";

/** What a person can do to an alarm, and the last part of its address on the server. */
export const actPaths = {
  acknowledge: "acknowledge",
  reset: "reset",
  unshelve: "unshelve",
  returnToService: "return-to-service",
  comment: "comment",
  shelve: "shelve",
  removeFromService: "remove-from-service",
} as const;
export type AlarmActKind = keyof typeof actPaths;

/** What an alarm may wait for: a button of its own, while all else is in the menu. */
export const urgentActs: readonly AlarmActKind[] = ["acknowledge", "reset", "unshelve", "returnToService"];

export interface AlarmAct {
  readonly kind: AlarmActKind;
  readonly comment: string;
  /** Of a shelving. */
  readonly minutes?: number;
}

/** These hide an alarm, or are nothing but a text: they say why. */
export const needsReason = (kind: AlarmActKind): boolean =>
  kind === "comment" || kind === "shelve" || kind === "removeFromService";

/** What the page offers to `user` for an alarm, the most likely first. The server and ingest decide. */
export function actsFor(alarm: AlarmStatus, user: SessionUser): readonly AlarmActKind[] {
  if (!mayAcknowledge(user)) return [];
  const hides = (state: string): boolean => alarm.hiddenBy.some((one) => one.state === state);
  const permits = mayHoldPermits(user);
  const offers: Readonly<Record<AlarmActKind, boolean>> = {
    acknowledge: isUnacknowledged(alarm),
    reset: alarm.state === "LATAK",
    unshelve: hides("SHLVD"),
    returnToService: permits && hides("OOSRV"),
    comment: true,
    shelve: !hides("SHLVD") && !hides("OOSRV"),
    removeFromService: permits && !hides("OOSRV"),
  };
  return (Object.keys(offers) as AlarmActKind[]).filter((kind) => offers[kind]);
}

const offered = [5, 15, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 10_080];

/** Lengths of shelving to choose from, in minutes, up to `hours`. */
export const shelfLengths = (hours: number): readonly number[] => offered.filter((minutes) => minutes <= hours * 60);
