// The users of the fixture server, changed by the pages as the real ones are.

import { instant } from "#shared/model/time.ts";
import type { AuditAnswer, UserAnswer } from "../../dashboard/web/api/userApi.ts";

export interface FixtureUsers {
  /** The answer to a request below `/api/users` or `/api/audit`; null where there is none. */
  answer(method: string, path: string, body: Record<string, unknown>): unknown;
}

export function createFixtureUsers(): FixtureUsers {
  const users = new Map<string, UserAnswer>();
  const entries: AuditAnswer[] = [];
  const put = (user: UserAnswer): void => void users.set(user.name, user);
  const common = { disabled: false, initialPassword: false, lastLoginAt: instant(1_790_000_000_000) };
  put({ name: "safety", role: "admin", ...common });
  put({ name: "王工", role: "engineer", ...common });
  const note = (action: string, target: string, detail: string): void => {
    const entry = { id: entries.length + 1, at: instant(Date.now()), user: "safety", address: "127.0.0.1" };
    entries.unshift({ ...entry, action, target, outcome: "done", detail });
  };
  return {
    answer: (method, path, body) => {
      if (path === "/api/audit") return { entries };
      if (path === "/api/users" && method === "GET") return { users: [...users.values()] };
      if (path === "/api/users") {
        put({
          name: String(body.name),
          role: body.role as UserAnswer["role"],
          ...common,
          initialPassword: true,
          lastLoginAt: null,
        });
        note("user.create", String(body.name), String(body.role));
        return { password: "made-once-4711" };
      }
      const [name = "", what] = path.slice("/api/users/".length).split("/").map(decodeURIComponent);
      const user = users.get(name);
      if (!user) return null;
      if (what === "password") return { password: "made-once-4712" };
      put({ ...user, ...(body as Partial<UserAnswer>) });
      note("user.change", name, JSON.stringify(body));
      return users.get(name);
    },
  };
}
