import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutBefore, type PlanLimits, planReads, type Span } from "../../gateway/drivers/modbus/plan.ts";

const span = (start: number, count = 1, table: Span["table"] = "holding"): Span => ({ table, start, count });

// Dense on purpose: only then do limits and gaps decide anything.
const spans = fc.uniqueArray(
  fc.record({ table: fc.constant("holding" as const), start: fc.nat(400), count: fc.constantFrom(1, 2, 4) }),
  { maxLength: 150, size: "max", selector: ({ start, count }) => `${start}+${count}` },
);
const limits = fc.record({ maxRegisters: fc.integer({ min: 4, max: 125 }), maxGap: fc.nat(20) });

describe("planReads", () => {
  test("every span is read whole, in requests within the limits", () => {
    fc.assert(
      fc.property(spans, limits, (wanted, limit) => {
        const requests = planReads(wanted, limit);
        for (const { start, count, spans: inside } of requests) {
          expect(count).toBeLessThanOrEqual(limit.maxRegisters);
          for (const one of inside) {
            expect(one.start).toBeGreaterThanOrEqual(start);
            expect(one.start + one.count).toBeLessThanOrEqual(start + count);
          }
        }
        expect(requests.flatMap((request) => request.spans)).toHaveLength(wanted.length);
        expect(new Set(requests.flatMap((request) => request.spans))).toEqual(new Set(wanted));
      }),
    );
  });

  test("no request reads more than maxGap unwanted registers in a row, nor begins or ends with one", () => {
    fc.assert(
      fc.property(spans, limits, (wanted, limit) => {
        for (const request of planReads(wanted, limit)) {
          const read = new Set(request.spans.flatMap(registers));
          expect([read.has(request.start), read.has(request.start + request.count - 1)]).toEqual([true, true]);
          let unwanted = 0;
          for (let r = request.start; r < request.start + request.count; r++) {
            unwanted = read.has(r) ? 0 : unwanted + 1;
            expect(unwanted).toBeLessThanOrEqual(limit.maxGap);
          }
        }
      }),
    );
  });

  test("no other plan needs fewer requests", () => {
    const few = fc.uniqueArray(
      fc.record({ table: fc.constant("holding" as const), start: fc.nat(40), count: fc.constantFrom(1, 2, 4) }),
      { minLength: 1, maxLength: 8, selector: ({ start, count }) => `${start}+${count}` },
    );
    const tight = fc.record({ maxRegisters: fc.integer({ min: 4, max: 12 }), maxGap: fc.nat(6) });
    fc.assert(
      fc.property(few, tight, (wanted, limit) => {
        expect(planReads(wanted, limit).length).toBe(fewest(wanted, limit));
      }),
    );
  });

  test.each<[string, readonly Span[], PlanLimits, readonly [number, number][]]>([
    [
      "126 registers in a row take two requests",
      Array.from({ length: 126 }, (_, i) => span(i)),
      { maxRegisters: 125, maxGap: 10 },
      [
        [0, 125],
        [125, 1],
      ],
    ],
    [
      "a value is never cut",
      [span(0, 2), span(123, 4)],
      { maxRegisters: 125, maxGap: 124 },
      [
        [0, 2],
        [123, 4],
      ],
    ],
    ["a gap of maxGap is read across", [span(0), span(11)], { maxRegisters: 125, maxGap: 10 }, [[0, 12]]],
    [
      "a wider gap is not",
      [span(0), span(12)],
      { maxRegisters: 125, maxGap: 10 },
      [
        [0, 1],
        [12, 1],
      ],
    ],
    ["the last address", [span(65_535)], { maxRegisters: 125, maxGap: 10 }, [[65_535, 1]]],
    [
      "2000 coils in one request",
      [span(0, 1, "coil"), ...Array.from({ length: 1999 }, (_, i) => span(i + 1, 1, "coil"))],
      { maxRegisters: 125, maxGap: 0 },
      [[0, 2000]],
    ],
  ])("%s", (_, wanted, limit, expected) => {
    expect(planReads(wanted, limit).map(({ start, count }) => [start, count])).toEqual(expected);
  });

  test("tables are never mixed, and a cut is never read across", () => {
    const wanted = [span(0), span(1), span(2), span(1, 1, "input")];
    const requests = planReads(wanted, { maxRegisters: 125, maxGap: 10 }, new Set([cutBefore(span(2))]));
    expect(requests.map(({ table, start, count }) => [table, start, count])).toEqual([
      ["holding", 0, 2],
      ["holding", 2, 1],
      ["input", 1, 1],
    ]);
  });
});

const registers = ({ start, count }: Span) => Array.from({ length: count }, (_, i) => start + i);

/** The fewest requests over all ways to split the spans into groups: exhaustive, for few spans. */
function fewest(wanted: readonly Span[], limit: PlanLimits): number {
  let best = wanted.length;
  const place = (rest: readonly Span[], groups: readonly (readonly Span[])[]) => {
    if (groups.length > best) return;
    const [next, ...more] = rest;
    if (!next) {
      if (groups.every((group) => readable(group, limit))) best = Math.min(best, groups.length);
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

function readable(group: readonly Span[], { maxRegisters, maxGap }: PlanLimits): boolean {
  const read = [...new Set(group.flatMap(registers))].sort((a, b) => a - b);
  const first = read[0] ?? 0;
  const gaps = read.slice(1).map((register, i) => register - (read[i] ?? 0) - 1);
  return (read.at(-1) ?? 0) - first + 1 <= maxRegisters && gaps.every((gap) => gap <= maxGap);
}
