interface Linked {
  readonly id: string;
  readonly flowsTo: readonly string[];
}

/**
 * How many parts lie before each one at most, along the flow. A flow back to a part before it (a recycle) moves nothing.
 * Ranks leave no number out.
 */
export function ranksOf(parts: readonly Linked[]): ReadonlyMap<string, number> {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const underWay = new Set<string>();
  const done = new Set<string>();
  /** Each stands before those that it feeds, flows back left out. */
  const order: { readonly id: string; readonly feeds: readonly string[] }[] = [];
  const visit = ({ id, flowsTo }: Linked): void => {
    if (done.has(id)) return;
    done.add(id);
    underWay.add(id);
    const feeds = flowsTo.filter((to) => byId.has(to) && !underWay.has(to));
    for (const to of feeds) {
      const next = byId.get(to);
      if (next) visit(next);
    }
    underWay.delete(id);
    order.unshift({ id, feeds });
  };
  for (const part of parts) visit(part);

  const ranks = new Map<string, number>(parts.map(({ id }) => [id, 0]));
  for (const { id, feeds } of order)
    for (const to of feeds) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(id) ?? 0) + 1));
  return ranks;
}
