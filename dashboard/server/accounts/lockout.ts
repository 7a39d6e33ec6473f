import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, hours, millis, minutes, seconds } from "#shared/model/time.ts";

const failuresBeforeLock = 5;
const firstLock = seconds(30);
const longestLock = minutes(15);
/** Failures older than this count no more. */
const memory = hours(24);

/** How long a name is locked for an address after `failures` in a row: grows, ends always. */
export function lockFor(failures: number): DurationMs {
  if (failures < failuresBeforeLock) return millis(0);
  return millis(Math.min(firstLock * 2 ** (failures - failuresBeforeLock), longestLock));
}

/**
 * Counts failed logins per user name *and* address: guessing gets slow, and a stranger elsewhere cannot lock out
 * the safety officer (OWASP ASVS 5.0, 6.1.1). Kept in the database: a restart forgives nothing.
 */
export interface Lockout {
  /** Time left until the subject may try again, 0 when it may now. */
  remaining(name: string, address: string): DurationMs;
  failed(name: string, address: string): void;
  succeeded(name: string, address: string): void;
}

const subjectOf = (name: string, address: string): string => JSON.stringify([name, address]);

export function createLockout(database: DatabaseSync, clock: Clock): Lockout {
  const select = database.prepare("SELECT count, locked FROM failures WHERE subject = ?");
  const upsert = database.prepare(
    `INSERT INTO failures (subject, count, at, locked) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (subject) DO UPDATE SET count = ?2, at = ?3, locked = ?4`,
  );
  const clear = database.prepare("DELETE FROM failures WHERE subject = ?");
  const forget = database.prepare("DELETE FROM failures WHERE at < ?");
  const numberIn = (subject: string, column: "count" | "locked"): number => Number(select.get(subject)?.[column] ?? 0);
  return {
    remaining: (name, address) => millis(Math.max(0, numberIn(subjectOf(name, address), "locked") - clock.now())),
    failed: (name, address) => {
      const now = clock.now();
      forget.run(now - memory);
      const subject = subjectOf(name, address);
      const count = numberIn(subject, "count") + 1;
      upsert.run(subject, count, now, now + lockFor(count));
    },
    succeeded: (name, address) => {
      clear.run(subjectOf(name, address));
    },
  };
}
