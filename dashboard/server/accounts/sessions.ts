import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, type EpochMs, hours, instant, minutes } from "#shared/model/time.ts";
import { isRole, type Role } from "../roles.ts";
import type { User } from "./users.ts";

/** A session ends after this time without a request or an open page … */
const idleLimit = hours(12);
/** … and in any case after this: a viewer changes nothing, and may be a screen on a wall (docs/kiosk.md). */
const longestSessions = {
  viewer: hours(90 * 24),
  engineer: hours(7 * 24),
  safety: hours(7 * 24),
  admin: hours(7 * 24),
} as const satisfies Record<Role, DurationMs>;
/** No session is longer; the server ends it earlier by its role. */
export const longestSession = longestSessions.viewer;
/** Activity is written down at most this often. */
const touchEvery = minutes(1);

/** A signed-in user, as every request and socket sees him. */
export interface Session {
  /** Hash of the token: names the session, opens nothing. */
  readonly id: string;
  readonly user: string;
  readonly role: Role;
  readonly initialPassword: boolean;
  /** When this user had signed in before. */
  readonly lastLoginAt: EpochMs | null;
  readonly expiresAt: EpochMs;
}

export interface Sessions {
  /** `previous` is the user's login before this one. */
  open(token: string, user: Pick<User, "name" | "role">, address: string, previous: EpochMs | null): void;
  /** The session of a token or, by its id, of an open socket; counts as activity. Null when it has ended. */
  byToken(token: string): Session | null;
  byId(id: string): Session | null;
  close(id: string): void;
  /** Ends the user's sessions but `except`. */
  closeAll(user: string, except: string | null): void;
}

const idOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** `ended` is told the ids of sessions that were closed, so that their sockets end with them. */
export function createSessions(database: DatabaseSync, clock: Clock, ended: (id: string) => void): Sessions {
  const insert = database.prepare(
    "INSERT INTO sessions (id, user, address, previous, seen, expires) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const forget = database.prepare("DELETE FROM sessions WHERE expires <= ?1 OR seen <= ?2");
  const select = database.prepare(
    `SELECT s.id, s.user, s.previous, s.seen, s.expires, u.role, u.initial
     FROM sessions s JOIN users u ON u.name = s.user WHERE s.id = ? AND u.disabled = 0`,
  );
  const touch = database.prepare("UPDATE sessions SET seen = ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM sessions WHERE id = ?");
  const ofUser = database.prepare("SELECT id FROM sessions WHERE user = ?");

  const byId = (id: string): Session | null => {
    const row = select.get(id);
    const now = clock.now();
    if (!row || now >= Number(row.expires) || now >= Number(row.seen) + idleLimit) return null;
    const role = String(row.role);
    if (!isRole(role)) return null;
    if (now - Number(row.seen) >= touchEvery) touch.run(now, id);
    return {
      id,
      user: String(row.user),
      role,
      initialPassword: row.initial === 1,
      lastLoginAt: row.previous === null ? null : instant(Number(row.previous)),
      expiresAt: instant(Number(row.expires)),
    };
  };
  const close = (id: string): void => {
    remove.run(id);
    ended(id);
  };
  return {
    open: (token, user, address, previous) => {
      const now = clock.now();
      forget.run(now, now - idleLimit);
      insert.run(idOf(token), user.name, address, previous, now, now + longestSessions[user.role]);
    },
    byToken: (token) => byId(idOf(token)),
    byId,
    close,
    closeAll: (user, except) => {
      for (const { id } of ofUser.all(user)) if (id !== except) close(String(id));
    },
  };
}
