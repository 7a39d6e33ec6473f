import type { DatabaseSync } from "node:sqlite";
import type { EpochMs } from "#shared/model/time.ts";

export const auditActions = [
  "login",
  "logout",
  "password",
  "access",
  "acknowledge",
  "alarm.reset",
  "alarm.comment",
  "alarm.shelve",
  "alarm.unshelve",
  "alarm.out",
  "alarm.in",
  "run.start",
  "run.end",
  "run.correct",
  "run.void",
  "booking.create",
  "booking.confirm",
  "booking.cancel",
  "booking.move",
  "tenant.save",
  "project.save",
  "prices.save",
  "declared.create",
  "declared.correct",
  "declared.submit",
  "declared.verify",
  "declared.reject",
  "declared.withdraw",
  "assessment.prepare",
  "assessment.seal",
  "assessment.amend",
  "assessment.approve",
  "assessment.reject",
  "evidence",
  "import",
  "state.correct",
  "state.withdraw",
  "export",
  "view.save",
  "view.change",
  "view.remove",
  "user.create",
  "user.change",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who did what to what, from where, and how it ended (IEC 62443-4-2, CR 2.8). Never a secret. */
export interface AuditEntry {
  readonly at: EpochMs;
  readonly user: string | null;
  readonly address: string;
  readonly action: AuditAction;
  readonly target?: string;
  readonly outcome: "done" | "refused" | "failed";
  readonly detail?: string;
}

/** The audit log: appended to, never changed. */
export interface AuditLog {
  append(entry: AuditEntry): void;
  /** Newest first, ids below `before`. */
  list(before: number, limit: number): readonly (AuditEntry & { readonly id: number })[];
}

export function createAuditLog(database: DatabaseSync): AuditLog {
  const insert = database.prepare(
    "INSERT INTO audit (at, user, address, action, target, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const select = database.prepare("SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?");
  return {
    append: ({ at, user, address, action, target, outcome, detail }) => {
      insert.run(at, user, address, action, target ?? null, outcome, detail ?? null);
    },
    list: (before, limit) =>
      select.all(before, limit).map((row) => {
        const { target, detail, ...rest } = row as Record<string, unknown>;
        const optional = { ...(target === null ? {} : { target }), ...(detail === null ? {} : { detail }) };
        return { ...rest, ...optional } as AuditEntry & { id: number };
      }),
  };
}
