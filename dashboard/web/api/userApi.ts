import type { EpochMs } from "#shared/model/time.ts";
import type { Requests } from "./requests.ts";
import type { Role } from "./rights.ts";

/** A user of the pages, as administrators see him. */
export interface UserAnswer {
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** The password is still one that the system made. */
  readonly initialPassword: boolean;
  readonly lastLoginAt: EpochMs | null;
}

/** One line of the audit log. */
export interface AuditAnswer {
  readonly id: number;
  readonly at: EpochMs;
  readonly user: string | null;
  readonly address: string;
  readonly action: string;
  readonly target?: string;
  readonly outcome: string;
  readonly detail?: string;
}

export interface UserChange {
  readonly role?: Role;
  readonly disabled?: boolean;
}

/** Users and audit log as administrators use them. Every call rejects with `ApiFailure`. */
export interface UserApi {
  all(signal: AbortSignal): Promise<readonly UserAnswer[]>;
  /** Gives the random password of the new user, this once. */
  create(name: string, role: Role): Promise<string>;
  change(name: string, change: UserChange): Promise<void>;
  /** Gives the new random password, this once. */
  resetPassword(name: string): Promise<string>;
  /** The newest entries where `before` is null, else those with lower ids. */
  audit(before: number | null, limit: number, signal: AbortSignal): Promise<readonly AuditAnswer[]>;
}

export function createUserApi({ send, post }: Requests): UserApi {
  const pathOf = (name: string): string => `/api/users/${encodeURIComponent(name)}`;
  const password = (answer: unknown): string => (answer as { readonly password: string }).password;
  return {
    all: async (signal) => ((await send("/api/users", { signal })) as { users: readonly UserAnswer[] }).users,
    create: async (name, role) => password(await post("/api/users", { name, role })),
    change: async (name, change) => void (await post(pathOf(name), change)),
    resetPassword: async (name) => password(await post(`${pathOf(name)}/password`)),
    audit: async (before, limit, signal) => {
      const query = new URLSearchParams({ limit: `${limit}`, ...(before === null ? {} : { before: `${before}` }) });
      return ((await send(`/api/audit?${query}`, { signal })) as { entries: readonly AuditAnswer[] }).entries;
    },
  };
}
