// The fewest requests for a list of spans, found without the planner: by trying every way, or where spans do not
// overlap by going over their ends in order.
import type { PlanLimits, Span } from "../../gateway/drivers/modbus/plan.ts";

export type { Span } from "../../gateway/drivers/modbus/plan.ts";

export const registersIn = ({ start, count }: Span) => Array.from({ length: count }, (_, i) => start + i);

type Forbids = (register: number) => boolean;
const nothing: Forbids = () => false;

/** Over all ways to split the spans into groups: exhaustive, for few spans of one register table. */
export function fewestOf(
  wanted: readonly Span[],
  limit: PlanLimits,
  forbidden: Forbids = nothing,
  cuts: ReadonlySet<number> = new Set(),
): number {
  let best = wanted.length;
  const place = (rest: readonly Span[], groups: readonly (readonly Span[])[]) => {
    if (groups.length > best) return;
    const [next, ...more] = rest;
    if (!next) {
      if (groups.every((group) => readable(group, limit, forbidden, cuts))) best = Math.min(best, groups.length);
      return;
    }
    for (const [i] of groups.entries())
      place(
        more,
        groups.map((group, j) => (i === j ? [...group, next] : group)),
      );
    place(more, [...groups, [next]]);
  };
  place(wanted, []);
  return best;
}

/** The same for many spans of one register table that do not overlap: the fewest up to each span's end in order. */
export function fewestInOrder(wanted: readonly Span[], limit: PlanLimits, forbidden: Forbids = nothing): number {
  const sorted = wanted.toSorted((a, b) => a.start - b.start);
  const fewest = [0];
  for (const [i] of sorted.entries()) {
    const ends = sorted
      .slice(0, i + 1)
      .flatMap((_, from) => (readable(sorted.slice(from, i + 1), limit, forbidden) ? [(fewest[from] ?? 0) + 1] : []));
    fewest.push(Math.min(...ends));
  }
  return fewest.at(-1) ?? 0;
}

function readable(
  group: readonly Span[],
  { maxRegisters, maxGap }: PlanLimits,
  forbidden: Forbids,
  cuts: ReadonlySet<number> = new Set(),
): boolean {
  const read = [...new Set(group.flatMap(registersIn))].sort((a, b) => a - b);
  const first = read[0] ?? 0;
  const count = (read.at(-1) ?? 0) - first + 1;
  const gaps = read.slice(1).map((register, i) => register - (read[i] ?? 0) - 1);
  const asked = Array.from({ length: count }, (_, i) => first + i);
  if (asked.some(forbidden) || asked.slice(1).some((register) => cuts.has(register))) return false;
  return count <= maxRegisters && gaps.every((gap) => gap <= maxGap);
}
