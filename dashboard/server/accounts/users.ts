import type { DatabaseSync } from "node:sqlite";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { isRole, type Role } from "../roles.ts";

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** The password is still one that the system made. */
  readonly initialPassword: boolean;
  readonly lastLoginAt: EpochMs | null;
}

export interface Users {
  list(): readonly User[];
  find(name: string): User | undefined;
  passwordHash(name: string): string | undefined;
  /** Throws `CONFLICT` where the name is taken. */
  create(name: string, role: Role, passwordHash: string, initialPassword: boolean): void;
  setPassword(name: string, passwordHash: string, initialPassword: boolean): void;
  change(name: string, role: Role, disabled: boolean): void;
  loggedIn(name: string, at: EpochMs): void;
}

/** Letters of any script, so that a user can carry his own name. */
export const userNamePattern = "^[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,62}$";

export function createUsers(database: DatabaseSync): Users {
  const columns = "name, role, initial, disabled, last_login";
  const all = database.prepare(`SELECT ${columns} FROM users ORDER BY name`);
  const one = database.prepare(`SELECT ${columns} FROM users WHERE name = ?`);
  const hash = database.prepare("SELECT password FROM users WHERE name = ? AND disabled = 0");
  const insert = database.prepare("INSERT INTO users (name, role, password, initial) VALUES (?, ?, ?, ?)");
  const password = database.prepare("UPDATE users SET password = ?, initial = ? WHERE name = ?");
  const change = database.prepare("UPDATE users SET role = ?, disabled = ? WHERE name = ?");
  const login = database.prepare("UPDATE users SET last_login = ? WHERE name = ?");

  const userOf = (row: Record<string, unknown>): User => {
    const role = String(row.role);
    if (!isRole(role))
      throw new CodedError("DAMAGED", `User \`${String(row.name)}\` has the unknown role \`${role}\`.`);
    return {
      name: String(row.name),
      role,
      disabled: row.disabled === 1,
      initialPassword: row.initial === 1,
      lastLoginAt: row.last_login === null ? null : instant(Number(row.last_login)),
    };
  };
  const find = (name: string): User | undefined => {
    const row = one.get(name);
    return row && userOf(row);
  };
  return {
    list: () => all.all().map(userOf),
    find,
    passwordHash: (name) => {
      const found = hash.get(name)?.password;
      return found === undefined ? undefined : String(found);
    },
    create: (name, role, passwordHash, initialPassword) => {
      if (find(name)) throw new CodedError("CONFLICT", `There is a user \`${name}\` already.`);
      insert.run(name, role, passwordHash, Number(initialPassword));
    },
    setPassword: (name, passwordHash, initialPassword) => {
      password.run(passwordHash, Number(initialPassword), name);
    },
    change: (name, role, disabled) => {
      change.run(role, Number(disabled), name);
    },
    loggedIn: (name, at) => {
      login.run(at, name);
    },
  };
}
