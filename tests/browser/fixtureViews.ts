import type { TrendView } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";

/** Kept views as the server answers them: those of `owner`, and one that somebody else shares. */
export function createFixtureViews(owner: string) {
  const views = new Map<number, TrendView>();
  const put = (view: TrendView): TrendView => {
    views.set(view.id, view);
    return view;
  };
  const shown = "tags=demo/fine-chemical/reactor/pressure&live=5m";
  const common = { line: "fine-chemical", changedAt: instant(0) };
  put({ ...common, id: 1, owner: "ann", name: "夜班巡视", query: shown, shared: true });
  return {
    answer: (method: string, path: string, body: Record<string, unknown>): object | null => {
      const [, , , id, act] = path.split("/");
      if (method === "GET") return { views: [...views.values()] };
      if (id === undefined)
        return put({ ...common, id: views.size + 1, owner, ...(body as Omit<TrendView, "id" | "owner">) });
      const known = views.get(Number(id));
      if (!known) return null;
      if (act === "remove") return views.delete(known.id) ? {} : null;
      return put({ ...known, ...body });
    },
  };
}
