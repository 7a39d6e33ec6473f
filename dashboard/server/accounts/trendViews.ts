import type { DatabaseSync } from "node:sqlite";
import { CodedError } from "#shared/model/errors.ts";
import type { TrendView } from "#shared/model/live.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

export interface NewTrendView {
  readonly line: string;
  readonly name: string;
  readonly query: string;
  readonly shared: boolean;
}

/** Views of the trend page that users keep; each belongs to one, who may share it with all. */
export interface TrendViews {
  /** Those of `user`, and those that others share, by name. */
  list(user: string): readonly TrendView[];
  find(id: number): TrendView | undefined;
  /** Throws `CONFLICT` where the owner has as many as one may have. */
  create(owner: string, view: NewTrendView, at: EpochMs): TrendView;
  change(id: number, change: Partial<Omit<NewTrendView, "line">>, at: EpochMs): void;
  remove(id: number): void;
}

/** Of one user; more is no list that anybody looks through. */
const mostViews = 100;

export function createTrendViews(database: DatabaseSync): TrendViews {
  const visible = database.prepare("SELECT * FROM trend_views WHERE owner = ? OR shared = 1 ORDER BY name, id");
  const one = database.prepare("SELECT * FROM trend_views WHERE id = ?");
  const count = database.prepare("SELECT count(*) AS n FROM trend_views WHERE owner = ?");
  const insert = database.prepare(
    "INSERT INTO trend_views (owner, line, name, query, shared, changed) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const update = database.prepare("UPDATE trend_views SET name = ?, query = ?, shared = ?, changed = ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM trend_views WHERE id = ?");
  const viewOf = (row: Record<string, unknown>): TrendView => ({
    id: Number(row.id),
    owner: String(row.owner),
    line: String(row.line),
    name: String(row.name),
    query: String(row.query),
    shared: row.shared === 1,
    changedAt: instant(Number(row.changed)),
  });
  const find = (id: number): TrendView | undefined => {
    const row = one.get(id);
    return row && viewOf(row);
  };
  const known = (id: number): TrendView => {
    const view = find(id);
    if (!view) throw new CodedError("NOT_FOUND", `There is no view ${id}.`);
    return view;
  };
  return {
    list: (user) => visible.all(user).map(viewOf),
    find,
    create: (owner, { line, name, query, shared }, at) => {
      if (Number(count.get(owner)?.n) >= mostViews) {
        throw new CodedError("CONFLICT", `A user keeps at most ${mostViews} views; remove one first.`);
      }
      const { lastInsertRowid } = insert.run(owner, line, name, query, shared ? 1 : 0, at);
      return known(Number(lastInsertRowid));
    },
    change: (id, change, at) => {
      const { name, query, shared } = { ...known(id), ...change };
      update.run(name, query, shared ? 1 : 0, at, id);
    },
    remove: (id) => void remove.run(id),
  };
}
