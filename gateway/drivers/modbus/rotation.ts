/** What waits, by unit; the units take turns, whatever each has waiting. Pure. */
export interface Rotation<T> {
  add(unit: number, item: T): void;
  /** Before what else waits for its unit. */
  putBack(unit: number, item: T): void;
  /** Takes the first item of the unit whose turn it is, among those that `isReady`. */
  next(isReady: (unit: number) => boolean): T | undefined;
  /** Takes what waits: of one unit, or all. */
  take(unit?: number): readonly T[];
  /** Units that have something waiting. */
  units(): Iterable<number>;
  all(): readonly T[];
}

export function createRotation<T>(): Rotation<T> {
  /** In the order of the turns. */
  const waiting = new Map<number, T[]>();
  const put = (unit: number, item: T, how: "push" | "unshift") => {
    const items = waiting.get(unit);
    if (items) items[how](item);
    else waiting.set(unit, [item]);
  };
  return {
    add: (unit, item) => put(unit, item, "push"),
    putBack: (unit, item) => put(unit, item, "unshift"),
    next: (isReady) => {
      for (const [unit, items] of waiting) {
        if (!isReady(unit)) continue;
        waiting.delete(unit);
        const item = items.shift();
        if (items.length > 0) waiting.set(unit, items);
        return item;
      }
      return undefined;
    },
    take: (unit) => {
      const taken = unit === undefined ? [...waiting.values()].flat() : (waiting.get(unit) ?? []);
      if (unit === undefined) waiting.clear();
      else waiting.delete(unit);
      return taken;
    },
    units: () => waiting.keys(),
    all: () => [...waiting.values()].flat(),
  };
}
