import type { Clock } from "#shared/kit/clock.ts";
import { randomSecret } from "#shared/kit/files.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { DurationMs } from "#shared/model/time.ts";
import type { Role } from "../roles.ts";
import { type AuditLog, createAuditLog } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { createLockout } from "./lockout.ts";
import { createPasswords, passwordLength, type ScryptCost } from "./password.ts";
import { createSessions, type Session } from "./sessions.ts";
import { createTrendViews, type TrendViews } from "./trendViews.ts";
import { createUsers, type User } from "./users.ts";

export type LoginOutcome =
  | { readonly kind: "in"; readonly token: string; readonly session: Session }
  | { readonly kind: "wrong" }
  | { readonly kind: "locked"; readonly remaining: DurationMs };

/** Users, sessions, kept views and audit log of the pages; they belong to the dashboard alone (D5). */
export interface Accounts extends Disposable {
  readonly audit: AuditLog;
  readonly views: TrendViews;
  login(name: string, password: string, address: string): Promise<LoginOutcome>;
  sessionOf(token: string): Session | null;
  /** For open sockets: the session as it stands now, null when it has ended. */
  sessionById(id: string): Session | null;
  logout(session: Session): void;
  /** Ends the user's other sessions. Throws `FORBIDDEN` (current is wrong) or `OUT_OF_RANGE` (next is too short). */
  changePassword(session: Session, current: string, next: string, address: string): Promise<void>;
  users(): readonly User[];
  /** Makes a user with a random password, which is returned once. Throws `CONFLICT` where the name is taken. */
  createUser(name: string, role: Role): Promise<string>;
  /** Takes effect at once. Throws `NOT_FOUND`, or `CONFLICT` where no active administrator would remain. */
  changeUser(name: string, change: { readonly role?: Role; readonly disabled?: boolean }): User;
  /** A new random password, returned once; ends the user's sessions and nobody can use the old one. */
  resetPassword(name: string): Promise<string>;
  /** Calls back with the id of every session that ends before its time. */
  onSessionEnded(listener: (id: string) => void): void;
}

export function openAccounts(file: string, clock: Clock, cost?: ScryptCost): Accounts {
  const database = openDatabase(file);
  const audit = createAuditLog(database);
  const users = createUsers(database);
  const lockout = createLockout(database, clock);
  const passwords = createPasswords(cost);
  const listeners: ((id: string) => void)[] = [];
  const sessions = createSessions(database, clock, (id) => {
    for (const listener of listeners) listener(id);
  });
  const known = (name: string): User => {
    const user = users.find(name);
    if (!user) throw new CodedError("NOT_FOUND", `There is no user \`${name}\`.`);
    return user;
  };

  return {
    audit,
    views: createTrendViews(database),
    login: async (name, password, address) => {
      const remaining = lockout.remaining(name, address);
      if (remaining > 0) return { kind: "locked", remaining };
      const stored = users.passwordHash(name);
      if (!(await passwords.matches(password, stored))) {
        lockout.failed(name, address);
        return { kind: "wrong" };
      }
      lockout.succeeded(name, address);
      const token = randomSecret();
      const user = known(name);
      sessions.open(token, user, address, user.lastLoginAt);
      users.loggedIn(name, clock.now());
      const session = sessions.byToken(token);
      // The user can have been disabled while the password was checked.
      return session ? { kind: "in", token, session } : { kind: "wrong" };
    },
    sessionOf: (token) => sessions.byToken(token),
    sessionById: (id) => sessions.byId(id),
    logout: (session) => sessions.close(session.id),
    changePassword: async (session, current, next, address) => {
      if (lockout.remaining(session.user, address) > 0) {
        throw new CodedError("FORBIDDEN", "Too many wrong passwords; wait some minutes and try again.");
      }
      if (!(await passwords.matches(current, users.passwordHash(session.user)))) {
        lockout.failed(session.user, address);
        throw new CodedError("FORBIDDEN", "The current password is wrong.");
      }
      if (next.length < passwordLength.min || next.length > passwordLength.max) {
        throw new CodedError(
          "OUT_OF_RANGE",
          `A password has ${passwordLength.min} to ${passwordLength.max} characters, this one has ${next.length}.`,
        );
      }
      users.setPassword(session.user, await passwords.hash(next), false);
      sessions.closeAll(session.user, session.id);
    },
    users: () => users.list(),
    createUser: async (name, role) => {
      const password = randomSecret();
      users.create(name, role, await passwords.hash(password), true);
      return password;
    },
    changeUser: (name, { role, disabled }) => {
      const user = known(name);
      const changed = { ...user, role: role ?? user.role, disabled: disabled ?? user.disabled };
      const others = users.list().some((other) => other.name !== name && other.role === "admin" && !other.disabled);
      if (!others && (changed.role !== "admin" || changed.disabled)) {
        throw new CodedError("CONFLICT", "No active administrator would remain; make another one first.");
      }
      users.change(name, changed.role, changed.disabled);
      if (changed.role !== user.role || changed.disabled) sessions.closeAll(name, null);
      return changed;
    },
    resetPassword: async (name) => {
      known(name);
      const password = randomSecret();
      users.setPassword(name, await passwords.hash(password), true);
      sessions.closeAll(name, null);
      return password;
    },
    onSessionEnded: (listener) => {
      listeners.push(listener);
    },
    [Symbol.dispose]: () => database.close(),
  };
}
