import type { Role } from "./rights.ts";

/** What a new installation has and lacks, as `GET /api/setup` gives it. */
export interface SetupAnswer {
  readonly plant: { readonly file: string; readonly lines: number; readonly devices: number; readonly tags: number };
  readonly devicesConnected: number;
  readonly initialPasswords: readonly string[];
  /** Active users by role. */
  readonly users: Readonly<Record<Role, number>>;
  readonly people: number;
  readonly isWatched: boolean;
  readonly isReachable: boolean;
}
